/** One number that a process tells of itself, for monitoring. */
export interface Measure {
  /** In snake case, such as `raft_term`; a counter's ends in `_total`. */
  readonly name: string
  /** What it counts, in a sentence. */
  readonly text: string
  /** A counter only grows while the process lives. */
  readonly type: 'gauge' | 'counter'
  readonly value: number
  /** Tells several measures of one name apart; all of a name have the same labels. */
  readonly labels?: Readonly<Record<string, string>>
}

/** A process in numbers. */
export interface Measures {
  /** Whether it can serve now, such as by knowing a leader. */
  readonly isReady: boolean
  readonly values: readonly Measure[]
}
