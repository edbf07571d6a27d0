import type { Context, NodeId } from './context.ts'

/**
 * A protocol message: immutable plain data with a tag.
 *
 * The simulator passes messages by reference and the live host encodes them, so a message holds no
 * class instances and no functions, and nobody changes it after it was sent.
 */
export interface Message {
  readonly type: string
}

/**
 * What a process finds on its disk when it starts: a prefix of what it did to that disk, reaching
 * at least as far as the last `synced` told it.
 */
export interface Saved<Entry, Snapshot> {
  /** The newest snapshot that reached the disk; `undefined` when none did. */
  readonly snapshot: Snapshot | undefined
  /** The position of `entries[0]`, and where the next append goes when `entries` is empty. */
  readonly first: number
  /** The entries behind the snapshot's `keepFrom`; `entries[i]` stands at position `first + i`. */
  readonly entries: readonly Entry[]
}

/**
 * One participant of a protocol: a synchronous state machine without I/O of its own.
 *
 * The world calls one method at a time and never re-enters. Input from peers must never throw: it
 * is refused and counted. A method that throws has a mistake in it, and the world treats it as a
 * crash of this process.
 */
export interface Process<In extends Message = Message, Entry = unknown, Snapshot = unknown> {
  /** Called once per incarnation, first of all, with what the disk kept. */
  start(saved: Saved<Entry, Snapshot>): void
  /** A message arrived. `from` is whoever sent it; it need not be a peer that is known. */
  receive(from: NodeId, message: In): void
  /** The timer of that name came due. It is no longer set. */
  timeout(timer: string): void
  /**
   * The connection over which `peer` sent has ended: its process may have crashed or ended, or something
   * between the two broke. A hint and no more: it may come though the peer is well and goes on sending,
   * and it need not come when the peer is gone, as where its machine lost its power.
   */
  hungUp?(peer: NodeId): void
  /** Everything appended up to `position` is durable. Never goes back; may skip positions. */
  synced?(position: number): void
  /**
   * Called after steps, for what is done once for many of them: a live world calls it when all that
   * came in at the same time was delivered, a simulated one after every step. No time passes between
   * a step and its flush, but a crash may fall there.
   */
  flush?(): void
  /**
   * The world wants to end this process in good order, as for an upgrade: it hands over what others
   * would miss, and calls `finished` in this step or in a later one. It goes on as before until
   * then, and until what it has written is durable and what it held back for that has left.
   *
   * It is a courtesy: a world loses patience after a while, and a crash asks nobody, so safety must
   * not depend on it. Without this method a process is finished at once.
   */
  stop?(finished: () => void): void
  /**
   * Set by a process whose steps leave promises behind, as one that runs library code does. In a simulated world
   * they run their course before anything else happens, as a part of the step.
   */
  readonly leavesPromises?: boolean
  /** The state as plain data, for people only: nothing may depend on it. */
  view(): unknown
}

/** Makes the process of one incarnation, so that nothing volatile can survive a crash. */
export type Build<In extends Message = Message, Entry = unknown, Snapshot = unknown> = (
  context: Context<In, Entry, Snapshot>,
) => Process<In, Entry, Snapshot>
