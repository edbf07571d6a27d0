// Not the package's main module: that one loads an extractor in C++, whose texts are slices of one text of the
// whole document. Such a slice keeps all of it alive, and takes seven times as long to compare as a text of its own.
import { addExtension, Packr, RESERVE_START_SPACE } from 'msgpackr/pack'

/** A value within another one that was encoded by itself. It is decoded as that, so whoever reads it decodes it in turn. */
export class Encoded {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

addExtension({
  Class: Encoded,
  type: 1,
  pack: ({ bytes }: Encoded) => bytes,
  unpack: (bytes: Uint8Array) => new Encoded(bytes),
})

const packr = new Packr({ mapsAsObjects: true })

/** Plain data as msgpack; objects of one shape name their keys once. The bytes belong to the caller. */
export function encode(value: unknown): Uint8Array {
  return packr.pack(value)
}

/** The same behind so many bytes, at most 255, that hold anything: room for a header, so that both leave in one piece. */
export function encodeBehind(room: number, value: unknown): Uint8Array {
  return packr.pack(value, RESERVE_START_SPACE | room)
}

/** What `encode` was given. Throws an `Error` on bytes that are no msgpack. */
export function decode(bytes: Uint8Array): unknown {
  return packr.unpack(bytes)
}
