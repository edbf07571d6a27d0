import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import { IdError } from '../id-error.ts'
import type { Randomness } from '../randomness.ts'

const firstMs: Milliseconds = 10
const longestMs: Milliseconds = 1_000

/**
 * After a failure the next attempt waits, twice as long each time, and up to half as long at random,
 * so that those who lost a server together do not come back together.
 */
export class BackOff {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #randomness: Randomness
  #failures = 0
  #retryAtMs = 0
  #last: IdError | undefined

  constructor(clock: Pick<Clock, 'elapsed'>, randomness: Randomness) {
    this.#clock = clock
    this.#randomness = randomness
  }

  /** Why there must be no attempt yet; `undefined` when there may be one. */
  failure(): IdError | undefined {
    const retryAfterMs = this.#retryAtMs - this.#clock.elapsed()
    if (this.#last === undefined || retryAfterMs <= 0) return undefined
    const { code, message, cause } = this.#last
    return new IdError(code, message, { cause, retryAfterMs })
  }

  /** An attempt succeeded. */
  succeeded(): void {
    this.#failures = 0
    this.#last = undefined
  }

  /** An attempt failed; gives what to tell callers. */
  failed(error: unknown, what: string): IdError {
    const delayMs = Math.min(firstMs * 2 ** this.#failures, longestMs) * this.#share()
    this.#failures++
    this.#retryAtMs = this.#clock.elapsed() + delayMs
    const text = `${what} could not be loaded: ${error instanceof Error ? error.message : String(error)}`
    const known =
      error instanceof IdError ? error : new IdError('unavailable', text, { cause: error })
    const { code, message, cause } = known
    this.#last = new IdError(code, message, { cause, retryAfterMs: delayMs })
    return this.#last
  }

  /** From a half to one. */
  #share(): number {
    const byte = new Uint8Array(1)
    this.#randomness.draw(byte)
    return 0.5 + (byte[0] as number) / 512
  }
}
