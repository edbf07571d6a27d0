/**
 * Strategy: one of several ways to do a thing, chosen by what the input asks for.
 *
 * ```text
 * input ──▶ StrategySelector ── supports? ──▶ the way of the highest priority
 * ```
 *
 * Intent: each way stands alone and says what it supports; the selector takes the one of the
 * highest priority. A new way is one more entry, and nothing else changes.
 *
 * When not to use it: if the choice is by a key, take a map; if there is one way, call it.
 *
 * Lockstep has the idea in `packages/raft/src/rules.ts`: the safety rules of a protocol are handed
 * to it, and a flaw (`packages/raft/src/flaws.ts`) is the same set with one of them replaced.
 */

/** One way, and when it serves. */
export interface Candidate<Input, Way> {
  readonly name: string
  /** Higher is asked first, equals in the order of the list. 0 by default. */
  readonly priority?: number
  supports(input: Input): boolean
  readonly way: Way
}

/**
 * No candidate supports the input. `asked` names those that said no, in order.
 *
 * @example
 * ```ts
 * import { NoStrategy, StrategySelector } from '@lockstep/patterns/behavioral/strategy'
 *
 * try {
 *   new StrategySelector<string, number>([]).select('x')
 * } catch (error) {
 *   if (!(error instanceof NoStrategy) || error.asked.length > 0) throw error
 * }
 * ```
 */
export class NoStrategy extends Error {
  override readonly name = 'NoStrategy'
  readonly asked: readonly string[]

  constructor(asked: readonly string[]) {
    super(`none of [${asked.join(', ')}] supports this; add one that does, or a fallback`)
    this.asked = asked
  }
}

/**
 * Finds the way for an input.
 *
 * @example
 * ```ts
 * import { StrategySelector } from '@lockstep/patterns/behavioral/strategy'
 *
 * const pack = new StrategySelector<number, string>([
 *   { name: 'store', supports: () => true, way: 'as it is' },
 *   { name: 'deflate', priority: 1, supports: (bytes) => bytes > 1_000, way: 'deflated' },
 * ])
 * if (pack.select(10) !== 'as it is' || pack.select(5_000) !== 'deflated') throw new Error('wrong')
 * ```
 */
export class StrategySelector<Input, Way> {
  readonly #candidates: readonly Candidate<Input, Way>[]

  constructor(candidates: readonly Candidate<Input, Way>[]) {
    this.#candidates = candidates.toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
  }

  /** A selector with one more candidate; it comes after those of its priority. */
  with(candidate: Candidate<Input, Way>): StrategySelector<Input, Way> {
    return new StrategySelector([...this.#candidates, candidate])
  }

  /** The candidate that serves an input, with its name. @throws {NoStrategy} */
  find(input: Input): Candidate<Input, Way> {
    const found = this.#candidates.find((candidate) => candidate.supports(input))
    if (found !== undefined) return found
    throw new NoStrategy(this.#candidates.map(({ name }) => name))
  }

  /** The way for an input. @throws {NoStrategy} */
  select(input: Input): Way {
    return this.find(input).way
  }
}
