import { Packr } from 'msgpackr'

const packr = new Packr({ mapsAsObjects: true })

/** Plain data as msgpack; objects of one shape name their keys once. The bytes belong to the caller. */
export function encode(value: unknown): Uint8Array {
  return packr.pack(value)
}

/** What `encode` was given. Throws an `Error` on bytes that are no msgpack. */
export function decode(bytes: Uint8Array): unknown {
  return packr.unpack(bytes)
}
