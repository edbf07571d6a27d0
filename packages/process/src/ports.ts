import type { Milliseconds, NodeId } from './context.ts'
import type { Message } from './process.ts'

/** Time, as library code may know it. */
export interface Clock {
  /** The wall clock. It may jump. */
  wall(): Milliseconds
  /** A clock that never jumps, from an arbitrary start. */
  elapsed(): Milliseconds
  /** Resolves after `after` milliseconds of `elapsed` time. */
  sleep(after: Milliseconds): Promise<void>
}

/** Randomness, as library code may know it. */
export interface Random {
  /** A number in [0, 1). */
  random(label: string): number
}

/** A request of a client. The port adds `id`, and the answer repeats it as `re`. */
export interface Reply extends Message {
  readonly re: number
}

/** What a client that runs as asynchronous code gets from its world. */
export interface Port extends Clock, Random {
  readonly id: NodeId
  /**
   * Sends `{...request, id}` with a fresh `id` and resolves with the first message whose `re` is
   * that id, or with `undefined` when none came within `timeout`, or earlier when the connection
   * that it would have come by broke. It never rejects.
   */
  call(to: NodeId, request: Message, timeout: Milliseconds): Promise<Reply | undefined>
}
