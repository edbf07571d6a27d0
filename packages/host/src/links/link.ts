import type { KeyObject } from 'node:crypto'
import type { DropReason, Message, Milliseconds, Shapes } from '@lockstep/process'
import * as v from 'valibot'
import { WebSocket } from 'ws'
import { type Codec, codecOf, plain } from '../codec.ts'
import type { Turn } from '../turn.ts'
import { Outbox, type OutboxLimits } from './outbox.ts'
import { DiallerHandshake, unprovenWelcome } from './secret.ts'
import {
  goodbyeCode,
  type Hello,
  type Numbered,
  RefusedSchema,
  readMessages,
  tryDecode,
  WelcomeSchema,
} from './wire.ts'

/**
 * How a connection ends: it could not be made, it broke, or one of the two sides closed it in good
 * order.
 */
export type LinkEnd = 'unreached' | 'broken' | 'goodbye'

/** How whoever dials makes itself known. */
export interface Introduction {
  readonly hello: Hello
  /** What the other side must know too, if anything. */
  readonly secret: KeyObject | undefined
}

/** What a link tells its owner. */
export interface LinkEvents {
  /** Messages that came back over the link; only clients get any. */
  onMessages(messages: readonly Numbered[]): void
  /** What of the messages goes into a frame; they themselves unless this says otherwise. */
  prepared?(messages: readonly Numbered[]): readonly Numbered[]
  /** A frame of so many messages went to the other side. */
  onSent(messages: number, bytes: number): void
  /** A message that will not arrive. */
  onDropped(message: Message, number: number, reason: DropReason): void
  /** The other side said welcome. */
  onUp(): void
  /** The connection ended, or could not be made: whatever was asked over it stays without an answer. */
  onDown(how: LinkEnd): void
  /** The other side refused the link and said why, or did not prove that it knows the secret. It is dialled again all the same. */
  onRefused(code: string, text: string): void
}

const backoffMinMs: Milliseconds = 20
const backoffMaxMs: Milliseconds = 1_000
const handshakeMs: Milliseconds = 5_000

/**
 * A link that this side dials, and dials again whenever it breaks, after a pause that doubles up to
 * a second and is drawn evenly from its upper half.
 *
 * While an attempt is under way messages wait, up to the limit; between attempts they are dropped
 * as `receiver-down`, since a protocol that repeats itself has no use for a queue of old messages.
 */
export class Link {
  readonly url: string
  readonly #introduction: Introduction
  readonly #limits: OutboxLimits
  readonly #events: LinkEvents
  readonly #codec: Codec
  readonly #outbox: Outbox
  #socket: WebSocket | undefined
  #shaking: DiallerHandshake | undefined
  /** What the other side encodes by. */
  #theirs: Codec = plain
  #welcomed = false
  #held: (readonly [frame: Uint8Array, messages: number])[] = []
  #heldBytes = 0
  #attempts = 0
  #retry: NodeJS.Timeout | undefined
  #handshake: NodeJS.Timeout | undefined
  #closed = false

