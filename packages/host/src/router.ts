import type { KeyObject } from 'node:crypto'
import { type DropReason, dropReasons, type Message, type NodeId } from '@lockstep/process'
import { WebSocket } from 'ws'
import type { Bundles } from './bundles.ts'
import { type Codec, codecOf, plain } from './codec.ts'
import type { Traffic } from './control/protocol.ts'
import { Draws } from './draws.ts'
import { Link } from './links/link.ts'
import { LinkFaults, type Trouble } from './links/link-faults.ts'
import { Outbox, type OutboxLimits } from './links/outbox.ts'
import type { Accepted, Handler } from './links/server.ts'
import { TrafficCount } from './links/traffic.ts'
import { type Numbered, readMessages, wireVersion } from './links/wire.ts'
import type { NodeFault } from './node-fault.ts'
import type { Tracer } from './tracer.ts'
import type { Turn } from './turn.ts'

/** What a router needs. */
export interface RouterOptions {
  readonly id: NodeId
  readonly cluster: string
  /** What the peers must know, if anything. */
  readonly secret: KeyObject | undefined
  readonly limits: OutboxLimits
  readonly tracer: Tracer
  readonly turn: Turn
  readonly seed: number
  readonly bundles: Bundles
  /** How this node encodes what it says. */
  readonly codec: Codec
  /** A message arrived for this node's process. */
  deliver(from: NodeId, number: number, message: Message): void
  /** The connection over which a peer sent has ended. */
  hungUp(peer: NodeId): void
}

interface Client {
  readonly socket: WebSocket
  readonly outbox: Outbox
}

/** Gets messages from this node to its peers and clients and from them to it, through the faults on the way. */
export class Router {
  readonly #options: RouterOptions
  readonly #tracer: Tracer
  readonly #links = new Map<NodeId, Link>()
  /** Of every peer that is named, whether or not its link was dialled anew. */
  readonly #traffic = new Map<NodeId, TrafficCount>()
  readonly #clients = new Map<NodeId, Client>()
  /** The newest connection that each peer dialled. */
  readonly #dialled = new Map<NodeId, WebSocket>()
  readonly #clientTraffic = new TrafficCount()
  readonly #faults: LinkFaults
  readonly #lossDraws: Draws
  #toSelf: Numbered[] = []
  #sent = 0
  #over = false

  constructor(options: RouterOptions) {
    this.#options = options
    this.#tracer = options.tracer
    this.#faults = new LinkFaults(options.id)
    this.#lossDraws = new Draws(options.seed, `${options.id} links`)
  }

