/** Which half of a 64-bit number comes first in memory on this machine. */
const lowFirst = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const lowAt = lowFirst ? 0 : 1
const highAt = lowFirst ? 1 : 0

/** More than one source gave this number. */
export interface Overlap {
  readonly id: bigint
  /** The sources that gave it, as often as they did. */
  readonly by: readonly number[]
}

/**
 * Numbers of 64 bits, kept as intervals of successive ones. Generators count upwards, so a hundred million of their ids
 * are some ten thousand intervals; numbers without any order take 20 bytes each.
 */
export class Intervals {
  /** How many numbers were added. */
  count = 0
  #used = 0
  #starts = new BigUint64Array(64)
  /** Where each interval ends: the last number of it. */
  #lasts = new BigUint64Array(64)
  #by = new Int32Array(64)

  /** Adds numbers of a source, in the order in which it gave them. */
  add(by: number, ids: BigUint64Array): void {
    if (ids.length === 0) return
    const halves = new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2)
    this.count += ids.length
    let from = 0
    for (let at = 1; at < ids.length; at++) {
      const low = halves[at * 2 + lowAt]!
      const isNext =
        low !== 0 &&
        low === halves[at * 2 - 2 + lowAt]! + 1 &&
        halves[at * 2 + highAt] === halves[at * 2 - 2 + highAt]
      if (isNext) continue
      this.#push(by, ids[from]!, ids[at - 1]!)
      from = at
    }
    this.#push(by, ids[from]!, ids[ids.length - 1]!)
  }

  /** How many of the numbers were there before: all of them, less the different ones. */
  duplicates(): number {
    const { starts, lasts } = this.#sorted()
    let different = 0n
    let began = 0
    for (let ended = 0; ended < starts.length; ended++) {
      // Between two ends of the outermost intervals lie numbers that count once, however many intervals hold them.
      const isApart = ended + 1 >= starts.length || starts[ended + 1]! > lasts[ended]!
      if (!isApart) continue
      different += lasts[ended]! - starts[began]! + 1n
      began = ended + 1
    }
    return this.count - Number(different)
  }

  /** The lowest number that was added more than once. */
  firstOverlap(): Overlap | undefined {
    const { starts, lasts } = this.#sorted()
    for (let at = 1; at < starts.length; at++) {
      if (starts[at]! <= lasts[at - 1]!)
        return { id: starts[at]!, by: this.#holdersOf(starts[at]!) }
    }
    return undefined
  }

  /**
   * All starts in order and all ends in order. The n-th start and the n-th end need not be of one interval: what counts
   * is how many began and how many ended.
   */
  #sorted(): { readonly starts: BigUint64Array; readonly lasts: BigUint64Array } {
    return {
      starts: this.#starts.slice(0, this.#used).sort(),
      lasts: this.#lasts.slice(0, this.#used).sort(),
    }
  }

  #holdersOf(id: bigint): number[] {
    const holders: number[] = []
    for (let at = 0; at < this.#used; at++) {
      if (this.#starts[at]! <= id && id <= this.#lasts[at]!) holders.push(this.#by[at]!)
    }
    return holders
  }

  #push(by: number, start: bigint, last: bigint): void {
    const before = this.#used - 1
    if (before >= 0 && this.#by[before] === by && this.#lasts[before]! + 1n === start) {
      this.#lasts[before] = last
      return
    }
    if (this.#used === this.#starts.length) this.#grow()
    this.#starts[this.#used] = start
    this.#lasts[this.#used] = last
    this.#by[this.#used++] = by
  }

  #grow(): void {
    const length = this.#starts.length * 2
    const starts = new BigUint64Array(length)
    const lasts = new BigUint64Array(length)
    const by = new Int32Array(length)
    starts.set(this.#starts)
    lasts.set(this.#lasts)
    by.set(this.#by)
    this.#starts = starts
    this.#lasts = lasts
    this.#by = by
  }
}
