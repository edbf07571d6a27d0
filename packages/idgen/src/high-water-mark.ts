import type { Milliseconds } from '@lockstep/process'

/**
 * Remembers over restarts up to which time a worker may have made ids, so that a clock that is behind after a restart
 * repeats none. One mark belongs to one worker id, and only one generator uses it at a time.
 */
export interface HighWaterMark {
  /** What was saved last: milliseconds of Unix time. `undefined` if nothing ever was. */
  load(): Promise<Milliseconds | undefined>
  /** Resolves once the mark would survive a crash. The last one counts, also where it is lower. */
  save(markMs: Milliseconds): Promise<void>
}
