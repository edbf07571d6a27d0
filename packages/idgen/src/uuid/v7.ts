/**
 * UUID version 7: a time in milliseconds and then random bits (RFC 9562, section 5.7).
 *
 * The first 26 bits behind the time are a counter that begins at random and grows with every id of that millisecond
 * (section 6.2, method 1), so that the ids of one generator are ordered as they were made, whatever the clock does. The
 * other 48 are random for every id: ids of several generators, and of one before and after a restart, differ by chance,
 * as those of version 4 do.
 */
import type { Clock } from '../clock.ts'
import type { NextOptions, SyncIdGenerator } from '../generator.ts'
import { batchNow, nextNow } from '../instant-ids.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock, systemRandomness } from '../platform.ts'
import { type Randomness, RandomPool } from '../randomness.ts'
import { type CounterRules, TimeCounter } from '../time-counter.ts'
import { hex } from './hex.ts'

/** What time-ordered UUIDs are made of. */
export interface UuidV7Options {
  /** This machine's clock if not given. */
  readonly clock?: Clock
  /** The platform's secure source if not given. */
  readonly randomness?: Randomness
  readonly observer?: IdObserver
  /** As they must be, if not given; a lab breaks them. */
  readonly rules?: CounterRules
}

const counterMax = 2 ** 26 - 1

/** Makes UUIDs (version 7) as text, each above the one before. */
export class UuidV7 implements SyncIdGenerator<string> {
  readonly #clock: Clock
  readonly #pool: RandomPool
  readonly #observer: IdObserver | undefined
  readonly #bytes: Uint8Array
  readonly #place: TimeCounter
  /** The text of the time, which changes seldom. */
  #time = ''

  constructor(options: UuidV7Options = {}) {
    const { clock = systemClock, randomness = systemRandomness, observer, rules } = options
    this.#observer = observer
    this.#clock = clock
    this.#pool = new RandomPool(randomness)
    this.#bytes = this.#pool.bytes
    // The highest bit is left free, as RFC 9562 has it: so there always is room for 33 million ids.
    const seed = (): number => ((this.#pool.word() & 0x1ff) << 16) | this.#pool.word()
    this.#place = new TimeCounter(counterMax, seed, rules)
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
    if (place.next(this.#clock.wall())) this.#time = textOfTime(place.timeMs)
    const { counter } = place
    const of = this.#bytes
    const at = this.#pool.take(6)
    return (
      this.#time +
      hex[0x70 | (counter >>> 22)]! +
      hex[(counter >>> 14) & 0xff]! +
      '-' +
      hex[0x80 | ((counter >>> 8) & 0x3f)]! +
      hex[counter & 0xff]! +
      '-' +
      hex[of[at]!]! +
      hex[of[at + 1]!]! +
      hex[of[at + 2]!]! +
      hex[of[at + 3]!]! +
      hex[of[at + 4]!]! +
      hex[of[at + 5]!]!
    )
  }
}

/** The first fourteen characters. */
function textOfTime(timeMs: number): string {
  const digits = timeMs.toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-`
}
