import type { Milliseconds } from '@lockstep/process'
import type { HighWaterMark } from './high-water-mark.ts'

/**
 * A worker id that is held for a time and renewed, as a database, Redis or a coordination service lends it.
 *
 * Whoever lends it gives it to nobody else before `heldUntilMs` has passed here, whatever happens to the messages
 * between the two: the lender counts from when it answered, the holder from when it asked.
 */
export interface WorkerLease {
  /** The number that goes into ids. It never changes: a lease that was lost stays lost. */
  readonly workerId: number
  /** Until when ids may be made, by the `elapsed` of the holder's clock. A renewal raises it. */
  heldUntilMs(): Milliseconds
  /** Up to where earlier holders of this worker id may have made ids. It is kept with the lender. */
  readonly mark?: HighWaterMark
}
