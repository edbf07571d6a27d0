import { bytesOf, type Entry } from './command.ts'
import type { Log } from './log.ts'
import { asIndex, type LogIndex, noIndex } from './term.ts'

/**
 * About how many bytes the entries of a log take in memory, counted when somebody asks: an entry that
 * was counted is not looked at again, and a node that nobody asks counts nothing.
 *
 * The log may have been cut and written anew since it was asked last. Where the newest entry that was
 * counted still stands, all before it is as it was, since an entry of one index and term has one past
 * (log matching, §5.3); where it does not, all is counted again.
 */
export class LogBytes {
  readonly #log: Pick<Log, 'base' | 'last' | 'at'>
  #from: LogIndex = noIndex
  /** `ends[i]` is what the entries up to index `from + i` take, counted from some entry on. */
  #ends: number[] = [0]
  #newest: Entry | undefined

  constructor(log: Pick<Log, 'base' | 'last' | 'at'>) {
    this.#log = log
  }

  /** What the entries behind the base take. */
  get bytes(): number {
    const { base, last } = this.#log
    if (this.#isAsCounted()) {
      if (base > this.#from) this.#ends = this.#ends.slice(base - this.#from)
    } else this.#ends = [0]
    this.#from = base
    let end = this.#ends.at(-1) ?? 0
    for (let index = base + this.#ends.length; index <= last; index++) {
      const entry = this.#log.at(asIndex(index)) as Entry
      end += bytesOf(entry)
      this.#ends.push(end)
      this.#newest = entry
    }
    return end - (this.#ends[0] ?? 0)
  }

  /** Whether what was counted stands there still, as far as it was not let go. */
  #isAsCounted(): boolean {
    const counted = asIndex(this.#from + this.#ends.length - 1)
    if (this.#log.base < this.#from || this.#log.base > counted) return false
    return counted === this.#log.base || this.#log.at(counted) === this.#newest
  }
}
