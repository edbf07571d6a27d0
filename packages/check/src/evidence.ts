import type { Model } from './model.ts'
import { type Operation, withUnknownOutcome } from './operation.ts'
import { PartitionSearch } from './partition-search.ts'

/**
 * Why a partition is not linearizable.
 *
 * Leaving an operation out of an illegal history can make up a violation: a read without its write
 * is always illegal. So instead of leaving an operation out, its client is made to have learnt
 * nothing: it may take effect at any time after its call, or never. That takes constraints away and
 * adds none, so what is still illegal was illegal before, whatever the others did.
 */
export interface Evidence<Op = unknown, Value = unknown> {
  readonly partition: string | undefined
  /** These together cannot be explained, even if every other operation had an unknown outcome. */
  readonly core: readonly Operation<Op, Value>[]
  /** Operations without whose effects the core, less any one of it, could not be explained. */
  readonly context: readonly Operation<Op, Value>[]
  /** Whether every operation of the core was shown to be needed. */
  readonly minimal: boolean
}

/** Most steps of one attempt to do without some operations. */
const attemptStepsMax = 100_000

/**
 * Makes the evidence from the operations of a partition, of which the `suspects` are illegal though
 * nothing be known of the others. Operations are given up from the oldest on, in halving chunks,
 * and within `stepsMax` steps in all.
 */
export function evidenceOf<Op, Value, State>(
  model: Model<Op, Value, State>,
  partition: string | undefined,
  operations: readonly Operation<Op, Value>[],
  suspects: readonly Operation<Op, Value>[],
  stepsMax: number,
): Evidence<Op, Value> {
  return new Reduction(model, operations, suspects, stepsMax).evidence(partition)
}

type Attempt<Op, Value> =
  | { readonly progress: 'running' | 'illegal' }
  | { readonly progress: 'legal'; readonly linearization: readonly Operation<Op, Value>[] }

class Reduction<Op, Value, State> {
  readonly #model: Model<Op, Value, State>
  readonly #operations: readonly Operation<Op, Value>[]
  readonly #core: Set<number>
  #stepsLeft: number

  constructor(
    model: Model<Op, Value, State>,
    operations: readonly Operation<Op, Value>[],
    suspects: readonly Operation<Op, Value>[],
    stepsMax: number,
  ) {
    const known = suspects.filter(({ outcome }) => outcome.known)
    const end = known.reduce((latest, { returnedAt }) => Math.max(latest, returnedAt), 0)
    this.#model = model
    this.#operations = operations.filter(({ calledAt }) => calledAt <= end)
    this.#stepsLeft = stepsMax
    this.#core = new Set(known.map(({ id }) => id))
  }

  evidence(partition: string | undefined): Evidence<Op, Value> {
    for (let chunk = this.#core.size >> 1; chunk > 1; chunk >>= 1) this.#reduceBy(chunk)
    const minimal = this.#reduceBy(1)
    const context = this.#context()
    return {
      partition,
      core: this.#operations.filter(({ id }) => this.#core.has(id)),
      context: this.#operations.filter(({ id }) => context.has(id)),
      minimal,
    }
  }

  /** Says whether it could settle every attempt. */
  #reduceBy(chunk: number): boolean {
    let settled = true
    const ids = [...this.#core]
    for (let from = 0; from < ids.length; from += chunk) {
      if (this.#stepsLeft <= 0) return false
      const without = new Set(ids.slice(from, from + chunk))
      const { progress } = this.#attempt(without)
      if (progress === 'running') settled = false
      if (progress === 'illegal') for (const id of without) this.#core.delete(id)
    }
    return settled
  }

  /** The effects of other operations that explain the core once any one of it is given up. */
  #context(): Set<number> {
    const context = new Set<number>()
    for (const id of this.#core) {
      if (this.#stepsLeft <= 0) break
      const attempt = this.#attempt(new Set([id]))
      if (attempt.progress !== 'legal') continue
      for (const operation of this.#needed(attempt.linearization)) {
        if (!this.#core.has(operation.id)) context.add(operation.id)
      }
    }
    return context
  }

  #attempt(without: ReadonlySet<number>): Attempt<Op, Value> {
    const relaxed = this.#operations.map((operation) =>
      this.#core.has(operation.id) && !without.has(operation.id)
        ? operation
        : withUnknownOutcome(operation),
    )
    const search = new PartitionSearch(this.#model, relaxed)
    const progress = search.run(Math.min(attemptStepsMax, Math.max(this.#stepsLeft, 0)))
    this.#stepsLeft -= search.steps + relaxed.length
    if (progress !== 'legal') return { progress }
    return { progress, linearization: search.linearization() }
  }

  /** Leaves out the unknown operations of an order without which it stays legal. */
  #needed(linearization: readonly Operation<Op, Value>[]): readonly Operation<Op, Value>[] {
    let needed = linearization
    for (const operation of linearization.toReversed()) {
      if (operation.outcome.known) continue
      const less = needed.filter((other) => other !== operation)
      if (this.#isLegal(less)) needed = less
    }
    return needed
  }

  #isLegal(order: readonly Operation<Op, Value>[]): boolean {
    let state: State | undefined = this.#model.init
    for (const { op, outcome } of order) {
      state = this.#model.step(state, op, outcome)
      if (state === undefined) return false
    }
    return true
  }
}
