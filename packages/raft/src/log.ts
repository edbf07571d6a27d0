import { bytesOf, type Entry } from './command.ts'
import { asIndex, type LogIndex, noIndex, noTerm, type Term } from './term.ts'

/**
 * The replicated log in memory: entry i stands at index i, and where it stands on disk beside it.
 *
 * Invariants: terms never fall from one entry to the next, positions always rise, and
 * `0 <= durable <= last`. Positions are cut together with their entries, so a late sync of a cut
 * entry cannot count for the entry that replaced it.
 */
export class Log {
  readonly #entries: Entry[] = []
  readonly #positions: number[] = []
  #durable: LogIndex = noIndex

  get last(): LogIndex {
    return asIndex(this.#entries.length)
  }

  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? noTerm
  }

  /** The highest index up to which every entry is on disk. */
  get durable(): LogIndex {
    return this.#durable
  }

  /** The entry at an index; `undefined` outside of the log. */
  at(index: LogIndex): Entry | undefined {
    return this.#entries[index - 1]
  }

  /** The term of the entry at an index, 0 at index 0; `undefined` outside of the log. */
  termAt(index: LogIndex): Term | undefined {
    return index === 0 ? noTerm : this.#entries[index - 1]?.term
  }

  /** Adds the entry behind the last one. */
  append(entry: Entry, position: number): void {
    this.#entries.push(entry)
    this.#positions.push(position)
  }

  /** Lets every entry behind `last` go. */
  cutAfter(last: LogIndex): void {
    this.#entries.length = last
    this.#positions.length = last
    if (this.#durable > last) this.#durable = last
  }

  /** Everything that was written up to `position` is on disk. */
  synced(position: number): void {
    let durable: number = this.#durable
    while (durable < this.#positions.length && (this.#positions[durable] as number) <= position) {
      durable++
    }
    this.#durable = asIndex(durable)
  }

  /** The entries from an index on, at most so many and so many bytes, but at least one. */
  slice(from: LogIndex, entriesMax: number, bytesMax: number): readonly Entry[] {
    let end: number = from
    let bytes = 0
    while (end <= this.#entries.length && end - from < entriesMax) {
      bytes += bytesOf(this.#entries[end - 1] as Entry)
      if (bytes > bytesMax && end > from) break
      end++
    }
    return this.#entries.slice(from - 1, end - 1)
  }

  /** The last entries, at most so many. */
  newest(entriesMax: number): readonly Entry[] {
    return this.#entries.slice(-entriesMax)
  }

  /**
   * The highest index at or before `upTo` whose entry has no later term than `term`: below it, and
   * nowhere above, may a log agree with another one that has `term` at `upTo` (end of §5.3).
   */
  lastAtMost(term: Term, upTo: LogIndex): LogIndex {
    let low = 0
    let high = Math.min(upTo, this.#entries.length)
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#entries[middle - 1] as Entry).term <= term) low = middle
      else high = middle - 1
    }
    return asIndex(low)
  }
}
