import { unreachable } from '@lockstep/process'
import * as v from 'valibot'
import { WebSocket } from 'ws'
import { plain } from '../codec.ts'
import type { Accepted, Handler } from '../links/server.ts'
import type { NodeFault } from '../node-fault.ts'
import type { EventListener, Tracer } from '../tracer.ts'
import {
  type ControlAnswer,
  type ControlRequest,
  ControlRequestSchema,
  type NodeState,
} from './protocol.ts'

/** What a node lets a control link do. */
export interface Controlled {
  readonly tracer: Tracer
  look(): NodeState
  fault(fault: NodeFault): void
  setPeers(peers: Readonly<Record<string, string>>): void
}

/** Beyond this many waiting bytes a watcher misses events. Gaps in `row` show what is missed. */
const watcherBytesMax = 16 << 20

/** Serves one control link. */
export function attend(controlled: Controlled, { socket, refuse }: Accepted): Handler {
  const say = (answer: ControlAnswer): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(plain.encode(answer))
  }
  const onEvents: EventListener = (events) => {
    if (socket.bufferedAmount > watcherBytesMax) return
    try {
      say({ type: 'events', events })
    } catch {
      // A mark or a message that is no plain data takes its batch along.
    }
  }
  let stopListening: (() => void) | undefined
  const perform = (request: ControlRequest): unknown => {
    switch (request.type) {
      case 'watch':
        stopListening?.()
        stopListening = request.on ? controlled.tracer.listen(onEvents) : undefined
        return undefined
      case 'look':
        return controlled.look()
      case 'fault':
        return controlled.fault(request.fault)
      case 'peers':
        return controlled.setPeers(request.peers)
      default:
        return unreachable(request)
    }
  }
  return {
    onFrame: (frame) => {
      const parsed = v.safeParse(ControlRequestSchema, frame)
      if (!parsed.success) {
        const number = requestNumber(frame)
        const text = v.summarize(parsed.issues)
        if (number === undefined) refuse('malformed', text)
        else say({ type: 'failed', request: number, text })
        return
      }
      const { request } = parsed.output
      try {
        say({ type: 'done', request, value: perform(parsed.output) })
      } catch (error) {
        say({
          type: 'failed',
          request,
          text: error instanceof Error ? error.message : String(error),
        })
      }
    },
    onClosed: () => stopListening?.(),
  }
}

function requestNumber(frame: unknown): number | undefined {
  if (typeof frame !== 'object' || frame === null || !('request' in frame)) return undefined
  return typeof frame.request === 'number' ? frame.request : undefined
}
