/**
 * Limits a rate: `burst` tokens at first, `perSecond` new ones every second, never more than
 * `burst`. Time is handed in, in milliseconds of any clock that does not jump back.
 */
export class TokenBucket {
  readonly #burst: number
  readonly #perSecond: number
  #tokens: number
  #at: number

  constructor(burst: number, perSecond: number, now: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#tokens = burst
    this.#at = now
  }

  /** Takes so many tokens, one unless told otherwise; `false`, and none taken, when there are fewer. */
  take(now: number, count = 1): boolean {
    const refill = (Math.max(0, now - this.#at) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#burst, this.#tokens + refill)
    this.#at = Math.max(this.#at, now)
    if (this.#tokens < count) return false
    this.#tokens -= count
    return true
  }
}
