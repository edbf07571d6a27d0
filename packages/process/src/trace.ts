import type { NodeId } from './context.ts'

/**
 * Everything that can happen in a run, in either world. For each kind: who `node` and `peer` are,
 * what `name` says, what `value` holds. Times are microseconds.
 *
 * | kind | node, peer | name | value |
 * |---|---|---|---|
 * | start | node | | incarnation |
 * | send, duplicate | sender, receiver | message type | live: the sender's message number |
 * | deliver | receiver, sender | message type | live: the sender's message number |
 * | drop | sender, receiver | message type | index into `dropReasons` |
 * | arm | node | timer | when it is due |
 * | disarm, fire | node | timer | |
 * | append | node | | position |
 * | save | node | | keepFrom |
 * | sync | node | | position that is durable |
 * | stop | node | | |
 * | hang-up | node, the peer whose connection ended | | |
 * | crash | node | `stopped` for an end in good order | entries that the disk lost |
 * | pause, resume | node | | |
 * | cut, mend | from, to | | |
 * | slow, lose | from, to | | delay in microseconds; share |
 * | stall | node | | delay in microseconds |
 * | clock | node | | the wall clock's offset from true time |
 * | mark | node | name of the mark | |
 * | invoke, ok, fail, info | client | | operation id |
 * | phase | | faults, heal, quiet, final, end | |
 * | violation | node | invariant or judge | |
 */
export const traceKinds = [
  'start',
  'send',
  'duplicate',
  'deliver',
  'drop',
  'arm',
  'disarm',
  'fire',
  'append',
  'save',
  'sync',
  'crash',
  'pause',
  'resume',
  'cut',
  'mend',
  'slow',
  'lose',
  'stall',
  'clock',
  'mark',
  'invoke',
  'ok',
  'fail',
  'info',
  'phase',
  'violation',
  'stop',
  'hang-up',
] as const

/** What kind of thing a row of a trace says. */
export type TraceKind = (typeof traceKinds)[number]

/** Why a message never arrived. `receiver-down` also covers one that its receiver's crash took. */
export const dropReasons = ['loss', 'cut', 'receiver-down', 'unknown-peer', 'refused'] as const

/** One of `dropReasons`. */
export type DropReason = (typeof dropReasons)[number]

/** One row of a trace, as an object. The simulator keeps the same fields in columns. */
export interface TraceEvent {
  /** Its place in the trace, from 0. */
  readonly row: number
  /** Microseconds since the run began. */
  readonly at: number
  /** The step in which it happened; a live trace counts its rows. */
  readonly step: number
  readonly kind: TraceKind
  readonly node: NodeId | undefined
  readonly peer: NodeId | undefined
  /** The row that made this one happen, or -1. A delivery is caused by its sending, a firing by its arming. */
  readonly cause: number
  readonly name: string
  readonly value: number
  /** The message, the mark's data, the operation or its result, where it was kept. */
  readonly data?: unknown
}
