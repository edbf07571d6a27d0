import { Calls } from './calls.ts'
import { LinearizedSet } from './linearized-set.ts'
import { Memo } from './memo.ts'
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'
import { relevantOf } from './relevance.ts'

/** How far the search of one partition has come. */
export type Progress = 'running' | 'legal' | 'illegal'

/**
 * The search for an order of one partition's operations that the model allows and that keeps every
 * operation between its call and its return: the one of Wing and Gong (1993), with the memo of Lowe
 * (2017) and the linked list of Porcupine.
 *
 * It walks the list of calls and returns. A call whose step is legal is linearized: lifted out of
 * the list, and the walk begins anew. A return met in the list means that its operation had to be
 * linearized by now and was not, so that one of the open operations must be chosen first; when none
 * is left to choose, the last choice is taken back. Some choices need not be tried:
 *
 * - An observation that is legal now is linearized for good. Wherever else it stands in an order,
 *   it can be moved here, since it changes nothing for the others.
 * - Operations of unknown outcome stay open for ever, and each would double the choices. They are
 *   tried after all others, and only those are that change the state. The search ends when all
 *   operations of known outcome are linearized, so what nobody noticed is never tried; and what
 *   nobody can have noticed is left out from the start (`relevantOf`).
 * - Of several of unknown outcome with the same effect, the one called first is taken first; and one
 *   that only overwrites the unknown one linearized just before it is not tried, since the order
 *   without that other one does as well.
 *
 * The search keeps its own stack, so that it can stop after any step and go on later.
 */
export class PartitionSearch<Op, Value, State> {
  /** Nodes of the list that were looked at. */
  steps = 0
  readonly #model: Model<Op, Value, State>
  readonly #operations: readonly Operation<Op, Value>[]
  /** Operations below this number have a known outcome, and those from the other on are blind. */
  readonly #known: number
  readonly #blindFrom: number
  readonly #calls: Calls
  readonly #linearized: LinearizedSet
  readonly #memo: Memo<State>
  /** Whether an operation leaves every state as it is. */
  readonly #observes: Uint8Array
  /** The operation that must be linearized before this one, or -1. */
  readonly #needs: Int32Array
  #progress: Progress = 'running'
  #state: State
  #cursor: number
  /** Whether the walk looks for operations to absorb, or for one to choose. */
  #absorbing = true
  /** The first return in the list when the walk began to choose. */
  #barrier = -1
  /** The return furthest in time that stopped the search. */
  #furthest = -1
  #left: number
  readonly #stack: Frame<State>[] = []
  #longest: readonly number[] = []
  #longestKnown = -1

