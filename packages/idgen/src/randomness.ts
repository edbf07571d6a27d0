/** Where unpredictable bytes come from; `systemRandomness` is the platform's secure source. */
export interface Randomness {
  /** Overwrites all of `bytes`, 65,536 of them at most. */
  draw(bytes: Uint8Array): void
}

/** How many 16-bit words are asked for at a time: asking costs as much as several ids. */
const wordsAtOnce = 4096

/** Random 16-bit words out of a pool, since asking the platform for a few bytes is dear. Each is given once. */
export class RandomPool {
  readonly #randomness: Randomness
  readonly #words = new Uint16Array(wordsAtOnce)
  #next = wordsAtOnce

  constructor(randomness: Randomness) {
    this.#randomness = randomness
  }

  /** The words to take from, at `take(count)` and after it. They are never given again. */
  get words(): Uint16Array {
    return this.#words
  }

  /** Takes `count` words, some few at most, and says where in `words` the first one is. */
  take(count: number): number {
    if (this.#next + count > wordsAtOnce) {
      this.#randomness.draw(new Uint8Array(this.#words.buffer))
      this.#next = 0
    }
    const first = this.#next
    this.#next = first + count
    return first
  }
}
