/** How callers wait for the next id: in `next` by sleeping, in `nextSync` by a short spin, and neither for too long. */
import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import type { NextOptions } from '../generator.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import { orAborted, type Signal, throwIfAborted } from '../signal.ts'
import type { MarkKeeper } from './mark-keeper.ts'
import type { Shortage, Ticks } from './ticks.ts'

/** Bounds of waiting. */
export interface Patience {
  /** So far behind the clock may be without that anything but waiting is done about it. */
  readonly smallStepMs: Milliseconds
  /** So long a caller waits for the clock at most. */
  readonly waitMaxMs: Milliseconds
}

/** So long a synchronous caller spins at most. */
const spinMsMax = 1

/** How often a spin reads the clock at most: one that stands still must not hold it forever. */
const spinReadsMax = 200_000

/** Brings callers and ticks together. */
export class Pace {
  readonly #ticks: Ticks
  readonly #clock: Clock
  readonly #keeper: MarkKeeper | undefined
  readonly #patience: Patience
  readonly #observer: IdObserver | undefined

  constructor(
    ticks: Ticks,
    parts: { readonly clock: Clock; readonly keeper: MarkKeeper | undefined },
    patience: Patience,
    observer: IdObserver | undefined,
  ) {
    this.#ticks = ticks
    this.#clock = parts.clock
    this.#keeper = parts.keeper
    this.#patience = patience
    this.#observer = observer
  }

  /**
   * Claims the next place at once, or within a spin.
   *
   * @throws {IdError} where it takes longer.
   */
  claim(): void {
    const nowMs = this.#clock.wall()
    if (!this.#ticks.claim(nowMs, spinMsMax)) this.#insist(nowMs)
  }

  /** Claims the next place if it is to be had now; who is patient would rather wait than spend a turn on a small step. */
  tryClaim(patiently: boolean): boolean {
    return this.#ticks.claim(this.#clock.wall(), patiently ? this.#patience.smallStepMs : 0)
  }

  /** Claims the next place as soon as there is one, and makes of it what the caller wants. */
  async next<Id>(make: () => Id, { signal }: NextOptions = {}): Promise<Id> {
    throwIfAborted(signal)
    while (!this.tryClaim(true)) await this.wait(signal)
    return make()
  }

  /** Waits for what the last claim did not find, and not longer than a caller may. */
  async wait(signal: Signal | undefined): Promise<void> {
    const { why, forMs } = this.#ticks.shortage
    const start = this.#clock.elapsed()
    if (forMs === undefined) {
      await orAborted(this.#keeper?.extend(this.#ticks.lastMs()) ?? Promise.resolve(), signal)
    } else {
      if (why === 'clock-behind' && forMs > this.#patience.waitMaxMs) throw this.#refusal()
      await this.#clock.sleep(forMs, signal === undefined ? {} : { signal })
    }
    this.#observer?.waited?.(this.#clock.elapsed() - start, why)
    throwIfAborted(signal)
  }

  /** A second attempt, after a spin if a spin can help; the third would be too long. */
  #insist(nowMs: Milliseconds): void {
    const { why, forMs = Number.POSITIVE_INFINITY } = this.#ticks.shortage
    if (forMs > spinMsMax) throw this.#refusal()
    const start = this.#clock.elapsed()
    const thenMs = this.#spin(nowMs, nowMs + forMs)
    this.#observer?.waited?.(this.#clock.elapsed() - start, why)
    if (!this.#ticks.claim(thenMs, 0)) throw this.#refusal()
  }

  /** Reads the clock until it shows `untilMs`, and gives what it showed last. */
  #spin(fromMs: Milliseconds, untilMs: Milliseconds): Milliseconds {
    const end = this.#clock.elapsed() + spinMsMax
    let nowMs = fromMs
    for (let reads = 1; nowMs < untilMs && reads < spinReadsMax; reads++) {
      nowMs = this.#clock.wall()
      if (nowMs < fromMs) return nowMs
      if (reads % 16 === 0 && this.#clock.elapsed() > end) return this.#clock.wall()
    }
    return nowMs
  }

  #refusal(): IdError {
    const { why, forMs } = this.#ticks.shortage
    this.#observer?.refused?.(why)
    return refusalOf({ why, forMs })
  }
}

function refusalOf({ why, forMs }: Shortage): IdError {
  if (forMs === undefined) {
    const text = 'the high-water mark is not saved yet: ask by next(), which waits for it'
    return new IdError('unavailable', text)
  }
  const retryAfterMs = Math.ceil(forMs)
  const behind = `the clock is behind the last id: it is right again in ${retryAfterMs} ms; try then, or let ids borrow or reserve (clockBack)`
  const empty = `all ids of this tick are taken: try again in ${retryAfterMs} ms, ask by next(), which waits, or let ids borrow (clockBack)`
  return new IdError(why, why === 'clock-behind' ? behind : empty, { retryAfterMs })
}