  /** What went over the links with the peers. */
  get traffic(): Readonly<Record<NodeId, Traffic>> {
    return Object.fromEntries(Array.from(this.#traffic, ([id, { total }]) => [id, total]))
  }

  /** What went over the links of all clients together. */
  get clientTraffic(): Traffic {
    return this.#clientTraffic.total
  }

  /** Dials peers that are new or moved, and lets go of those that are not named. */
  setPeers(peers: Readonly<Record<NodeId, string>>): void {
    const { id, cluster, secret, limits, bundles, codec } = this.#options
    const wanted = new Map(Object.entries(peers).filter(([peer]) => peer !== id))
    for (const [peer, link] of this.#links) {
      if (wanted.get(peer) === link.url) continue
      link.close()
      this.#links.delete(peer)
    }
    for (const peer of this.#traffic.keys()) if (!wanted.has(peer)) this.#traffic.delete(peer)
    for (const [peer, url] of wanted) {
      if (this.#links.has(peer)) continue
      const traffic = this.#traffic.get(peer) ?? new TrafficCount()
      this.#traffic.set(peer, traffic)
      const hello = {
        type: 'hello',
        version: wireVersion,
        role: 'peer',
        cluster,
        id,
        to: peer,
        ...(codec === plain ? {} : { shapes: codec.shapes }),
      } as const
      const link = new Link(url, { hello, secret }, limits, this.#options.turn, {
        onMessages: () => undefined,
        prepared: (messages) => bundles.wrapped(messages),
        onSent: (messages, bytes) => traffic.sent(messages, bytes),
        onDropped: (message, number, reason) => this.#dropped(id, peer, message, number, reason),
        onUp: () => this.#tracer.note('mark', { name: 'reached a peer', data: { peer } }),
        onDown: (how) => {
          if (how === 'unreached') return
          const name = how === 'broken' ? 'lost a peer' : 'parted from a peer'
          this.#tracer.note('mark', { name, data: { peer } })
        },
        onRefused: (code, text) =>
          this.#tracer.note('mark', { name: 'was refused a link', data: { peer, code, text } }),
      })
      this.#links.set(peer, link)
    }
  }

  /** Sends a message and returns at once. It may be lost; a loss that is seen is traced. */
  send(to: NodeId, message: Message, cause: number): void {
    const { id } = this.#options
    const number = ++this.#sent
    if (this.#tracer.watched)
      this.#tracer.note('send', {
        peer: to,
        name: message.type,
        value: number,
        cause,
        data: message,
      })
    if (to === id) return this.#sendToSelf(number, message)
    const trouble = this.#faults.outgoing(to)
    if (trouble === undefined) this.#dispatch(to, number, message)
    else this.#through(trouble, id, to, number, message, () => this.#dispatch(to, number, message))
  }

  /** Applies this node's part of a fault; one that is not about links changes nothing here. */
  fault(fault: NodeFault): void {
    const others = [...this.#links.keys(), ...this.#clients.keys()]
    const before = this.#faults.seen(others)
    this.#faults.apply(fault)
    for (const [index, after] of this.#faults.seen(others).entries()) {
      const was = before[index]
      // A link between nodes is reported by its sender alone.
      if (was === undefined || (after.to === this.#options.id && this.#links.has(after.from)))
        continue
      const link = { node: after.from, peer: after.to }
      if (after.cut !== was.cut) this.#tracer.note(after.cut ? 'cut' : 'mend', link)
      if (after.slowMs !== was.slowMs)
        this.#tracer.note('slow', { ...link, value: after.slowMs * 1000 })
      if (after.lossShare !== was.lossShare)
        this.#tracer.note('lose', { ...link, value: after.lossShare })
    }
  }

  /** Takes the connection of a peer or a client. */
  accept(accepted: Accepted): Handler | undefined {
    const { hello, refuse } = accepted
    if (hello.role === 'control') return undefined
    const from = hello.id
    const isClient = hello.role === 'client'
    if (from === this.#options.id || (isClient && this.#links.has(from))) {
      refuse('id-taken', `${from} is the name of a node`)
      return undefined
    }
    if (isClient) return this.#acceptClient(from, accepted)
    this.#links.get(from)?.hurry()
    const { socket } = accepted
    const codec = codecOf(hello.shapes)
    this.#dialled.set(from, socket)
    return {
      onFrame: (frame, bytes) => {
        const messages = this.#arrive(from, codec, frame, refuse)
        if (messages > 0) this.#traffic.get(from)?.received(messages, bytes)
      },
      onClosed: () => {
        if (this.#dialled.get(from) === socket) this.#hungUp(from)
      },
    }
  }

  /** A peer has no connection to this node any more. Through a cut nothing is heard of that. */
  #hungUp(peer: NodeId): void {
    this.#dialled.delete(peer)
    if (this.#over || !this.#links.has(peer) || this.#faults.incoming(peer)?.cut === true) return
    this.#options.hungUp(peer)
  }

  close(): void {
    this.#over = true
    for (const link of this.#links.values()) link.close()
    this.#links.clear()
  }

  #acceptClient(id: NodeId, { socket, refuse }: Accepted): Handler {
    const sink = {
      write: (frame: Uint8Array, messages: number): void => {
        if (socket.readyState !== WebSocket.OPEN) return
        socket.send(frame)
        this.#clientTraffic.sent(messages, frame.length)
      },
      waitingBytes: (): number => socket.bufferedAmount,
      codec: this.#options.codec,
      turn: this.#options.turn,
      stage: 'replies' as const,
    }
    const outbox = new Outbox(sink, this.#options.limits, (message, number, reason) =>
      this.#dropped(this.#options.id, id, message, number, reason),
    )
    const client = { socket, outbox }
    // Of two connections of one client the newer one gets the replies.
    this.#clients.set(id, client)
    return {
      onFrame: (frame, bytes) => {
        const messages = this.#arrive(id, plain, frame, refuse)
        if (messages > 0) this.#clientTraffic.received(messages, bytes)
      },
      onClosed: () => {
        outbox.clear('receiver-down')
        if (this.#clients.get(id) === client) this.#clients.delete(id)
      },
    }
  }

  #dispatch(to: NodeId, number: number, message: Message): void {
    const link = this.#links.get(to)
    if (link !== undefined) return link.send(number, message)
    const client = this.#clients.get(to)
    if (client !== undefined) return client.outbox.push(number, message)
    this.#dropped(this.#options.id, to, message, number, 'unknown-peer')
  }

  /** Queued, so that a step is never entered from within a step. */
  #sendToSelf(number: number, message: Message): void {
    this.#toSelf.push([number, message])
    if (this.#toSelf.length > 1) return
    setImmediate(() => {
      const { id } = this.#options
      for (const [count, queued] of this.#toSelf.splice(0)) this.#deliver(id, count, queued)
    })
  }

  /** Takes what a frame brings, and returns how many messages that are. What a peer bundled is encoded by its codec. */
  #arrive(from: NodeId, codec: Codec, frame: unknown, refuse: Accepted['refuse']): number {
    const messages = readMessages(frame)
    if (typeof messages === 'string') {
      refuse('malformed', messages)
      return 0
    }
    const { id } = this.#options
    const isPeer = this.#links.has(from)
    const isKnown = isPeer || this.#clients.has(from)
    const trouble = this.#faults.incoming(from)
    for (const [number, message] of messages) {
      if (isPeer) this.#options.bundles.unwrap(message, codec)
      if (!isKnown) this.#dropped(from, id, message, number, 'unknown-peer')
      else if (trouble === undefined) this.#deliver(from, number, message)
      else {
        // Between nodes the sender sees to delay and loss.
        const here = isPeer ? { ...trouble, slowMs: 0, lossShare: 0 } : trouble
        this.#through(here, from, id, number, message, () => this.#deliver(from, number, message))
      }
    }
    return messages.length
  }

  #through(
    trouble: Trouble,
    from: NodeId,
    to: NodeId,
    number: number,
    message: Message,
    onward: () => void,
  ): void {
    if (trouble.cut) return this.#dropped(from, to, message, number, 'cut')
    if (trouble.lossShare > 0 && this.#lossDraws.next(`${from}>${to}`) < trouble.lossShare)
      return this.#dropped(from, to, message, number, 'loss')
    if (trouble.slowMs <= 0) return onward()
    setTimeout(() => {
      if (!this.#over) onward()
    }, trouble.slowMs).unref()
  }

  #deliver(from: NodeId, number: number, message: Message): void {
    if (!this.#over) this.#options.deliver(from, number, message)
  }

  #dropped(from: NodeId, to: NodeId, message: Message, number: number, reason: DropReason): void {
    if (!this.#tracer.watched) return
    const value = dropReasons.indexOf(reason)
    this.#tracer.note('drop', { node: from, peer: to, name: message.type, value, data: number })
  }
}
