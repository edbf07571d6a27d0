import type { Milliseconds } from '@lockstep/process'
import type { ClockBack } from '../snowflake/clock-back.ts'

/** Settings of the lab's nodes, and of what they lease and load from. */
export interface IdLabConfig {
  /** Whether each node has a worker id of its own, and a mark on its own disk, or leases both. */
  readonly workerIds: 'own' | 'leased'
  readonly clockBack: ClockBack['policy']
  /** How far ids may be ahead of the clock with `borrow`. */
  readonly aheadMaxMs: Milliseconds
  readonly turnBits: number
  readonly workerBits: number
  readonly sequenceBits: number
  readonly smallStepMs: Milliseconds
  readonly waitMaxMs: Milliseconds
  readonly markAheadMs: Milliseconds
  readonly leaseTtlMs: Milliseconds
  /** Whether marks are kept with the worker ids that are lent. Without them ids rest on clocks that agree. */
  readonly lentMarks: boolean
  /** How many ids the database gives at a time. */
  readonly step: number
}

/** Small enough that ticks, worker ids and segments run out while one looks. */
export const idLabConfig: IdLabConfig = {
  workerIds: 'leased',
  clockBack: 'wait',
  aheadMaxMs: 100,
  turnBits: 2,
  workerBits: 5,
  sequenceBits: 3,
  smallStepMs: 5,
  waitMaxMs: 300,
  markAheadMs: 100,
  leaseTtlMs: 600,
  lentMarks: true,
  step: 10,
}
