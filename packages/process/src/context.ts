import type { Message } from './process.ts'

/** The name of a process, a client or a script. Unique in its world. */
export type NodeId = string

/** A span or an instant in milliseconds. Readings are whole; a timer may ask for fractions. */
export type Milliseconds = number

/**
 * Everything a process may do to the world, handed to it by the world.
 *
 * Effects apply at once, in the order of the calls. A crash may fall between any two of them; what
 * comes after it in the same step then has no effect.
 */
export interface Context<Out extends Message = Message, Entry = unknown, Snapshot = unknown> {
  readonly id: NodeId
  /** 1 on a fresh disk, one more at every restart; durable before `start` is called. */
  readonly incarnation: number
  /** The local wall clock. It jumps and drifts, so it serves for timestamps only. */
  wall(): Milliseconds
  /** Time since `start` by the local oscillator. It drifts and never jumps: for leases and durations. */
  elapsed(): Milliseconds
  /** A number in [0, 1): the k-th draw of that label is a pure function of seed, node, label and k. */
  random(label: string): number
  /** Sends at once. Messages may be lost, doubled and reordered; one to an unknown id is dropped. */
  send(to: NodeId, message: Out): void
  /**
   * Sends as soon as every append and saved snapshot so far is durable: 'persist before you answer'.
   * Later sends may overtake it, and a crash before the sync takes it along.
   */
  sendOnceSynced(to: NodeId, message: Out): void
  /** Sets the timer of that name, replacing an earlier one. Timers die with the incarnation. */
  setTimer(name: string, after: Milliseconds): void
  /** Clears the timer of that name; without effect when it is not set. */
  clearTimer(name: string): void
  /**
   * Appends to the write-ahead log and returns the entry's position. Durable once `synced` reached
   * that position. The disk keeps one order: a crash keeps a prefix of appends and snapshots.
   */
  append(entry: Entry): number
  /**
   * Saves a snapshot, ordered like an append, and lets the log before position `keepFrom` go.
   * What is still needed from before must be appended again first.
   */
  saveSnapshot(snapshot: Snapshot, keepFrom: number): void
  /**
   * Lets a snapshot of what the log says take the place of the log before position `keepFrom`,
   * without haste: it is written beside the log, nothing waits for it, and what is appended later may
   * be durable before it. A crash keeps it, and with it all that was appended before, or finds what
   * it would have replaced. A later snapshot of either kind may take its place.
   */
  compact(snapshot: Snapshot, keepFrom: number): void
  /** Notes a named, interesting state in the trace. */
  mark(name: string, data?: unknown): void
}
