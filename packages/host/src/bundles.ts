import { isBundle, type Message } from '@lockstep/process'
import { type Codec, Encoded } from './codec.ts'
import type { Numbered } from './links/wire.ts'

interface Known {
  readonly items: readonly object[]
  readonly bytes: Uint8Array
}

/** One that is under way to several receivers and to the disk is followed by few others. */
const knownMax = 4

/**
 * The bundles that one node encoded or decoded last, with their bytes: what goes to several peers
 * and to the disk is encoded once, and what came from a peer goes to the disk as it came.
 *
 * The bytes of a bundle are a document of its own, as the node's codec makes it of the array. What came
 * from a peer that uses another codec is encoded again.
 */
export class Bundles {
  readonly #codec: Codec
  /** The oldest first. */
  readonly #known: Known[] = []

  constructor(codec: Codec) {
    this.#codec = codec
  }

  /** The bytes of such items together, if they are known. */
  bytesOf(items: readonly unknown[]): Uint8Array | undefined {
    return this.#known.find((known) => areSame(known.items, items))?.bytes
  }

  /** Messages as they go to a peer: what is bundled in them is encoded. */
  wrapped(messages: readonly Numbered[]): readonly Numbered[] {
    return messages.map(([number, message]) => [number, this.#wrap(message)])
  }

  /** Decodes in place what is bundled in a message from a peer that uses this codec. What cannot be decoded stays as it is. */
  unwrap(message: Message, codec: Codec): void {
    const fields = message as unknown as Record<string, unknown>
    for (const name in fields) {
      const field = fields[name]
      if (!(field instanceof Encoded)) continue
      const items = tryDecodeItems(field.bytes, codec)
      if (items === undefined) continue
      fields[name] = items
      if (codec === this.#codec) this.#remember(items, field.bytes)
    }
  }

  #wrap(message: Message): Message {
    let wrapped: Record<string, unknown> | undefined
    for (const [name, field] of Object.entries(message)) {
      if (!isBundle(field)) continue
      wrapped ??= { ...message }
      wrapped[name] = new Encoded(this.bytesOf(field) ?? this.#encoded(field))
    }
    return (wrapped as unknown as Message | undefined) ?? message
  }

  #encoded(items: readonly object[]): Uint8Array {
    const bytes = this.#codec.encode(items)
    this.#remember(items, bytes)
    return bytes
  }

  #remember(items: readonly object[], bytes: Uint8Array): void {
    if (this.#known.length === knownMax) this.#known.shift()
    this.#known.push({ items, bytes })
  }
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, index) => item === others[index])
}

function tryDecodeItems(bytes: Uint8Array, codec: Codec): readonly object[] | undefined {
  try {
    const items = codec.decode(bytes)
    return Array.isArray(items) ? items : undefined
  } catch {
    return undefined
  }
}
