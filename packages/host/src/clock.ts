import type { Milliseconds } from '@lockstep/process'

/** Microseconds since 1970 by a clock of this OS process that never jumps: the time of trace events. */
export function trueMicroseconds(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000)
}

/**
 * The clock that a process sees: the machine's, off by jumps and by a rate that faults set. The
 * machine's own wall clock may jump too, and that passes through.
 */
export class HostClock {
  #rate = 1
  #baseTrue: Milliseconds
  #baseLocal = 0
  #jumped: Milliseconds = 0
  readonly #startedAt: Milliseconds

  constructor() {
    this.#startedAt = performance.now()
    this.#baseTrue = this.#startedAt
  }

  get rate(): number {
    return this.#rate
  }

  /** Milliseconds since the start by the local oscillator, with fractions. */
  local(): Milliseconds {
    return this.#baseLocal + (performance.now() - this.#baseTrue) * this.#rate
  }

  /** How far the wall clock is off from the machine's. */
  offset(): Milliseconds {
    return this.local() - (performance.now() - this.#startedAt) + this.#jumped
  }

  /** The wall clock, whole milliseconds since 1970. */
  wall(): Milliseconds {
    return Math.floor(Date.now() + this.offset())
  }

  /** When the local oscillator shows that, in microseconds of `trueMicroseconds`. */
  trueAt(local: Milliseconds): number {
    const at = this.#baseTrue + (local - this.#baseLocal) / this.#rate
    return Math.round((performance.timeOrigin + at) * 1000)
  }

  setRate(rate: number): void {
    this.#baseLocal = this.local()
    this.#baseTrue = performance.now()
    this.#rate = rate
  }

  jump(by: Milliseconds): void {
    this.#jumped += by
  }
}
