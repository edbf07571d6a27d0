import { type KeyObject, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Milliseconds, NodeId, Port, Reply, Shapes } from '@lockstep/process'
import { HostClock } from './clock.ts'
import { codecOf } from './codec.ts'
import { Draws } from './draws.ts'
import { Link } from './links/link.ts'
import { secretKey } from './links/secret.ts'
import { type Numbered, wireVersion } from './links/wire.ts'
import { Turn } from './turn.ts'

/** Who connects, and to whom. */
export interface ClientOptions {
  /** Unique among the clients that are connected: of two of one name the newer gets all replies. */
  readonly id: NodeId
  readonly cluster: string
  /** The WebSocket addresses of the nodes, by id. */
  readonly nodes: Readonly<Record<NodeId, string>>
  /** What the nodes and this client show each other to know. A node that does not is sent nothing. */
  readonly secret?: string
  /** How most requests look. */
  readonly shapes?: Shapes
  /** Hears why a node does not take this client, each time it is dialled; `text` says how to mend it. */
  readonly onRefused?: (node: NodeId, code: string, text: string) => void
  /** Seed of `random`; drawn when it is not given. */
  readonly seed?: number
  readonly messageBytesMax?: number
  readonly queueBytesMax?: number
}

/** A client of a live cluster. */
export interface LiveClient extends Port {
  /** Connects to nodes that are new or moved, and lets go of those that are not named. */
  setNodes(nodes: Readonly<Record<NodeId, string>>): void
  /** Lets all nodes go. Calls that are open resolve with `undefined`. */
  close(): Promise<void>
}

/**
 * A client that dials each node and gets its replies on the same links. It connects as it goes.
 * Throws a `HostError` with code `bad-secret` when the secret is empty, and `bad-shapes` when the shapes are none.
 */
export function connectClient(options: ClientOptions): LiveClient {
  return new Client(options)
}

interface Call {
  readonly to: NodeId
  readonly timer: NodeJS.Timeout
  resolve(reply: Reply | undefined): void
}

/** All clients of a thread end their turns together: what many of them ask leaves in one go. */
const turn = new Turn()

class Client implements LiveClient {
  readonly id: NodeId
  readonly #options: ClientOptions
  readonly #secret: KeyObject | undefined
  readonly #clock = new HostClock()
  readonly #draws: Draws
  readonly #links = new Map<NodeId, Link>()
  readonly #calls = new Map<number, Call>()
  /**
   * Begins anywhere: a late reply to an earlier client of this name must not pass for one to this. Five
   * bytes long for the next billion, wherever it begins.
   */
  #requests = randomInt(2 ** 29, 2 ** 30)
  #sent = 0
  #closed = false

  constructor(options: ClientOptions) {
    this.id = options.id
    this.#options = options
    this.#secret = secretKey(options.secret)
    codecOf(options.shapes)
    this.#draws = new Draws(options.seed ?? randomInt(2 ** 32), options.id)
    this.setNodes(options.nodes)
  }

  wall(): Milliseconds {
    return this.#clock.wall()
  }

  elapsed(): Milliseconds {
    return Math.floor(this.#clock.local())
  }

  async sleep(after: Milliseconds): Promise<void> {
    await sleep(after)
  }

  random(label: string): number {
    return this.#draws.next(label)
  }

  call(to: NodeId, request: Message, timeout: Milliseconds): Promise<Reply | undefined> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve(undefined)
      const id = ++this.#requests
      const timer = setTimeout(() => this.#settle(id, undefined), timeout)
      this.#calls.set(id, { to, timer, resolve })
      this.#links.get(to)?.send(++this.#sent, { ...request, id } as Message)
    })
  }

  setNodes(nodes: Readonly<Record<NodeId, string>>): void {
    const { cluster, shapes, messageBytesMax = 8 << 20, queueBytesMax = 32 << 20 } = this.#options
    for (const [to, link] of this.#links) {
      if (nodes[to] === link.url) continue
      link.close()
      this.#links.delete(to)
    }
    for (const [to, url] of Object.entries(nodes)) {
      if (this.#links.has(to) || this.#closed) continue
      const hello = {
        type: 'hello',
        version: wireVersion,
        role: 'client',
        cluster,
        id: this.id,
        to,
        ...(shapes === undefined ? {} : { shapes }),
      } as const
      const introduction = { hello, secret: this.#secret }
      const link = new Link(url, introduction, { messageBytesMax, queueBytesMax }, turn, {
        onMessages: (messages) => this.#receive(messages),
        onSent: () => undefined,
        onDropped: (message) => this.#dropped(message),
        onUp: () => undefined,
        onDown: () => this.#down(to),
        onRefused: (code, text) => this.#options.onRefused?.(to, code, text),
      })
      this.#links.set(to, link)
    }
  }

  close(): Promise<void> {
    this.#closed = true
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
    for (const id of this.#calls.keys()) this.#settle(id, undefined)
    return Promise.resolve()
  }

  #receive(messages: readonly Numbered[]): void {
    for (const [, message] of messages) {
      if ('re' in message && typeof message.re === 'number')
        this.#settle(message.re, message as Reply)
    }
  }

  /** Nobody will answer. On the next turn, so that whoever asks again and again lets others run. */
  #dropped(message: Message): void {
    const id: unknown = 'id' in message ? message.id : undefined
    if (typeof id === 'number') setImmediate(() => this.#settle(id, undefined))
  }

  /** The node may have taken the requests, and their answers find no way back. */
  #down(node: NodeId): void {
    for (const [id, { to }] of this.#calls) if (to === node) this.#settle(id, undefined)
  }

  #settle(id: number, reply: Reply | undefined): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    this.#calls.delete(id)
    clearTimeout(call.timer)
    call.resolve(reply)
  }
}
