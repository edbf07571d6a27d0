import type { Milliseconds } from '@lockstep/process'
import type { HighWaterMark } from '../high-water-mark.ts'

/** Lends worker ids, each to one holder at a time. It is a database, Redis or a coordination service. */
export interface WorkerLeases {
  /** Lends an id that nobody holds; `undefined` when all are held. Rejects with an `IdError`. */
  lend(): Promise<LentWorker | undefined>
}

/** A worker id that was lent. */
export interface LentWorker {
  readonly workerId: number
  /** For so long it is lent, counted by the lender from when it lent or renewed it. */
  readonly forMs: Milliseconds
  /** Lends it for as long again. `false`: it was given back, or may belong to somebody else by now. */
  renew(): Promise<boolean>
  /** Gives it back, so that others need not wait until it expires. */
  release(): Promise<void>
  /**
   * Up to where the holders of this id made ids. A lender saves it for the holder of now and rejects
   * with `lease-lost` for a former one, which fences off whoever does not know that it lost the lease.
   */
  readonly mark: HighWaterMark
}

/** How a lender counts. */
export interface LeaseSettings {
  /** How many ids there are, from 0 on: 1,024 for a Snowflake of 10 bits, unless told otherwise. */
  readonly workers?: number
  /** How long a lease lasts without being renewed; 10,000 unless told otherwise. */
  readonly leaseMs?: Milliseconds
}
