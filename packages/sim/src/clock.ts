/** What the wall clocks of a simulated world show when a run begins: 2026-01-01, in microseconds. */
const EPOCH_US = 1_767_225_600_000_000

/**
 * The clock of one simulated node: an oscillator that runs at a rate of its own, and a wall clock
 * that counts it from an offset of its own. True time is the world's, in microseconds.
 */
export class SimClock {
  #rate: number
  #baseTrue = 0
  #baseLocal = 0
  #wallOffset: number

  constructor(rate: number, wallOffset: number) {
    this.#rate = rate
    this.#wallOffset = wallOffset
  }

  get rate(): number {
    return this.#rate
  }

  /** Microseconds that the oscillator counted up to a true time. */
  local(trueTime: number): number {
    return this.#baseLocal + (trueTime - this.#baseTrue) * this.#rate
  }

  /** The wall clock's reading in microseconds since 1970. */
  wall(trueTime: number): number {
    return EPOCH_US + this.local(trueTime) + this.#wallOffset
  }

  /** How far the wall clock is off from true time, in microseconds. */
  offset(trueTime: number): number {
    return this.local(trueTime) + this.#wallOffset - trueTime
  }

  /** How long in true time until the oscillator has counted `span` more. */
  trueSpan(span: number): number {
    return span / this.#rate
  }

  setRate(trueTime: number, rate: number): void {
    this.#baseLocal = this.local(trueTime)
    this.#baseTrue = trueTime
    this.#rate = rate
  }

  jump(by: number): void {
    this.#wallOffset += by
  }
}
