/**
 * Liskov substitution: whoever relies on the base may be handed the subtype and not notice.
 *
 * ```text
 * program of operations ──▶ base model: requires, ensures, throws
 *                      └──▶ subtype: must keep all of it
 * ```
 *
 * What a base promises is written down once as a contract: a model, and operations with what they
 * require, what they ensure and what they may throw. Programs of these operations run against base
 * and subtype. A subtype may require less and ensure more; it must not require more, ensure less,
 * throw what nobody expects, or break what always holds. Generate the programs (fast-check:
 * `fc.array(fc.oneof(...))`), and a breach shrinks to the few calls that show it.
 *
 * Not for types that are only alike in shape, and not where one implementation exists: its own
 * tests say the same in fewer words.
 *
 * Lockstep uses it in `test/principles.test.ts`: a flaw of Raft is a subtype of the paper's rules
 * that does not keep their promise. The conformance cases of `@lockstep/process` are such a contract
 * for worlds, and the simulator and the host both keep it.
 */

type ErrorClass = abstract new (...args: never) => Error

/** One call that clients of the base make, with what they rely on. */
export interface Operation<Model, Subject> {
  /** Stands in the breach, with arguments: `withdraw(3)`. */
  readonly name: string
  /** The base's precondition. Where it does not hold the call is left out. Default: always. */
  readonly requires?: (model: Model) => boolean
  readonly call: (subject: Subject) => unknown
  /** The base's postcondition: whether this answer, in the state before the call, was promised. */
  readonly ensures: (model: Model, answer: unknown) => boolean
  /** The model after the call. Default: the call changes nothing. */
  readonly after?: (model: Model) => Model
  /** The errors that clients handle in this state; a call that threw has no effect. Default: none. */
  readonly mayThrow?: (model: Model) => readonly ErrorClass[]
}

/** What the base promises. */
export interface Contract<Model, Subject> {
  readonly start: Model
  /** Holds before and after every call. */
  readonly invariant?: (model: Model, subject: Subject) => boolean
  /** Errors that say 'not in this state'. An unexpected one means a stronger precondition. */
  readonly refusals?: readonly ErrorClass[]
}

/** How a promise was broken. */
export type BreachKind =
  | 'stronger-precondition'
  | 'weaker-postcondition'
  | 'new-exception'
  | 'broken-invariant'

/** The first promise that a program saw broken. */
export interface Breach {
  readonly kind: BreachKind
  /** The calls up to the one that showed it. */
  readonly calls: readonly string[]
  /** What was answered or thrown; the subject's answer is kept as it is. */
  readonly saw: unknown
}

/**
 * A type does not keep the contract. `whose` is `base` when the contract asks for what even the
 * base does not do: then the contract is wrong.
 *
 * @example
 * ```ts
 * import { NotSubstitutable } from '@lockstep/patterns/principles/liskov-substitution'
 *
 * const breach = { kind: 'weaker-postcondition', calls: ['area()'], saw: 25 } as const
 * const error = new NotSubstitutable('subtype', breach)
 * if (!error.message.includes('area()')) throw new Error('the message names the calls')
 * ```
 */
export class NotSubstitutable extends Error {
  readonly whose: 'base' | 'subtype'
  readonly breach: Breach

  constructor(whose: NotSubstitutable['whose'], breach: Breach) {
    super(`${whose}: ${breach.kind} after ${breach.calls.join(', ')}; saw ${String(breach.saw)}`)
    this.name = 'NotSubstitutable'
    this.whose = whose
    this.breach = breach
  }
}

/**
 * Runs one program against a fresh subject: the first breach of the contract, if there is one.
 *
 * @example
 * ```ts
 * import { breachOf } from '@lockstep/patterns/principles/liskov-substitution'
 *
 * const size = {
 *   name: 'size',
 *   call: (set: Set<number>) => set.size,
 *   ensures: (model: number, answer: unknown) => answer === model,
 * }
 * if (breachOf({ start: 0 }, new Set<number>(), [size]) !== undefined) throw new Error('kept')
 * if (breachOf({ start: 0 }, new Set([1]), [size])?.saw !== 1) throw new Error('broken')
 * ```
 */
export function breachOf<Model, Subject>(
  { start, invariant, refusals = [] }: Contract<Model, Subject>,
  subject: Subject,
  program: readonly Operation<Model, Subject>[],
): Breach | undefined {
  let model = start
  const calls: string[] = []
  const broken = (kind: BreachKind, saw: unknown): Breach => ({ kind, calls, saw })
  const holds = (): boolean => invariant?.(model, subject) ?? true
  if (!holds()) return broken('broken-invariant', subject)
  for (const { name, requires, call, ensures, after, mayThrow } of program) {
    if (requires?.(model) === false) continue
    calls.push(name)
    const outcome = attempt(() => call(subject))
    if (outcome.threw) {
      const { error } = outcome
      if (!mayThrow?.(model).some((expected) => error instanceof expected)) {
        const isRefusal = refusals.some((refusal) => error instanceof refusal)
        return broken(isRefusal ? 'stronger-precondition' : 'new-exception', error)
      }
    } else {
      if (!ensures(model, outcome.answer)) return broken('weaker-postcondition', outcome.answer)
      if (after !== undefined) model = after(model)
    }
    if (!holds()) return broken('broken-invariant', subject)
  }
  return undefined
}

type Outcome =
  | { readonly threw: false; readonly answer: unknown }
  | { readonly threw: true; readonly error: unknown }

function attempt(call: () => unknown): Outcome {
  try {
    return { threw: false, answer: call() }
  } catch (error) {
    return { threw: true, error }
  }
}

/**
 * Runs a program against the base and then against the subtype, each made anew.
 *
 * @throws {NotSubstitutable} at the first promise that one of them breaks.
 * @example
 * ```ts
 * import { assertSubstitutable } from '@lockstep/patterns/principles/liskov-substitution'
 *
 * class Counter { count = 0; increment() { return ++this.count } }
 * class Loud extends Counter { override increment() { return super.increment() } }
 * const increment = {
 *   name: 'increment()',
 *   call: (counter: Counter) => counter.increment(),
 *   ensures: (model: number, answer: unknown) => answer === model + 1,
 *   after: (model: number) => model + 1,
 * }
 * assertSubstitutable({ start: 0 }, () => new Counter(), () => new Loud(), [increment, increment])
 * ```
 */
export function assertSubstitutable<Model, Base>(
  contract: Contract<Model, Base>,
  makeBase: () => Base,
  makeSubtype: () => Base,
  program: readonly Operation<Model, Base>[],
): void {
  const ofBase = breachOf(contract, makeBase(), program)
  if (ofBase !== undefined) throw new NotSubstitutable('base', ofBase)
  const ofSubtype = breachOf(contract, makeSubtype(), program)
  if (ofSubtype !== undefined) throw new NotSubstitutable('subtype', ofSubtype)
}
