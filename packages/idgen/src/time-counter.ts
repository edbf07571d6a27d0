/**
 * A time and a counter within it that only ever grow together, for ids that are ordered by time: method 1 of RFC 9562,
 * section 6.2. The clock moves them on; while it stands or goes back the counter does.
 */
import type { Milliseconds } from '@lockstep/process'
import { IdError } from './id-error.ts'

/** The decisions on which the order of such ids rests, so that a mistake is these with one of them replaced. */
export interface CounterRules {
  /** Whether the counter may begin anew: only in a time that was never used. */
  isNewTime(nowMs: number, lastMs: number): boolean
  /** Whether the counter has run out: one more would begin at zero in the same time. */
  isFull(counter: number, counterMax: number): boolean
}

/** The rules as they must be. */
export const soundCounter: CounterRules = {
  isNewTime: (nowMs, lastMs) => nowMs > lastMs,
  isFull: (counter, counterMax) => counter >= counterMax,
}

/** Times in ids have 48 bits: they last until the year 10889. */
const timeMax = 2 ** 48 - 1

/** The time and the counter of the last id. */
export class TimeCounter {
  timeMs: Milliseconds = Number.NEGATIVE_INFINITY
  counter = 0
  readonly #counterMax: number
  readonly #seed: () => number
  readonly #rules: CounterRules

  /**
   * `seed` gives where the counter begins in a new time: a random number below half of `counterMax`, so that it has
   * room to count.
   */
  constructor(counterMax: number, seed: () => number, rules: CounterRules = soundCounter) {
    this.#counterMax = counterMax
    this.#seed = seed
    this.#rules = rules
  }

  /**
   * Moves on to the next id, and says whether its time is another one. Where the counter is full, its time is the next
   * millisecond, ahead of the clock.
   *
   * @throws {IdError} `time-exhausted` or `clock-behind` where the clock shows what 48 bits cannot hold.
   */
  next(nowMs: Milliseconds): boolean {
    if (!this.#rules.isNewTime(nowMs, this.timeMs)) {
      if (!this.#rules.isFull(this.counter, this.#counterMax)) {
        this.counter++
        return false
      }
      return this.#begin(this.timeMs + 1)
    }
    return this.#begin(Math.floor(nowMs))
  }

  #begin(timeMs: Milliseconds): boolean {
    if (timeMs > timeMax) {
      throw new IdError('time-exhausted', 'the clock is beyond the year 10889: set it right')
    }
    if (timeMs < 0) throw new IdError('clock-behind', 'the clock is before 1970: set it right')
    this.timeMs = timeMs
    this.counter = this.#seed()
    return true
  }
}
