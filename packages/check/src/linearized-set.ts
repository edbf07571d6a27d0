import { mix } from './hash.ts'

/**
 * Which operations are linearized: a bit for each, first those of known outcome in the order of
 * their calls, then from a fresh word on those of unknown outcome.
 *
 * The linearized operations of known outcome are nearly a prefix of all of them, so `window` gives
 * the few words between the full ones and the empty ones: that much tells two sets apart.
 */
export class LinearizedSet {
  readonly words: Uint32Array
  readonly knownWords: number
  /** A hash of the operations of known outcome in the set. */
  hash = 0
  /** After `window`: every word before `from` is full, every known word from `to` on is empty. */
  from = 0
  to = 0
  readonly #known: number
  #knownCount = 0

  constructor(known: number, unknown: number) {
    this.#known = known
    this.knownWords = (known + 31) >>> 5
    this.words = new Uint32Array(this.knownWords + ((unknown + 31) >>> 5))
  }

  has(operation: number): boolean {
    const bit = this.#bit(operation)
    return (this.words[bit >>> 5]! & (1 << (bit & 31))) !== 0
  }

  add(operation: number): void {
    this.#flip(operation)
    if (operation < this.#known) this.#knownCount++
  }

  delete(operation: number): void {
    this.#flip(operation)
    if (operation < this.#known) this.#knownCount--
  }

  /** Sets `from` and `to`. Every operation before `lowest` is in the set. */
  window(lowest: number): void {
    let from = lowest >>> 5
    while (from < this.knownWords && this.words[from] === 0xffffffff) from++
    let to = from
    for (let left = this.#knownCount - from * 32; left > 0; to++) left -= ones(this.words[to]!)
    this.from = from
    this.to = to
  }

  #bit(operation: number): number {
    return operation < this.#known ? operation : operation - this.#known + this.knownWords * 32
  }

  #flip(operation: number): void {
    const bit = this.#bit(operation)
    this.words[bit >>> 5]! ^= 1 << (bit & 31)
    if (operation < this.#known) this.hash ^= mix(operation + 1)
  }
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
