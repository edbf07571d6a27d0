import type { NodeId } from './context.ts'

/**
 * What clients saw: the only evidence a judge has.
 *
 * `at` is in microseconds of one clock that all clients share. Operation ids are unique within a
 * history. `fail` means that the operation certainly had no effect; `info` means that nobody knows,
 * and that its effect may still come at any later time. A client has one open operation at a time,
 * and where two events of one client have the same time their place in the history orders them.
 */
export type HistoryEvent<Op = unknown, Value = unknown> =
  | {
      readonly type: 'invoke'
      readonly at: number
      readonly client: NodeId
      readonly id: number
      readonly op: Op
    }
  | {
      readonly type: 'ok'
      readonly at: number
      readonly client: NodeId
      readonly id: number
      readonly value: Value
    }
  | {
      readonly type: 'fail'
      readonly at: number
      readonly client: NodeId
      readonly id: number
      readonly why: string
    }
  | {
      readonly type: 'info'
      readonly at: number
      readonly client: NodeId
      readonly id: number
      readonly why: string
    }

/** What clients saw, in order: the only evidence that a judge looks at. */
export type History<Op = unknown, Value = unknown> = readonly HistoryEvent<Op, Value>[]

/** Where a client notes its operations while it runs them. */
export interface Recorder<Op = unknown, Value = unknown> {
  /** Notes the start of an operation and returns its id. */
  invoke(op: Op): number
  ok(id: number, value: Value): void
  /** The operation certainly had no effect. */
  fail(id: number, why: string): void
  /** Nobody knows whether the operation had, or will have, an effect. */
  info(id: number, why: string): void
}
