import type { DropReason, Message } from '@lockstep/process'
import type { Codec } from '../codec.ts'
import type { Stage, Turn } from '../turn.ts'
import type { Numbered } from './wire.ts'

/** What an outbox writes to. */
export interface Sink {
  /** Takes a frame of so many messages. */
  write(frame: Uint8Array, messages: number): void
  /** Bytes that were taken and have not left yet. */
  waitingBytes(): number
  /** What of the messages goes into a frame; they themselves unless this says otherwise. */
  prepared?(messages: readonly Numbered[]): readonly Numbered[]
  readonly codec: Codec
  /** When in a turn it is written to. */
  readonly turn: Turn
  readonly stage: Stage
}

/** How much an outbox takes. */
export interface OutboxLimits {
  /** A frame, and so a message, is not larger than this. */
  readonly messageBytesMax: number
  /** While more than this waits, new messages are dropped. */
  readonly queueBytesMax: number
}

const messagesPerFrameMax = 512

/**
 * Gathers the messages of one turn for one receiver and sends them as one frame, encoded once.
 * What does not fit is dropped and told: memory is bounded however slow the receiver is.
 */
export class Outbox {
  readonly #sink: Sink
  readonly #limits: OutboxLimits
  readonly #onDropped: (message: Message, number: number, reason: DropReason) => void
  #batch: Numbered[] = []
  #scheduled = false

  constructor(
    sink: Sink,
    limits: OutboxLimits,
    onDropped: (message: Message, number: number, reason: DropReason) => void,
  ) {
    this.#sink = sink
    this.#limits = limits
    this.#onDropped = onDropped
  }

  push(number: number, message: Message): void {
    if (this.#sink.waitingBytes() > this.#limits.queueBytesMax) {
      this.#onDropped(message, number, 'refused')
      return
    }
    this.#batch.push([number, message])
    if (this.#batch.length === messagesPerFrameMax) return this.#flush()
    if (this.#scheduled) return
    this.#scheduled = true
    this.#sink.turn.atEnd(this.#sink.stage, this.#endTurn)
  }

  /** Drops what was gathered and not sent yet. */
  clear(reason: DropReason): void {
    const batch = this.#batch
    this.#batch = []
    for (const [number, message] of batch) this.#onDropped(message, number, reason)
  }

  readonly #endTurn = (): void => {
    this.#scheduled = false
    this.#flush()
  }

  #flush(): void {
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    this.#write(batch)
  }

  #write(batch: readonly Numbered[]): void {
    const frame = tryEncode(this.#sink.codec, this.#sink.prepared?.(batch) ?? batch)
    if (frame !== undefined && frame.length <= this.#limits.messageBytesMax)
      return this.#sink.write(frame, batch.length)
    const [only] = batch
    if (only !== undefined && batch.length === 1)
      return this.#onDropped(only[1], only[0], 'refused')
    const half = batch.length >> 1
    this.#write(batch.slice(0, half))
    this.#write(batch.slice(half))
  }
}

/** `undefined` when a message holds what is no plain data, such as a cycle. */
function tryEncode(codec: Codec, batch: readonly Numbered[]): Uint8Array | undefined {
  try {
    return codec.encode(batch)
  } catch {
    return undefined
  }
}
