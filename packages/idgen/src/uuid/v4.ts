/**
 * UUID version 4: 122 random bits (RFC 9562, section 5.4).
 *
 * Unique by chance alone: among 10^12 of them two are equal with a probability of 10^-13. They have no
 * order, so as keys of a B-tree they touch all of its pages; version 7 keeps to the last ones.
 */
import type { NextOptions, SyncIdGenerator } from '../generator.ts'
import { batchNow, nextNow } from '../instant-ids.ts'
import type { IdObserver } from '../observer.ts'
import { systemRandomness } from '../platform.ts'
import { type Randomness, RandomPool } from '../randomness.ts'
import { hex } from './hex.ts'

/** What random UUIDs are made of. */
export interface UuidV4Options {
  /** The platform's secure source if not given. */
  readonly randomness?: Randomness
  readonly observer?: IdObserver
}

/** Makes random UUIDs (version 4) as text. */
export class UuidV4 implements SyncIdGenerator<string> {
  readonly #pool: RandomPool
  readonly #observer: IdObserver | undefined
  readonly #bytes: Uint8Array

  constructor({ randomness = systemRandomness, observer }: UuidV4Options = {}) {
    this.#observer = observer
    this.#pool = new RandomPool(randomness)
    this.#bytes = this.#pool.bytes
  }

  nextSync(): string {
    const id = this.#make()
    this.#observer?.issued?.(1)
    return id
  }

  next(options?: NextOptions): Promise<string> {
    return nextNow(() => this.nextSync(), options)
  }

  nextBatch(count: number, options?: NextOptions): Promise<readonly string[]> {
    return batchNow(() => this.#make(), this.#observer, count, options)
  }

  #make(): string {
    const of = this.#bytes
    const at = this.#pool.take(16)
    const time = hex[of[at]!]! + hex[of[at + 1]!]! + hex[of[at + 2]!]! + hex[of[at + 3]!]!
    const version = hex[(of[at + 6]! & 0x0f) | 0x40]!
    const variant = hex[(of[at + 8]! & 0x3f) | 0x80]!
    return (
      time +
      '-' +
      hex[of[at + 4]!]! +
      hex[of[at + 5]!]! +
      '-' +
      version +
      hex[of[at + 7]!]! +
      '-' +
      variant +
      hex[of[at + 9]!]! +
      '-' +
      hex[of[at + 10]!]! +
      hex[of[at + 11]!]! +
      hex[of[at + 12]!]! +
      hex[of[at + 13]!]! +
      hex[of[at + 14]!]! +
      hex[of[at + 15]!]!
    )
  }
}