  constructor(
    model: Model<Op, Value, State>,
    operations: readonly Operation<Op, Value>[],
    memo: Memo<State> = new Memo(model),
  ) {
    const byCall = operations.toSorted((a, b) => a.calledAt - b.calledAt)
    const known = byCall.filter(({ outcome }) => outcome.known)
    const late = byCall.filter(({ outcome }) => !outcome.known)
    const relevant = relevantOf(model, known, late)
    const isBlind = ({ op, outcome }: Operation<Op, Value>): boolean =>
      model.overwrites?.isBlind(op, outcome) ?? false
    const conditional = relevant.filter((operation) => !isBlind(operation))
    const unknown = [...conditional, ...relevant.filter(isBlind)]
    this.#model = model
    this.#operations = [...known, ...unknown]
    this.#known = known.length
    this.#blindFrom = known.length + conditional.length
    this.#left = known.length
    this.#calls = new Calls(this.#operations, known.length)
    this.#linearized = new LinearizedSet(known.length, unknown.length)
    this.#memo = memo
    this.#observes = Uint8Array.from(this.#operations, ({ op, outcome }) =>
      model.effect !== undefined && model.effect(op, outcome) === undefined ? 1 : 0,
    )
    this.#needs = needs(model, operations, this.#operations)
    this.#state = model.init
    this.#cursor = this.#calls.firstKnown
  }

  get memoEntries(): number {
    return this.#memo.size
  }

  /** Takes up to that many steps. */
  run(steps: number): Progress {
    const end = this.steps + steps
    while (this.#progress === 'running' && this.steps < end) {
      if (this.#left === 0) {
        this.#progress = 'legal'
      } else {
        this.steps++
        this.#step()
      }
    }
    return this.#progress
  }

  /**
   * Operations in an order that the model allows: once `legal` all of known outcome, before that
   * and when `illegal` as many of them as the search could order.
   */
  linearization(): Operation<Op, Value>[] {
    this.#keepLongest()
    return this.#longest.map((operation) => this.#operations[operation]!)
  }

  /**
   * Once `illegal`: the operation whose return nothing could pass. It is illegal that all that was
   * called by then had the outcomes that it had.
   */
  blocked(): Operation<Op, Value> {
    return this.#operations[this.#calls.operation[this.#furthest]!]!
  }

  #step(): void {
    const calls = this.#calls
    const node = this.#cursor
    const operation = calls.operation[node]!
    if (this.#absorbing) {
      if (calls.isReturn[node] === 1) this.#meetReturn(node)
      else this.#absorb(operation, node)
    } else if (node === this.#barrier) {
      this.#cursor = calls.firstUnknown
    } else if (node === calls.unknownEnd || this.#isPastUse(operation, node)) {
      this.#backtrack()
    } else if (
      calls.openFrom[node]! > this.#barrier ||
      operation === calls.operation[this.#barrier] ||
      !this.#choose(operation)
    ) {
      this.#cursor = calls.next[node]!
    }
  }

  /** Linearizes an observation for good if it is legal now. */
  #absorb(operation: number, node: number): void {
    if (this.#observes[operation] === 1) {
      const after = this.#stateAfter(operation)
      if (after !== undefined) this.#linearize(operation, after, false)
    }
    this.#cursor = this.#calls.next[node]!
  }

  /** Nothing more can be absorbed, and the operation that returns here is still to be linearized. */
  #meetReturn(node: number): void {
    const calls = this.#calls
    this.#furthest = Math.max(this.#furthest, node)
    this.#barrier = node
    this.#linearized.window(calls.operation[calls.firstKnown]!)
    if (!this.#memo.isNew(this.#linearized, this.#state)) {
      this.#backtrack()
      return
    }
    this.#absorbing = false
    if (!this.#choose(calls.operation[node]!)) this.#cursor = calls.firstKnown
  }

  /** Linearizes an operation if it is legal now; one of unknown outcome also has to be of use. */
  #choose(operation: number): boolean {
    if (this.#observes[operation] === 1) return false
    const after = this.#stateAfter(operation)
    if (after === undefined) return false
    if (operation >= this.#known && this.#isUseless(operation, after)) return false
    this.#linearize(operation, after, true)
    this.#absorbing = true
    this.#cursor = this.#calls.firstKnown
    return true
  }

  #stateAfter(operation: number): State | undefined {
    const needed = this.#needs[operation]!
    if (needed !== -1 && !this.#linearized.has(needed)) return undefined
    const { op, outcome } = this.#operations[operation]!
    return this.#model.step(this.#state, op, outcome)
  }

  /** Whether neither this unknown operation nor any behind it in the list is of use here. */
  #isPastUse(operation: number, node: number): boolean {
    if (operation < this.#blindFrom) return false
    return this.#calls.openFrom[node]! > this.#barrier || this.#lastUnknown() !== undefined
  }

  /** Whether the state is the same without it, or without the unknown one linearized just before. */
  #isUseless(operation: number, after: State): boolean {
    if (this.#model.equal(after, this.#state)) return true
    const last = this.#lastUnknown()
    if (last === undefined) return false
    const { op, outcome } = this.#operations[operation]!
    const without = this.#model.step(last.before, op, outcome)
    return without !== undefined && this.#model.equal(without, after)
  }

  /** What was linearized last, if its outcome is unknown. */
  #lastUnknown(): Frame<State> | undefined {
    const last = this.#stack.at(-1)
    return last !== undefined && last.operation >= this.#known ? last : undefined
  }

  #linearize(operation: number, after: State, chosen: boolean): void {
    this.#stack.push({ operation, before: this.#state, barrier: this.#barrier, chosen })
    this.#calls.lift(operation)
    this.#linearized.add(operation)
    if (operation < this.#known) this.#left--
    this.#state = after
  }

  /** Takes back the last choice, and what was absorbed after it. */
  #backtrack(): void {
    this.#keepLongest()
    const calls = this.#calls
    for (;;) {
      const frame = this.#stack.pop()
      if (frame === undefined) {
        this.#progress = 'illegal'
        return
      }
      const { operation, before, barrier, chosen } = frame
      calls.unlift(operation)
      this.#linearized.delete(operation)
      if (operation < this.#known) this.#left++
      if (!chosen) continue
      this.#state = before
      this.#barrier = barrier
      this.#absorbing = false
      const isFirst = operation === calls.operation[barrier]
      this.#cursor = isFirst ? calls.firstKnown : calls.afterCall(operation)
      return
    }
  }

  #keepLongest(): void {
    const linearized = this.#known - this.#left
    if (linearized <= this.#longestKnown) return
    this.#longestKnown = linearized
    this.#longest = this.#stack.map(({ operation }) => operation)
  }
}

interface Frame<State> {
  readonly operation: number
  /** The state and the barrier before it. */
  readonly before: State
  readonly barrier: number
  /** Whether other operations could have been linearized instead. */
  readonly chosen: boolean
}

/**
 * For each operation one that must be linearized before it, or -1.
 *
 * A client that calls at the very time at which its last operation returned did so after it, though
 * the intervals touch. And of unknown operations with one effect, the earlier ones come first; one
 * that waits for its own client's last operation cannot stand in for others and binds none.
 */
function needs<Op, Value, State>(
  model: Model<Op, Value, State>,
  inOrderOfInvocation: readonly Operation<Op, Value>[],
  numbered: readonly Operation<Op, Value>[],
): Int32Array {
  const numbers = new Map(numbered.map((operation, number) => [operation, number]))
  const lastOfClient = new Map<string, number>()
  const needed = new Int32Array(numbered.length).fill(-1)
  for (const operation of inOrderOfInvocation) {
    const number = numbers.get(operation)
    if (number === undefined) continue
    const last = lastOfClient.get(operation.client)
    if (last !== undefined && numbered[last]!.returnedAt === operation.calledAt) {
      needed[number] = last
    }
    if (operation.outcome.known) lastOfClient.set(operation.client, number)
  }
  const lastOfEffect = new Map<string, number>()
  numbered.forEach(({ op, outcome }, number) => {
    if (outcome.known || needed[number] !== -1 || model.effect === undefined) return
    const effect = model.effect(op, outcome)
    if (effect === undefined) return
    needed[number] = lastOfEffect.get(effect) ?? -1
    lastOfEffect.set(effect, number)
  })
  return needed
}
