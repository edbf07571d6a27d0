/**
 * Uniqueness: was any id given twice? It is asked of all ids of all sources together, and the answer is exact: nothing
 * is sampled or hashed.
 */
import type { Verdict } from '@lockstep/process'
import { counted } from '../verdict.ts'
import { Intervals } from './intervals.ts'

/** The name of this judge. */
const by = 'uniqueness'

/** Judges ids as they come. Numbers of 64 bits cost next to nothing where they follow each other. */
export class Uniqueness {
  readonly #sources = new Map<string, number>()
  readonly #numbers = new Intervals()
  /** Who gave each text first. */
  readonly #texts = new Map<string, number>()
  #textCount = 0
  #firstText: { readonly id: string; readonly by: readonly number[] } | undefined

  /** How many ids it has seen. */
  get count(): number {
    return this.#numbers.count + this.#textCount
  }

  /** Adds ids of a source, in any order. Bigints are numbers of 64 bits without a sign. */
  add(source: string, ids: BigUint64Array | readonly bigint[] | readonly string[]): void {
    const index = this.#sources.get(source) ?? this.#sources.size
    this.#sources.set(source, index)
    if (ids instanceof BigUint64Array) this.#numbers.add(index, ids)
    else if (typeof ids[0] === 'bigint') {
      this.#numbers.add(index, BigUint64Array.from(ids as readonly bigint[]))
    } else this.#addTexts(index, ids as readonly string[])
  }

  /** How many ids were given before: all of them, less the different ones. */
  duplicates(): number {
    return this.#numbers.duplicates() + this.#textCount - this.#texts.size
  }

  verdict(): Verdict {
    const duplicates = this.duplicates()
    const sources = counted(this.#sources.size, 'source')
    const all = `${counted(this.count, 'id')} of ${sources}`
    if (duplicates === 0) return { is: 'holds', text: `Unique: ${all}` }
    const first = this.#numbers.firstOverlap() ?? this.#firstText
    const text = `Not unique: ${counted(duplicates, 'duplicate')} among ${all}, the first is ${first?.id}, given by ${this.#named(first?.by ?? [])}`
    return { is: 'violated', by, text }
  }

  #addTexts(source: number, ids: readonly string[]): void {
    this.#textCount += ids.length
    for (const id of ids) {
      const before = this.#texts.get(id)
      if (before === undefined) this.#texts.set(id, source)
      else this.#firstText ??= { id, by: [before, source] }
    }
  }

  #named(sources: readonly number[]): string {
    const names = [...this.#sources.keys()]
    const twice = [...new Set(sources)].map((source) => {
      const times = sources.filter((other) => other === source).length
      return times > 1 ? `${names[source]}, ${times} times` : `${names[source]}`
    })
    return twice.join(' and ')
  }
}
