import type { Clock as WorldClock, Milliseconds } from '@lockstep/process'
import type { Signal } from './signal.ts'

/** How a sleep may end, and whom it keeps. */
export interface SleepOptions {
  /** Ends the sleep early: it rejects with the reason. */
  readonly signal?: Signal
  /** Whether the program may end during the sleep, as for work that only goes along. */
  readonly background?: boolean
}

/**
 * Time, as generators know it: `wall` goes into ids and may jump, `elapsed` never jumps and is for
 * leases and durations. The ports of Lockstep's worlds are clocks too; `systemClock` is the real one.
 */
export interface Clock extends WorldClock {
  /** Resolves after `after` milliseconds of `elapsed` time. */
  sleep(after: Milliseconds, options?: SleepOptions): Promise<void>
}
