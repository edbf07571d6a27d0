import type { Milliseconds } from '@lockstep/process'

/**
 * The time of the log: what is to happen after a while, on every node alike, goes by it (thesis §6.3).
 *
 * The leader stamps each entry with it, so it stands still while nothing is proposed. It runs as the
 * leader's oscillator does, and a new leader goes on from the time of its last entry: nobody's wall
 * clock matters, and the time without a leader does not count, so nothing is ever early.
 */
export class LogTime {
  #from: Milliseconds = 0
  #since: Milliseconds = 0

  /** A leader goes on from the time of its last entry, while its own oscillator shows `elapsed`. */
  lead(last: Milliseconds, elapsed: Milliseconds): void {
    this.#from = last
    this.#since = elapsed
  }

  /** The time, as the leader's oscillator shows `elapsed`. */
  at(elapsed: Milliseconds): Milliseconds {
    return this.#from + Math.max(0, elapsed - this.#since)
  }
}
