/** Where unpredictable bytes come from; `systemRandomness` is the platform's secure source. */
export interface Randomness {
  /** Overwrites all of `bytes`, 65,536 of them at most. */
  draw(bytes: Uint8Array): void
}

/** How many bytes are asked for at a time: asking costs as much as several ids. */
const bytesAtOnce = 8192

/** Random bytes out of a pool, since asking the platform for a few of them is dear. Each is given once. */
export class RandomPool {
  /** The bytes to take, from `take(count)` on. */
  readonly bytes: Uint8Array = new Uint8Array(bytesAtOnce)
  readonly #randomness: Randomness
  #next = bytesAtOnce

  constructor(randomness: Randomness) {
    this.#randomness = randomness
  }

  /** Takes `count` bytes, some few at most, and says where in `bytes` the first one is. */
  take(count: number): number {
    if (this.#next + count > bytesAtOnce) {
      this.#randomness.draw(this.bytes)
      this.#next = 0
    }
    const first = this.#next
    this.#next = first + count
    return first
  }

  /** Takes a number of 16 bits. */
  word(): number {
    const at = this.take(2)
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }
}
