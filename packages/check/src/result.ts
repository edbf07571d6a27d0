import type { Verdict } from '@lockstep/process'
import type { Evidence } from './evidence.ts'

/** Whether the history, or a partition of it, has an order that the model allows. */
export type Answer = 'legal' | 'illegal' | 'unknown'

/** What a search found out about one partition. */
export interface PartitionResult {
  /** As the model names it; `undefined` where the model does not divide. */
  readonly name: string | undefined
  readonly answer: Answer
  /** Why the answer is unknown. */
  readonly reason?: string
  /** How many operations it has, failed ones left out. */
  readonly operations: number
  /**
   * Operation ids in an order that the model allows. Where `legal`, every operation of known
   * outcome is in it; otherwise it is the longest order that was found.
   */
  readonly linearization: readonly number[]
  readonly steps: number
  /** Configurations that were remembered. */
  readonly memoEntries: number
}

/** What a search found out about a history. */
export interface LinearizabilityResult<Op = unknown, Value = unknown> {
  readonly verdict: Verdict
  /** How many operations were judged, failed ones left out. */
  readonly operations: number
  readonly partitions: readonly PartitionResult[]
  readonly steps: number
  /** Configurations that were remembered, over all partitions. */
  readonly memoEntries: number
  /** Why the history is not linearizable. */
  readonly evidence?: Evidence<Op, Value>
}