  constructor(
    url: string,
    introduction: Introduction,
    limits: OutboxLimits,
    turn: Turn,
    events: LinkEvents,
  ) {
    this.url = url
    this.#introduction = introduction
    this.#limits = limits
    this.#events = events
    const { hello } = introduction
    this.#codec = codecOf(hello.role === 'control' ? [] : hello.shapes)
    const sink = {
      write: (frame: Uint8Array, messages: number): void => this.#write(frame, messages),
      prepared: (messages: readonly Numbered[]) => events.prepared?.(messages) ?? messages,
      waitingBytes: (): number => this.#heldBytes + (this.#socket?.bufferedAmount ?? 0),
      codec: this.#codec,
      turn,
      stage: 'links' as const,
    }
    this.#outbox = new Outbox(sink, limits, (message, number, reason) =>
      events.onDropped(message, number, reason),
    )
    this.#dial()
  }

  send(number: number, message: Message): void {
    if (this.#socket === undefined) this.#events.onDropped(message, number, 'receiver-down')
    else this.#outbox.push(number, message)
  }

  /** Dials at once if it was waiting to: there is reason to think that the other side is back. */
  hurry(): void {
    if (this.#retry === undefined) return
    clearTimeout(this.#retry)
    this.#dial()
  }

  /** Ends the link for good. What waits is dropped. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#drop('goodbye')
  }

  #dial(): void {
    this.#retry = undefined
    const socket = new WebSocket(this.url, {
      perMessageDeflate: false,
      maxPayload: this.#limits.messageBytesMax,
      handshakeTimeout: handshakeMs,
    })
    this.#socket = socket
    const { hello, secret } = this.#introduction
    const shaking = new DiallerHandshake(hello, secret)
    this.#shaking = shaking
    // The WebSocket's own handshake is limited by ws; this limits the welcome behind it.
    this.#handshake = setTimeout(() => socket.terminate(), 2 * handshakeMs)
    socket.on('open', () => socket.send(plain.encode(shaking.hello)))
    socket.on('message', (bytes: Buffer) => {
      if (socket === this.#socket) this.#receive(bytes)
    })
    // A 'close' follows every error, and says all that matters here.
    socket.on('error', () => undefined)
    socket.on('close', (code: number) => {
      if (socket !== this.#socket) return
      this.#drop(code === goodbyeCode ? 'goodbye' : 'broken')
      this.#redial()
    })
  }

  #redial(): void {
    if (this.#closed) return
    const ceiling = Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#attempts++)
    this.#retry = setTimeout(() => this.#dial(), (ceiling * (1 + Math.random())) / 2)
  }

  #receive(bytes: Uint8Array): void {
    const frame = tryDecode(bytes, this.#theirs)
    if (this.#welcomed && Array.isArray(frame)) {
      const messages = readMessages(frame)
      if (typeof messages === 'string') this.#socket?.close(1007, messages)
      else this.#events.onMessages(messages)
    } else if (v.is(RefusedSchema, frame)) this.#events.onRefused(frame.code, frame.text)
    else if (!this.#welcomed) this.#shake(frame)
    else this.#socket?.close(1002, 'frames were expected')
  }

  /** No message leaves before the other side has proven that it knows the secret, if there is one. */
  #shake(frame: unknown): void {
    const proof = this.#shaking?.answer(frame)
    if (proof !== undefined) this.#socket?.send(plain.encode(proof))
    else if (!v.is(WelcomeSchema, frame)) this.#socket?.close(1002, 'a welcome was expected')
    else if (this.#shaking?.isProven(frame) === true) this.#welcome(frame.shapes)
    else {
      this.#events.onRefused('unproven', unprovenWelcome)
      this.#socket?.close(1008, 'unproven')
    }
  }

  #welcome(shapes: Shapes | undefined): void {
    clearTimeout(this.#handshake)
    this.#theirs = codecOf(shapes)
    this.#welcomed = true
    this.#attempts = 0
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    for (const [frame, messages] of held) this.#write(frame, messages)
    this.#events.onUp()
  }

  #write(frame: Uint8Array, messages: number): void {
    const socket = this.#socket
    if (socket === undefined) return
    if (this.#welcomed) {
      if (socket.readyState !== WebSocket.OPEN) return
      socket.send(frame)
      this.#events.onSent(messages, frame.length)
    } else {
      this.#held.push([frame, messages])
      this.#heldBytes += frame.length
    }
  }

  #drop(how: LinkEnd): void {
    clearTimeout(this.#handshake)
    const socket = this.#socket
    const wasUp = this.#welcomed
    this.#socket = undefined
    this.#shaking = undefined
    this.#welcomed = false
    this.#theirs = plain
    socket?.close()
    this.#outbox.clear('receiver-down')
    for (const [frame] of this.#held.splice(0)) {
      const messages = readMessages(tryDecode(frame, this.#codec))
      if (typeof messages === 'string') continue
      for (const [number, message] of messages)
        this.#events.onDropped(message, number, 'receiver-down')
    }
    this.#heldBytes = 0
    this.#events.onDown(wasUp ? how : 'unreached')
  }
}
