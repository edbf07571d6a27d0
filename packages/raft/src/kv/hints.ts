/** A bucket has so many entries of two numbers each: with four bytes a number, one line of a processor's cache. */
const entries = 8
const bucketNumbers = 2 * entries
/** So many places there are a bucket. Those that are not split yet have up to twice as many. */
const load = 3

/**
 * Where the value of a key may stand: a hash table of places that never has the last word. Whoever
 * asks looks whether what stands there is what was meant, and knows a slower way.
 *
 * So a full bucket lets an entry go, and keys that were chosen to collide cost no more than the
 * slower way. The table grows by one bucket at a time, split off another one (linear hashing: Litwin,
 * 'Linear Hashing: A New Tool for File and Table Addressing', 1980): no put waits for a larger table.
 */
export class Hints {
  /**
   * Entries: a hash, and the place plus 1; 0 is no entry. Each segment has as many buckets as all before
   * it, so that more of them cost no copy of those that are there.
   */
  readonly #segments: Int32Array[] = [new Int32Array(bucketNumbers)]
  #buckets = 1
  /** The greatest power of two that is not above the number of buckets. */
  #round = 1
  /** How many places there are, as far as they were seen. */
  #places = 0
  readonly #isAt: (key: string, place: number) => boolean

  /** `isAt` says whether a key's value stands at a place. */
  constructor(isAt: (key: string, place: number) => boolean) {
    this.#isAt = isAt
  }

  /** The place of a key of that hash; `undefined` when it is not known here. */
  find(key: string, hash: number): number | undefined {
    const bucket = this.#bucketOf(hash)
    const segment = this.#segmentOf(bucket)
    const begin = beginOf(bucket)
    for (let at = begin; at < begin + bucketNumbers; at += 2) {
      if (segment[at] !== hash) continue
      const place = (segment[at + 1] as number) - 1
      if (place >= 0 && this.#isAt(key, place)) return place
    }
    return undefined
  }

  /** A number of the bucket of a hash, which is near from then on. */
  look(hash: number): number {
    const bucket = this.#bucketOf(hash)
    return this.#segmentOf(bucket)[beginOf(bucket)] as number
  }

  /** The place of some key of that hash; 0 where none is known. */
  guess(hash: number): number {
    const bucket = this.#bucketOf(hash)
    const segment = this.#segmentOf(bucket)
    const begin = beginOf(bucket)
    for (let at = begin; at < begin + bucketNumbers; at += 2) {
      if (segment[at] === hash && segment[at + 1] !== 0) return (segment[at + 1] as number) - 1
    }
    return 0
  }

  /** Notes the place of a key of that hash, which is not noted yet. */
  add(hash: number, place: number): void {
    this.#put(this.#bucketOf(hash), hash, place + 1)
    this.#places = Math.max(this.#places, place + 1)
    if (this.#places > this.#buckets * load) this.#split()
  }

  /** Forgets that a key of that hash is at a place. */
  delete(hash: number, place: number): void {
    const bucket = this.#bucketOf(hash)
    const segment = this.#segmentOf(bucket)
    const begin = beginOf(bucket)
    for (let at = begin; at < begin + bucketNumbers; at += 2) {
      if (segment[at] !== hash || segment[at + 1] !== place + 1) continue
      segment[at + 1] = 0
      return
    }
  }

  /** Fills the first free entry of a bucket, or lets another one go that the place chooses. */
  #put(bucket: number, hash: number, placed: number): void {
    const segment = this.#segmentOf(bucket)
    const begin = beginOf(bucket)
    let at = begin
    while (at < begin + bucketNumbers && segment[at + 1] !== 0) at += 2
    if (at === begin + bucketNumbers) at = begin + 2 * (placed % entries)
    segment[at] = hash
    segment[at + 1] = placed
  }

  /** One bucket more, with those entries of another one that belong to it from now on. */
  #split(): void {
    const to = this.#buckets++
    const from = to - this.#round
    if (this.#buckets === 2 * this.#round) this.#round = this.#buckets
    if (from === 0) this.#segments.push(new Int32Array(to * bucketNumbers))
    const segment = this.#segmentOf(from)
    const begin = beginOf(from)
    for (let at = begin; at < begin + bucketNumbers; at += 2) {
      const hash = segment[at] as number
      const placed = segment[at + 1] as number
      if (placed === 0 || this.#bucketOf(hash) !== to) continue
      segment[at + 1] = 0
      this.#put(to, hash, placed)
    }
  }

  #bucketOf(hash: number): number {
    // The low bits of a hash know nothing of the high bits of the text.
    const bucket = (hash ^ (hash >>> 16)) & (2 * this.#round - 1)
    return bucket < this.#buckets ? bucket : bucket - this.#round
  }

  #segmentOf(bucket: number): Int32Array {
    return this.#segments[32 - Math.clz32(bucket)] as Int32Array
  }
}

/** Where a bucket begins in its segment, whose first bucket has the number of the segment's buckets. */
function beginOf(bucket: number): number {
  return bucket === 0 ? 0 : (bucket - (1 << (31 - Math.clz32(bucket)))) * bucketNumbers
}
