/**
 * ULIDs: a time of 48 bits and 80 random ones. In a millisecond that had one before, the random part is that of the one
 * before, plus one, so that the ids of one generator are ordered as they were made, whatever the clock does.
 *
 * Whoever knows one of them can guess the next of the same millisecond; a UUID of version 7 has 48 fresh bits in each.
 */
import type { Clock } from '../clock.ts'
import type { NextOptions, SyncIdGenerator } from '../generator.ts'
import { batchNow, nextNow } from '../instant-ids.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock, systemRandomness } from '../platform.ts'
import { type Randomness, RandomPool } from '../randomness.ts'
import { type CounterRules, TimeCounter } from '../time-counter.ts'
import { digitPairs } from './text.ts'

/** What ULIDs are made of. */
export interface UlidOptions {
  /** This machine's clock if not given. */
  readonly clock?: Clock
  /** The platform's secure source if not given. */
  readonly randomness?: Randomness
  readonly observer?: IdObserver
  /** As they must be, if not given; a lab breaks them. */
  readonly rules?: CounterRules
}

/** The last 40 bits are counted; the 40 before them stay for a millisecond. */
const counterMax = 2 ** 40 - 1

/** Makes ULIDs, each above the one before. */
export class Ulid implements SyncIdGenerator<string> {
  readonly #clock: Clock
  readonly #pool: RandomPool
  readonly #observer: IdObserver | undefined
  readonly #place: TimeCounter
  /** The first 18 digits: the time, and 40 random bits. */
  #millisecond = ''
  /** The first 22 digits, and the 20 bits of the counter that are in them. */
  #head = ''
  #high = -1

  constructor(options: UlidOptions = {}) {
    const { clock = systemClock, randomness = systemRandomness, observer, rules } = options
    this.#observer = observer
    this.#clock = clock
    this.#pool = new RandomPool(randomness)
    this.#place = new TimeCounter(
      counterMax,
      () => this.#bits20() * 2 ** 20 + this.#bits20(),
      rules,
    )
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
    const place = this.#place
    if (place.next(this.#clock.wall())) this.#begin(place.timeMs)
    const high = Math.floor(place.counter / 2 ** 20)
    if (high !== this.#high) {
      this.#head = this.#millisecond + digitsOf(high)
      this.#high = high
    }
    const low = place.counter - high * 2 ** 20
    return this.#head + digitPairs[low >>> 10]! + digitPairs[low & 1023]!
  }

  #begin(timeMs: number): void {
    // Ten digits are 50 bits, and the time has 48.
    const time =
      digitPairs[Math.floor(timeMs / 2 ** 40)]! +
      digitsOf(Math.floor(timeMs / 2 ** 20) % 2 ** 20) +
      digitsOf(timeMs % 2 ** 20)
    this.#millisecond = time + digitsOf(this.#bits20()) + digitsOf(this.#bits20())
    this.#high = -1
  }

  #bits20(): number {
    return ((this.#pool.word() & 0xf) << 16) | this.#pool.word()
  }
}

/** Twenty bits as four digits. */
function digitsOf(bits: number): string {
  return digitPairs[bits >>> 10]! + digitPairs[bits & 1023]!
}
