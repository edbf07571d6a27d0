import { checksum } from './checksum.ts'

/**
 * The log is a row of segment files. Each begins with a header that is durable before the file has
 * its name, and goes on with frames; space is kept behind the last frame, because a sync is quicker
 * when the file need not grow: zeros, or what stood in a segment that was not needed any more. Every
 * opening of the log begins a new segment.
 *
 * | bytes | what |
 * |---|---|
 * | 0–7 | `LOCKSTEP` |
 * | 8–11 | version of the format |
 * | 12–15 | number of the segment, from 1 |
 * | 16–19 | mark of its frames |
 * | 20–23 | incarnation that wrote it |
 * | 24–31 | position of its first entry, as a double |
 * | 32–39 | where the frames of the segment before end, as a double; 0 in the first one |
 * | 40–43 | 1 if the file was a segment before, 0 if it was filled with zeros |
 * | 44–47 | CRC-32C of the bytes before |
 */
export interface SegmentHeader {
  readonly number: number
  readonly mark: number
  readonly incarnation: number
  /** The position of the first entry that stands in it, or would. */
  readonly first: number
  /** The offset behind the last frame of the segment before; 0 where there is none. */
  readonly previousBytes: number
  /** Whether frames of another segment may stand behind its own. */
  readonly isReused: boolean
}

export const segmentHeaderBytes = 48

/** How much of the header its checksum covers. */
const coveredBytes = 44

const magic = Buffer.from('LOCKSTEP')
const version = 4

const zeros = new Uint8Array(1 << 16)

/**
 * The space of a segment that nothing was written to, in the parts in which it is to be written: Linux keeps
 * what comes in one write in one folio, if need be of megabytes, and looks at every block of a folio
 * whenever a few bytes are written into it.
 */
export function blankSegment(bytes: number): readonly Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let left = bytes; left > 0; left -= zeros.length)
    parts.push(left < zeros.length ? zeros.subarray(0, left) : zeros)
  return parts
}

/** The name of the segment with that number; names sort as numbers do. */
export function segmentName(number: number): string {
  return `${number.toString().padStart(10, '0')}.log`
}

/** The number in a segment's name; `undefined` when it is not such a name. */
export function segmentNumber(name: string): number | undefined {
  return /^\d{10}\.log$/.test(name) ? Number.parseInt(name, 10) : undefined
}

/** The bytes of a header. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = Buffer.alloc(segmentHeaderBytes)
  magic.copy(bytes)
  bytes.writeUInt32LE(version, 8)
  bytes.writeUInt32LE(header.number, 12)
  bytes.writeUInt32LE(header.mark, 16)
  bytes.writeUInt32LE(header.incarnation, 20)
  bytes.writeDoubleLE(header.first, 24)
  bytes.writeDoubleLE(header.previousBytes, 32)
  bytes.writeUInt32LE(header.isReused ? 1 : 0, 40)
  bytes.writeUInt32LE(checksum(bytes.subarray(0, coveredBytes)), coveredBytes)
  return bytes
}

/** The header at the start of a segment, or in a few words what stands there instead. */
export function decodeSegmentHeader(segment: Uint8Array): SegmentHeader | string {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength)
  if (bytes.length < segmentHeaderBytes) return 'the file ends inside its header'
  if (bytes.compare(magic, 0, 8, 0, 8) !== 0) return 'this is no segment of a log'
  const found = bytes.readUInt32LE(8)
  if (found < version && isOlder(bytes))
    return `format version ${found}, where ${version} was expected`
  if (bytes.readUInt32LE(coveredBytes) !== checksum(bytes.subarray(0, coveredBytes)))
    return 'the checksum of the header does not match'
  if (found !== version) return `format version ${found}, where ${version} was expected`
  return {
    number: bytes.readUInt32LE(12),
    mark: bytes.readUInt32LE(16),
    incarnation: bytes.readUInt32LE(20),
    first: bytes.readDoubleLE(24),
    previousBytes: bytes.readDoubleLE(32),
    isReused: bytes.readUInt32LE(40) === 1,
  }
}

/** Whether it is a header of a format before this one, which had its checksum further to the front. */
function isOlder(bytes: Buffer): boolean {
  return bytes.readUInt32LE(32) === checksum(bytes.subarray(0, 32))
}
