import type { Milliseconds, NodeId } from '@lockstep/process'
import * as v from 'valibot'
import { type NodeFault, NodeFaultSchema } from '../node-fault.ts'

/** What went over the link with one peer since this node started, or since it knows the peer; or over those of all clients. */
export interface Traffic {
  readonly sentMessages: number
  readonly sentBytes: number
  readonly receivedMessages: number
  readonly receivedBytes: number
}

/** What a node tells of itself. Times are microseconds since 1970. */
export interface NodeState {
  readonly id: NodeId
  readonly incarnation: number
  /** What the process's own `view()` returned. */
  readonly view: unknown
  readonly timers: readonly {
    readonly name: string
    readonly armedAt: number
    readonly dueAt: number
  }[]
  /** Writes that are not durable yet. */
  readonly unsynced: number
  /** How far the process's wall clock is off from the machine's. */
  readonly clockOffsetMs: Milliseconds
  /** Connections that were refused since the start. */
  readonly refusedLinks: number
  /** By peer. */
  readonly traffic: Readonly<Record<NodeId, Traffic>>
  /** Of all clients together, since they come and go. */
  readonly clientTraffic: Traffic
  /** What the write-ahead log and its snapshot hold on the disk; preallocated space does not count. */
  readonly disk: { readonly logBytes: number; readonly snapshotBytes: number }
}

/** What a control link asks of a node. Each request is answered under its number. */
export type ControlRequest =
  | { readonly type: 'watch'; readonly request: number; readonly on: boolean }
  | { readonly type: 'look'; readonly request: number }
  | { readonly type: 'fault'; readonly request: number; readonly fault: NodeFault }
  | {
      readonly type: 'peers'
      readonly request: number
      readonly peers: Readonly<Record<NodeId, string>>
    }

const request = v.number()
const peers = v.record(v.string(), v.string())

/** Refuses what is no request. */
export const ControlRequestSchema: v.GenericSchema<ControlRequest> = v.variant('type', [
  v.object({ type: v.literal('watch'), request, on: v.boolean() }),
  v.object({ type: v.literal('look'), request }),
  v.object({ type: v.literal('fault'), request, fault: NodeFaultSchema }),
  v.object({ type: v.literal('peers'), request, peers }),
])

/** What a node says on a control link. */
export type ControlAnswer =
  | { readonly type: 'done'; readonly request: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly request: number; readonly text: string }
  /** Trace events, each a `HostEvent`. */
  | { readonly type: 'events'; readonly events: readonly unknown[] }

/** Refuses what is no answer. */
export const ControlAnswerSchema: v.GenericSchema<ControlAnswer> = v.variant('type', [
  v.object({ type: v.literal('done'), request, value: v.unknown() }),
  v.object({ type: v.literal('failed'), request, text: v.string() }),
  v.object({ type: v.literal('events'), events: v.array(v.unknown()) }),
])
