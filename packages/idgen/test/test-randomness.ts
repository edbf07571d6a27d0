import type { Randomness } from '../src/randomness.ts'

/** Bytes of a small generator, and what was given. */
export class TestRandomness implements Randomness {
  readonly given: number[] = []
  #next: number

  constructor(from: number) {
    this.#next = from
  }

  draw(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      this.#next = (Math.imul(this.#next, 1_103_515_245) + 12_345) & 0x7fffffff
      bytes[at] = this.#next >>> 16
      this.given.push(bytes[at]!)
    }
  }
}
