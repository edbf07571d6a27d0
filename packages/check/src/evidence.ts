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

/** Most steps of one attempt to do with some operations only. */
const attemptStepsMax = 1_000_000

/** How many operations the first core has, and by how much a core grows that is not enough. */
const firstCore = 8
const growth = 2

/**
 * Makes the evidence from the operations of an illegal partition, within `stepsMax` steps: grows a
 * core around the operation whose return nothing could pass, then takes from it what it can spare.
 */
export function evidenceOf<Op, Value, State>(
  model: Model<Op, Value, State>,
  partition: string | undefined,
  operations: readonly Operation<Op, Value>[],
  blocked: Operation<Op, Value>,
  stepsMax: number,
): Evidence<Op, Value> {
  const reduction = new Reduction(model, operations, blocked.returnedAt, stepsMax)
  reduction.grow()
  return { partition, ...reduction.reduce() }
}

type Attempt<Op, Value> =
  | { readonly progress: 'running' | 'illegal' }
  | { readonly progress: 'legal'; readonly linearization: readonly Operation<Op, Value>[] }

class Reduction<Op, Value, State> {
  readonly #model: Model<Op, Value, State>
  readonly #operations: readonly Operation<Op, Value>[]
  /** Ids of operations that are illegal together, the nearest to the blocked one first. */
  readonly #suspects: readonly number[]
  /** Ids of operations that are illegal together, as far as was shown. */
  #core: Set<number>
  #stepsLeft: number

  constructor(
    model: Model<Op, Value, State>,
    operations: readonly Operation<Op, Value>[],
    blockedAt: number,
    stepsMax: number,
  ) {
    const distance = ({ returnedAt }: Operation<Op, Value>): number =>
      Math.abs(returnedAt - blockedAt)
    const suspects = operations
      .filter(({ outcome, calledAt }) => outcome.known && calledAt <= blockedAt)
      .sort((a, b) => distance(a) - distance(b))
    const end = suspects.reduce((latest, { returnedAt }) => Math.max(latest, returnedAt), blockedAt)
    this.#model = model
    this.#operations = operations.filter(({ calledAt }) => calledAt <= end)
    this.#suspects = suspects.map(({ id }) => id)
    this.#core = new Set(this.#suspects)
    this.#stepsLeft = stepsMax
  }

  /**
   * Looks for a small core among the nearest suspects. Where others explain it, as a write of long
   * ago explains a stale read, those are taken in.
   */
  grow(): void {
    for (let size = firstCore; size < this.#suspects.length; size *= growth) {
      if (this.#stepsLeft <= 0) return
      const core = new Set(this.#suspects.slice(0, size))
      let attempt = this.#attempt(core)
      while (attempt.progress === 'legal') {
        const explaining = this.#needed(attempt.linearization).filter(
          ({ id }) => !core.has(id) && this.#core.has(id),
        )
        if (explaining.length === 0) break
        for (const { id } of explaining) core.add(id)
        attempt = this.#attempt(core)
      }
      if (attempt.progress === 'illegal') {
        this.#core = core
        return
      }
    }
  }

  /** Takes from the core, the furthest first and in halving chunks, what it is illegal without. */
  reduce(): Omit<Evidence<Op, Value>, 'partition'> {
    for (let chunk = this.#core.size >> 1; chunk > 1; chunk >>= 1) this.#reduceBy(chunk)
    const minimal = this.#reduceBy(1)
    const context = this.#context()
    return {
      core: this.#operations.filter(({ id }) => this.#core.has(id)),
      context: this.#operations.filter(({ id }) => context.has(id)),
      minimal,
    }
  }

  /** Says whether it could settle every attempt. */
  #reduceBy(chunk: number): boolean {
    let settled = true
    const ids = [...this.#core].toReversed()
    for (let from = 0; from < ids.length; from += chunk) {
      if (this.#stepsLeft <= 0) return false
      const { progress, core } = this.#attemptWithout(ids.slice(from, from + chunk))
      if (progress === 'running') settled = false
      if (progress === 'illegal') this.#core = core
    }
    return settled
  }

  /** The effects of other operations that explain the core once any one of it is given up. */
  #context(): Set<number> {
    const context = new Set<number>()
    for (const id of this.#core) {
      if (this.#stepsLeft <= 0) break
      const attempt = this.#attemptWithout([id])
      if (attempt.progress !== 'legal') continue
      for (const operation of this.#needed(attempt.linearization)) {
        if (!this.#core.has(operation.id)) context.add(operation.id)
      }
    }
    return context
  }

  #attemptWithout(ids: readonly number[]): Attempt<Op, Value> & { readonly core: Set<number> } {
    const core = new Set(this.#core)
    for (const id of ids) core.delete(id)
    return { ...this.#attempt(core), core }
  }

  #attempt(core: ReadonlySet<number>): Attempt<Op, Value> {
    const relaxed = this.#operations.map((operation) =>
      core.has(operation.id) ? operation : withUnknownOutcome(operation),
    )
    const search = new PartitionSearch(this.#model, relaxed)
    const progress = search.run(Math.min(attemptStepsMax, Math.max(this.#stepsLeft, 0)))
    this.#stepsLeft -= search.steps + relaxed.length * (1 + (core.size >> 4))
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
