import type { Verdict } from '@lockstep/process'
import { counted } from '../verdict.ts'

/** The name of this judge. */
const by = 'order'

/** What is known of one source. */
interface Seen<Id> {
  last: Id
  count: number
  inversions: number
  /** The first pair that is not in order. */
  first: readonly [before: Id, after: Id] | undefined
}

/**
 * Order: did each source give ids that grow? Numbers are compared as numbers and texts by their code units, as
 * databases with binary collation do. Nothing is said about ids of different sources.
 */
export class Order<Id extends bigint | string> {
  readonly #sources = new Map<string, Seen<Id>>()

  /** Adds ids of a source, in the order in which it gave them. */
  add(source: string, ids: Iterable<Id>): void {
    for (const id of ids) {
      const seen = this.#sources.get(source)
      if (seen === undefined) {
        this.#sources.set(source, { last: id, count: 1, inversions: 0, first: undefined })
        continue
      }
      if (id <= seen.last) {
        seen.inversions++
        seen.first ??= [seen.last, id]
      }
      seen.last = id
      seen.count++
    }
  }

  /** How many ids are not above the one that their source gave before. */
  inversions(): number {
    return this.#sum(({ inversions }) => inversions)
  }

  verdict(): Verdict {
    const count = this.#sum((seen) => seen.count)
    const all = `${counted(count, 'id')} of ${counted(this.#sources.size, 'source')}`
    for (const [source, { first }] of this.#sources) {
      if (first === undefined) continue
      const text = `Not in order: ${source} gave ${first[1]} after ${first[0]}; ${counted(this.inversions(), 'inversion')} among ${all}`
      return { is: 'violated', by, text }
    }
    return { is: 'holds', text: `In order: ${all}` }
  }

  #sum(of: (seen: Seen<Id>) => number): number {
    return [...this.#sources.values()].reduce((sum, seen) => sum + of(seen), 0)
  }
}
