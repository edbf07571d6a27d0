import { Packr } from 'msgpackr'

// Without record extensions a frame is plain MessagePack, which any client can read.
const packr = new Packr({ useRecords: false })

/** One message of the session protocol as one binary frame. */
export function encodeFrame(message: object): Uint8Array<ArrayBuffer> {
  return new Uint8Array(packr.pack(message))
}

/** Reads a binary frame. Throws on bytes that are no MessagePack value; what it returns is unchecked. */
export function decodeFrame(bytes: Uint8Array): unknown {
  return packr.unpack(bytes)
}
