/** What a client learnt from an operation: its value, or nothing at all. */
export type Outcome<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false }

/**
 * A sequential specification: what one copy of the thing, used by one client at a time, would do.
 *
 * Models are deterministic and states are immutable: `step` is a pure function that returns a new
 * state or the same one.
 */
export interface Model<Op, Value, State> {
  readonly init: State
  /**
   * The state after `op` in `state`, or `undefined` where `op` could not have had that outcome.
   * An unknown outcome allows whatever the operation may answer.
   */
  step(state: State, op: Op, outcome: Outcome<Value>): State | undefined
  equal(a: State, b: State): boolean
  /** A 32-bit integer, the same for equal states. */
  hash(state: State): number
  /**
   * Divides the operations into parts that never touch each other, each judged apart. A history is
   * linearizable exactly when each of its parts is (Herlihy and Wing 1990, theorem 1).
   */
  readonly partition?: Partition<Op>
  /**
   * Names what an operation with that outcome does to states: operations of one name do the same to
   * every state, and `undefined` says that it leaves every state as it is. It makes the search much
   * shorter; without it no two operations count as alike and none as harmless.
   */
  effect?(op: Op, outcome: Outcome<Value>): string | undefined
  /** Only where every operation either leaves the state as it is or sets it to a fixed one. */
  readonly overwrites?: Overwrites<Op, Value, State>
  /** A clause for people: 'get by c3 returned 1', 'put 2 by c1'. */
  describe(op: Op, outcome: Outcome<Value>, client: string): string
}

/** How a model divides operations. */
export interface Partition<Op> {
  /** What people call one part, such as 'key'. The plural takes an s. */
  readonly noun: string
  of(op: Op): string
}

/** What operations write that know nothing but one state to write, as those of a register do. */
export interface Overwrites<Op, Value, State> {
  /** The state that the operation sets, if it sets any. */
  result(op: Op): State | undefined
  /** Whether an operation with that outcome writes in every state, and so says nothing about it. */
  isBlind(op: Op, outcome: Outcome<Value>): boolean
}
