import type { Message } from '@lockstep/process'
import type { Due } from './heap.ts'
import type { Life, SimNode } from './node.ts'
import type { Link } from './topology.ts'

/** What waits in the heap of a simulated world. */
export type Pending =
  | Arrival
  | Alarm
  | (Due & { readonly kind: 'sync'; readonly life: Life; readonly row: number; finished: boolean })
  | HangUp
  | (Due & { readonly kind: 'fault'; readonly apply: () => void })
  | (Due & {
      readonly kind: 'wake'
      readonly wake: () => void
      readonly stale: (() => boolean) | undefined
    })

/** A message on its way. */
export interface Arrival extends Due {
  readonly kind: 'arrival'
  readonly link: Link
  readonly message: Message
  /** The row of its sending. */
  readonly row: number
  /** A paused receiver has it already: a cut comes too late. */
  received: boolean
}

/** The end of a connection, on its way to whoever heard over it. */
export interface HangUp extends Due {
  readonly kind: 'hang-up'
  readonly link: Link
  /** The life that heard over the connection. */
  readonly life: Life
  readonly row: number
}

/**
 * A timer that was set. `at <= due`: one that is set to a later time stays where it is in the heap,
 * and goes back into it when it comes out too early. It is stale once another of its name replaced it.
 */
export interface Alarm extends Due {
  readonly kind: 'alarm'
  readonly node: SimNode
  readonly life: Life
  readonly name: string
  /** When it fires, in microseconds. */
  due: number
  /** When it was set last, and the row of that. */
  armedAt: number
  row: number
}
