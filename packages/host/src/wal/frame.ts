import type { Shapes } from '@lockstep/process'
import { type Codec, plain } from '../codec.ts'
import { notPlain } from '../host-error.ts'
import { checksum } from './checksum.ts'

/**
 * A frame is what one sync makes durable: the entries that were appended meanwhile, or the marker
 * of one snapshot. A segment may begin with one that says by which shapes its entries are encoded.
 *
 * | bytes | what |
 * |---|---|
 * | 0–3 | the segment's mark, which says that a frame begins here |
 * | 4–7 | CRC-32C of all that follows, payload included |
 * | 8–11 | length of the payload, at least 1 |
 * | 12–15 | kind |
 * | 16–23 | position of the first entry, or of the next one behind a snapshot, as a double |
 *
 * All numbers are little-endian. The mark is a random number of the segment, never zero, so that
 * neither zero-filled space nor an entry that holds a copy of a log can pass for a frame.
 */
const frameHeaderBytes = 24

/** What the payload is: `entries` an array of them, `snapshot` a `SnapshotMarker`, `shapes` those; all as msgpack. */
export type FrameKind = 'entries' | 'snapshot' | 'shapes'

/** A frame as it was read; `end` is the offset behind it. */
export interface Frame {
  readonly kind: FrameKind
  readonly position: number
  readonly payload: Uint8Array
  readonly end: number
}

const kindNumbers: Readonly<Record<FrameKind, number>> = {
  entries: 1,
  snapshot: 2,
  shapes: 3,
}

/** Encodes what the process handed over, behind room for a frame's header. */
export function encodeOwn(value: unknown, codec: Codec): Uint8Array {
  try {
    return codec.encodeBehind(frameHeaderBytes, value)
  } catch (error) {
    throw notPlain(error)
  }
}

/** The frame at a segment's beginning that says by which shapes its entries are encoded. */
export function shapesFrame(shapes: Shapes, mark: number, position: number): Uint8Array {
  const frame = encodeOwn(shapes, plain)
  sealFrame(frame, mark, 'shapes', position)
  return frame
}

/** A payload behind room for a frame's header. */
export function frameOf(payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.length)
  frame.set(payload, frameHeaderBytes)
  return frame
}

/** Makes a frame of a payload that stands behind room for the header, in place. */
export function sealFrame(
  frame: Uint8Array,
  mark: number,
  kind: FrameKind,
  position: number,
): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frameHeaderBytes)
  view.setUint32(0, mark, true)
  view.setUint32(8, frame.length - frameHeaderBytes, true)
  view.setUint32(12, kindNumbers[kind], true)
  view.setFloat64(16, position, true)
  view.setUint32(4, checksum(frame.subarray(8)), true)
}

/** Whether the checksum that was written is that of the bytes that were read. */
export type IsIntact = (written: number, header: Uint8Array, payload: Uint8Array) => boolean

/** The frame at an offset, or in a few words what stands there instead. */
export function readFrame(
  bytes: Uint8Array,
  offset: number,
  mark: number,
  isIntact: IsIntact,
): Frame | string {
  if (bytes.length - offset < frameHeaderBytes) return 'the file ends inside a header'
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, frameHeaderBytes)
  if (view.getUint32(0, true) !== mark) return 'no frame begins here'
  const length = view.getUint32(8, true)
  const start = offset + frameHeaderBytes
  if (length === 0) return 'a frame without content'
  if (bytes.length - start < length) return 'the file ends inside a frame'
  const header = bytes.subarray(offset + 8, start)
  const payload = bytes.subarray(start, start + length)
  if (!isIntact(view.getUint32(4, true), header, payload)) return 'the checksum does not match'
  const kind = view.getUint32(12, true)
  const position = view.getFloat64(16, true)
  const end = start + length
  if (kind === kindNumbers.entries) return { kind: 'entries', position, payload, end }
  if (kind === kindNumbers.snapshot) return { kind: 'snapshot', position, payload, end }
  if (kind === kindNumbers.shapes) return { kind: 'shapes', position, payload, end }
  return `a frame of unknown kind ${kind}`
}

/** The offset of the first whole frame at or behind an offset, or -1. */
export function findFrame(
  bytes: Uint8Array,
  from: number,
  mark: number,
  isIntact: IsIntact,
): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const needle = Buffer.alloc(4)
  needle.writeUInt32LE(mark)
  for (let at = buffer.indexOf(needle, from); at !== -1; at = buffer.indexOf(needle, at + 1)) {
    if (typeof readFrame(bytes, at, mark, isIntact) !== 'string') return at
  }
  return -1
}
