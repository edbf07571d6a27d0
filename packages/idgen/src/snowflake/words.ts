import type { Ticks } from './ticks.ts'

/** Which half of a 64-bit number comes first in memory on this machine. */
const lowFirst = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const lowAt = lowFirst ? 0 : 1
const highAt = lowFirst ? 1 : 0

/**
 * Ids as numbers. The ids of a tick differ in their low half only, which is written as a number of 32 bits: that is
 * several times as quick as arithmetic on bigints.
 */
export class Words {
  readonly #ticks: Ticks
  readonly #id = new BigUint64Array(1)
  readonly #halves = new Uint32Array(this.#id.buffer)
  #low = 0
  #high = 0
  #begun = 0
  /** Whose low half is in `#id`. */
  #written = 0

  constructor(ticks: Ticks) {
    this.#ticks = ticks
  }

  /**
   * The id that was claimed last. The low half of the one that mostly follows is written already now: to read both halves
   * just after one was written keeps the processor waiting.
   */
  id(): bigint {
    if (this.#begun !== this.#ticks.begun) this.#turnTo()
    const { sequence } = this.#ticks
    if (sequence !== this.#written) this.#halves[lowAt] = this.#low + sequence
    const id = this.#id[0]!
    this.#written = sequence + 1
    this.#halves[lowAt] = this.#low + this.#written
    return id
  }

  /** The id that was claimed last, as eight bytes, the highest first. */
  bytes(): Uint8Array {
    if (this.#begun !== this.#ticks.begun) this.#turnTo()
    const low = this.#low + this.#ticks.sequence
    const high = this.#high
    const bytes = new Uint8Array(8)
    bytes[0] = high >>> 24
    bytes[1] = high >>> 16
    bytes[2] = high >>> 8
    bytes[3] = high
    bytes[4] = low >>> 24
    bytes[5] = low >>> 16
    bytes[6] = low >>> 8
    bytes[7] = low
    return bytes
  }

  /** Writes the `count` ids of this tick from `sequence` on into `ids`. */
  write(ids: BigUint64Array, from: number, sequence: number, count: number): void {
    if (this.#begun !== this.#ticks.begun) this.#turnTo()
    const halves = new Uint32Array(ids.buffer, ids.byteOffset + from * 8, count * 2)
    const high = this.#high
    const low = this.#low + sequence
    for (let at = 0; at < count; at++) {
      halves[at * 2 + lowAt] = low + at
      halves[at * 2 + highAt] = high
    }
  }

  #turnTo(): void {
    this.#id[0] = this.#ticks.firstId
    this.#low = this.#halves[lowAt]!
    this.#high = this.#halves[highAt]!
    this.#begun = this.#ticks.begun
    this.#written = 0
  }
}
