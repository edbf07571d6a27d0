import { bytesOf, type Entry } from './command.ts'
import type { Configuration } from './configuration.ts'
import { Configurations, type Placed } from './configurations.ts'
import type { Groups } from './quorum.ts'
import { asIndex, type LogIndex, noIndex, noTerm, type Term } from './term.ts'

/**
 * The replicated log in memory: the entries behind its base, and where each stands on disk.
 *
 * The base is the last entry that was let go (§7): a snapshot covers it, and only its index and term
 * are known. Both are 0 while nothing was let go.
 *
 * Invariants: terms never fall from one entry to the next, positions always rise, and
 * `0 <= base <= durable <= last`. Positions are cut together with their entries, so a late sync of a
 * cut entry cannot count for the entry that replaced it.
 */
export class Log {
  /** `entries[i]` stands at index `base + 1 + i`. */
  #entries: Entry[] = []
  #positions: number[] = []
  #base: LogIndex = noIndex
  #baseTerm: Term = noTerm
  #durable: LogIndex = noIndex
  readonly #configurations: Configurations

  /** Begins empty, with the members that a fresh cluster starts with. */
  constructor(initial?: Configuration) {
    this.#configurations = new Configurations(initial)
  }

  get base(): LogIndex {
    return this.#base
  }

  get baseTerm(): Term {
    return this.#baseTerm
  }

  get last(): LogIndex {
    return asIndex(this.#base + this.#entries.length)
  }

  get lastTerm(): Term {
    return this.#entries.at(-1)?.term ?? this.#baseTerm
  }

  /** The highest index up to which every entry is on disk. */
  get durable(): LogIndex {
    return this.#durable
  }

  /** The configuration in use: the newest one, committed or not. */
  get configuration(): Configuration {
    return this.#configurations.newest.configuration
  }

  /** The entry that brought the configuration in use. */
  get configurationIndex(): LogIndex {
    return this.#configurations.newest.index
  }

  /** The configuration before the one in use, if it is known here. */
  get configurationBefore(): Configuration | undefined {
    return this.#configurations.previous?.configuration
  }

  /** The voters of the configuration in use, in groups whose majorities must all agree. */
  get groups(): Groups {
    return this.#configurations.groups
  }

  /** The configuration that was in use at an index of the log, or at its base. */
  configurationAt(index: LogIndex): Configuration {
    return this.#configurations.at(index).configuration
  }

  /** The entry at an index; `undefined` outside of the log. */
  at(index: LogIndex): Entry | undefined {
    return this.#entries[index - this.#base - 1]
  }

  /** The term of the entry at an index, the base's too; `undefined` outside of the log. */
  termAt(index: LogIndex): Term | undefined {
    return index === this.#base ? this.#baseTerm : this.at(index)?.term
  }

  /** Where an entry stands on disk; `undefined` outside of the log. */
  positionAt(index: LogIndex): number | undefined {
    return this.#positions[index - this.#base - 1]
  }

  /** Adds the entry behind the last one. */
  append(entry: Entry, position: number): void {
    this.#entries.push(entry)
    this.#positions.push(position)
    const { index, command } = entry
    if (command.type === 'configure') {
      this.#configurations.add({ index, configuration: command.configuration })
    }
  }

  /** Lets every entry behind `last` go; `base <= last`. */
  cutAfter(last: LogIndex): void {
    this.#entries.length = last - this.#base
    this.#positions.length = last - this.#base
    if (this.#durable > last) this.#durable = last
    this.#configurations.cutAfter(last)
  }

  /** Lets every entry up to `base` go, which a snapshot covers; `base <= last`. */
  compact(base: LogIndex): void {
    if (base <= this.#base) return
    this.#baseTerm = this.termAt(base) as Term
    this.#entries = this.#entries.slice(base - this.#base)
    this.#positions = this.#positions.slice(base - this.#base)
    this.#base = base
    if (this.#durable < base) this.#durable = base
    this.#configurations.compact(base)
  }

  /** Begins anew behind a base of that index and term, beside a snapshot that was taken in this configuration. */
  reset(base: LogIndex, baseTerm: Term, placed: Placed): void {
    this.#entries = []
    this.#positions = []
    this.#base = base
    this.#baseTerm = baseTerm
    this.#durable = base
    this.#configurations.reset(placed)
  }

  /** Everything that was written up to `position` is on disk. */
  synced(position: number): void {
    let durable = this.#durable - this.#base
    while (durable < this.#positions.length && (this.#positions[durable] as number) <= position) {
      durable++
    }
    this.#durable = asIndex(this.#base + durable)
  }

  /** The entries from an index on, at most so many and so many bytes, but at least one; `base < from`. */
  slice(from: LogIndex, entriesMax: number, bytesMax: number): readonly Entry[] {
    const begin = from - this.#base - 1
    let end = begin
    let bytes = 0
    while (end < this.#entries.length && end - begin < entriesMax) {
      bytes += bytesOf(this.#entries[end] as Entry)
      if (bytes > bytesMax && end > begin) break
      end++
    }
    return this.#entries.slice(begin, end)
  }

  /** The entries behind an index up to another one; `base <= after <= upTo <= last`. */
  between(after: LogIndex, upTo: LogIndex): readonly Entry[] {
    return this.#entries.slice(after - this.#base, upTo - this.#base)
  }

  /** The last entries, at most so many. */
  newest(entriesMax: number): readonly Entry[] {
    return this.#entries.slice(-entriesMax)
  }

  /**
   * The highest index at or before `upTo` whose entry has no later term than `term`: below it, and
   * nowhere above, may a log agree with another one that has `term` at `upTo` (end of §5.3). Of what
   * was let go nothing is known, so all of it counts as possible.
   */
  lastAtMost(term: Term, upTo: LogIndex): LogIndex {
    if (upTo < this.#base) return upTo
    let low = 0
    let high = Math.min(upTo - this.#base, this.#entries.length)
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#entries[middle - 1] as Entry).term <= term) low = middle
      else high = middle - 1
    }
    if (low === 0 && this.#baseTerm > term) return asIndex(this.#base - 1)
    return asIndex(this.#base + low)
  }
}
