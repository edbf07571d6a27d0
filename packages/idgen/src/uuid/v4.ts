/**
 * UUID version 4: 122 random bits (RFC 9562, section 5.4).
 *
 * Unique by chance alone: among 10^12 of them two are equal with a probability of 10^-13. They have no
 * order, so as keys of a B-tree they touch all of its pages; version 7 keeps to the last ones.
 */
import { checkBatch, type NextOptions, type SyncIdGenerator } from '../generator.ts'
import type { IdObserver } from '../observer.ts'
import { systemRandomness } from '../platform.ts'
import { type Randomness, RandomPool } from '../randomness.ts'
import { throwIfAborted } from '../signal.ts'
import { hexWords } from './hex.ts'

/** What random UUIDs are made of. */
export interface UuidV4Options {
  /** The platform's secure source if not given. */
  readonly randomness?: Randomness
  readonly observer?: IdObserver
}

/** Makes random UUIDs (version 4) as text. */
export class UuidV4 implements SyncIdGenerator<string> {
  readonly #pool: RandomPool
  readonly #words: Uint16Array
  readonly #hex = hexWords()
  readonly #observer: IdObserver | undefined

  constructor({ randomness = systemRandomness, observer }: UuidV4Options = {}) {
    this.#pool = new RandomPool(randomness)
    this.#words = this.#pool.words
    this.#observer = observer
  }

  nextSync(): string {
    const id = this.#make()
    this.#observer?.issued?.(1)
    return id
  }

  async next({ signal }: NextOptions = {}): Promise<string> {
    throwIfAborted(signal)
    return this.nextSync()
  }

  async nextBatch(count: number, { signal }: NextOptions = {}): Promise<readonly string[]> {
    checkBatch(count)
    throwIfAborted(signal)
    const ids = Array.from({ length: count }, () => this.#make())
    this.#observer?.issued?.(count)
    return ids
  }

  #make(): string {
    const words = this.#words
    const hex = this.#hex
    const at = this.#pool.take(8)
    const version = hex[(words[at + 3]! & 0x0fff) | 0x4000]!
    const variant = hex[(words[at + 4]! & 0x3fff) | 0x8000]!
    return `${hex[words[at]!]!}${hex[words[at + 1]!]!}-${hex[words[at + 2]!]!}-${version}-${variant}-${hex[words[at + 5]!]!}${hex[words[at + 6]!]!}${hex[words[at + 7]!]!}`
  }
}
