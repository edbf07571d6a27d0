import type { NodeId } from '@lockstep/process'
import * as v from 'valibot'
import { WebSocket } from 'ws'
import { plain } from '../codec.ts'
import { HostError } from '../host-error.ts'
import { DiallerHandshake, secretKey, unprovenWelcome } from '../links/secret.ts'
import {
  controlPath,
  type Hello,
  RefusedSchema,
  tryDecode,
  type Welcome,
  WelcomeSchema,
  wireVersion,
} from '../links/wire.ts'
import type { NodeFault } from '../node-fault.ts'
import type { EventListener, HostEvent } from '../tracer.ts'
import { ControlAnswerSchema, type NodeState } from './protocol.ts'

/**
 * A hand on a running node. Every request rejects with a `HostError`: `refused` when the node says
 * why it will not, `unreachable` when the connection broke before the answer.
 */
export interface Control {
  /** The node that answered. */
  readonly id: NodeId
  readonly incarnation: number
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>
  /** Gives every event from now on to the listener, in place of an earlier one. */
  onEvents(listener: EventListener): void
  look(): Promise<NodeState>
  fault(fault: NodeFault): Promise<void>
  setPeers(peers: Readonly<Record<NodeId, string>>): Promise<void>
  close(): Promise<void>
}

const patienceMs = 10_000

interface Waiting {
  resolve(value: unknown): void
  reject(error: HostError): void
}

/**
 * Connects to the control path of a node. `url` is the node's own, as its peers dial it; `secret` is
 * that of the cluster, if it has one. Rejects with a `HostError`.
 */
export async function connectControl(
  url: string,
  cluster: string,
  secret?: string,
): Promise<Control> {
  const socket = new WebSocket(new URL(controlPath, url), { perMessageDeflate: false })
  // A paused process accepts connections and answers none.
  const patience = setTimeout(() => socket.terminate(), patienceMs)
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  const waiting = new Map<number, Waiting>()
  const greeting: Hello = { type: 'hello', version: wireVersion, role: 'control', cluster }
  const shaking = new DiallerHandshake(greeting, secretKey(secret))
  const welcome = await new Promise<Welcome>((resolve, reject) => {
    socket.on('open', () => socket.send(plain.encode(shaking.hello)))
    socket.on('error', (error) => {
      clearTimeout(patience)
      const text = `no node answers at ${url}: ${error.message}`
      reject(new HostError('unreachable', text, { cause: error }))
    })
    socket.on('close', () => {
      clearTimeout(patience)
      reject(new HostError('unreachable', `${url} closed the connection`))
    })
    const onMessage = (bytes: Buffer): void => {
      const frame = tryDecode(bytes)
      const proof = shaking.answer(frame)
      if (proof !== undefined) return socket.send(plain.encode(proof))
      socket.off('message', onMessage)
      if (v.is(WelcomeSchema, frame) && shaking.isProven(frame)) return resolve(frame)
      socket.close()
      const text = whyNot(frame)
      reject(new HostError('refused', `${url} refused the connection: ${text}`))
    }
    socket.on('message', onMessage)
  })
  clearTimeout(patience)
  socket.on('close', () => {
    const error = new HostError('unreachable', `the connection to ${welcome.id} is gone`)
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
  })
  return new ControlLink(socket, welcome, closed, waiting)
}

function whyNot(frame: unknown): string {
  if (v.is(RefusedSchema, frame)) return frame.text
  return v.is(WelcomeSchema, frame) ? unprovenWelcome : 'what answers there is no node'
}

class ControlLink implements Control {
  readonly id: NodeId
  readonly incarnation: number
  readonly closed: Promise<void>
  readonly #socket: WebSocket
  readonly #waiting: Map<number, Waiting>
  #listener: EventListener = () => undefined
  #requests = 0

  constructor(
    socket: WebSocket,
    welcome: Welcome,
    closed: Promise<void>,
    waiting: Map<number, Waiting>,
  ) {
    this.id = welcome.id
    this.incarnation = welcome.incarnation
    this.closed = closed
    this.#socket = socket
    this.#waiting = waiting
    socket.on('message', (bytes: Buffer) => this.#receive(tryDecode(bytes)))
  }

  onEvents(listener: EventListener): void {
    this.#listener = listener
    // When the connection is gone no events come, and `closed` says so.
    this.#ask({ type: 'watch', on: true }).catch(() => undefined)
  }

  async look(): Promise<NodeState> {
    return (await this.#ask({ type: 'look' })) as NodeState
  }

  async fault(fault: NodeFault): Promise<void> {
    await this.#ask({ type: 'fault', fault })
  }

  async setPeers(peers: Readonly<Record<NodeId, string>>): Promise<void> {
    await this.#ask({ type: 'peers', peers })
  }

  async close(): Promise<void> {
    this.#socket.close()
    await this.closed
  }

  #ask(question: Readonly<Record<string, unknown>>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        reject(new HostError('unreachable', `the connection to ${this.id} is gone`))
        return
      }
      const request = ++this.#requests
      this.#waiting.set(request, { resolve, reject })
      this.#socket.send(plain.encode({ ...question, request }))
    })
  }

  #receive(frame: unknown): void {
    if (!v.is(ControlAnswerSchema, frame)) return
    if (frame.type === 'events') return this.#listener(frame.events as readonly HostEvent[])
    const waiting = this.#waiting.get(frame.request)
    this.#waiting.delete(frame.request)
    if (frame.type === 'done') waiting?.resolve(frame.value)
    else waiting?.reject(new HostError('refused', `${this.id} refused the request: ${frame.text}`))
  }
}
