import type { Saved } from '@lockstep/process'
import * as v from 'valibot'
import { type Codec, codecOf, plain, ShapesSchema } from '../codec.ts'
import { CorruptLogError } from '../host-error.ts'
import { checksum } from './checksum.ts'
import type { Files } from './files.ts'
import { type Frame, findFrame, readFrame } from './frame.ts'
import type { WalRules } from './rules.ts'
import {
  decodeSegmentHeader,
  type SegmentHeader,
  segmentHeaderBytes,
  segmentName,
  segmentNumber,
} from './segment.ts'
import { isSnapshotName, type SnapshotMarker, SnapshotMarkerSchema } from './snapshot.ts'

/** A segment that was found whole. */
interface FoundSegment {
  readonly number: number
  readonly first: number
  /** Length up to and including the last frame. */
  readonly bytes: number
  /** Length of the file. */
  readonly fileBytes: number
}

/** The last write before a crash, of which only a part arrived. Nothing in it was ever reported as durable. */
export interface TornTail {
  readonly file: string
  readonly offset: number
  /** What stands at that offset. */
  readonly found: string
}

/** What a directory holds. */
export interface Recovered {
  readonly saved: Saved<unknown, unknown>
  /** The position that the next append gets. */
  readonly next: number
  /** The incarnation that wrote last; 0 on a fresh disk. */
  readonly incarnation: number
  /** The segments that count, in order and without a gap. */
  readonly segments: readonly FoundSegment[]
  /** The snapshot file that counts. */
  readonly snapshotFile: { readonly name: string; readonly bytes: number } | undefined
  readonly torn: TornTail | undefined
  /** Files of the log that are not needed any more. */
  readonly stale: readonly string[]
}

/**
 * Reads a directory and changes nothing in it.
 *
 * A crash can tear only the last frame of the last segment, since one write is under way at a time
 * and a new segment begins only when the one before it is durable, and says where that ends. So a
 * frame of the last segment that is not whole is dropped when nothing whole stands behind it, and
 * refused with a `CorruptLogError` when something does: then bytes went bad that had been synced, and
 * what is behind them cannot be trusted either.
 */
export async function recover(files: Files, rules: WalRules): Promise<Recovered> {
  const names = await files.list()
  const numbers = names.flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b)
  const run = contiguousEnd(numbers)
  const reading = new Reading(rules)
  for (const number of run) {
    const name = segmentName(number)
    reading.segment(name, number, await files.read(name), number === run.at(-1))
  }
  reading.finish()
  const present = names.filter(isSnapshotName).sort()
  const snapshotName = rules.snapshotToBelieve(reading.marker, present)
  const content =
    snapshotName === undefined
      ? undefined
      : await readSnapshot(files, snapshotName, present, reading.marker)
  const used = new Set(reading.segments.map((segment) => segmentName(segment.number)))
  return {
    saved: {
      snapshot: content === undefined ? undefined : plain.decode(content),
      first: reading.first,
      entries: reading.entries.slice(reading.first - reading.entriesFrom),
    },
    next: reading.next,
    incarnation: reading.incarnation,
    segments: reading.segments,
    snapshotFile:
      snapshotName === undefined || content === undefined
        ? undefined
        : { name: snapshotName, bytes: content.length },
    torn: reading.torn,
    stale: names.filter((name) => isOurs(name) && !used.has(name) && name !== snapshotName),
  }
}

/** The numbers from the last gap on. What is before a gap was being removed when the node crashed. */
function contiguousEnd(numbers: readonly number[]): readonly number[] {
  let start = numbers.length - 1
  while (start > 0 && numbers[start - 1] === (numbers[start] ?? 0) - 1) start--
  return numbers.slice(Math.max(0, start))
}

function isOurs(name: string): boolean {
  return segmentNumber(name) !== undefined || isSnapshotName(name) || name.endsWith('.new')
}

async function readSnapshot(
  files: Files,
  name: string,
  present: readonly string[],
  marker: SnapshotMarker | undefined,
): Promise<Uint8Array> {
  if (!present.includes(name))
    throw new CorruptLogError(name, 0, 'the log says that this snapshot was saved, and it is gone')
  const content = await files.read(name)
  if (marker?.file === name && marker.checksum !== checksum(content))
    throw new CorruptLogError(name, 0, 'the checksum of the snapshot does not match')
  return content
}

/** What the segments said so far, read in order. */
class Reading {
  readonly segments: FoundSegment[] = []
  readonly entries: unknown[] = []
  entriesFrom = 0
  /** The first position that is still needed. */
  first = 0
  next = 0
  incarnation = 0
  marker: SnapshotMarker | undefined
  torn: TornTail | undefined
  readonly #rules: WalRules
  /** By what the entries of the segment that is read are encoded. */
  #codec: Codec = plain
  /** The segment that was read last, and what stood behind its last whole frame. */
  #before: { readonly file: string; readonly found: string } | undefined

  constructor(rules: WalRules) {
    this.#rules = rules
  }

  segment(file: string, number: number, bytes: Uint8Array, isLast: boolean): void {
    if (bytes.length < segmentHeaderBytes && isLast) {
      this.torn = { file, offset: 0, found: 'the file ends inside its header' }
      return
    }
    const header = decodeSegmentHeader(bytes)
    if (typeof header === 'string') throw new CorruptLogError(file, 0, header)
    if (header.number !== number)
      throw new CorruptLogError(file, 0, `the header is that of segment ${header.number}`)
    this.#checkBefore(header.previousBytes)
    if (this.segments.length === 0) {
      this.entriesFrom = header.first
      this.next = header.first
    } else if (header.first !== this.next) {
      const found = `the segment begins at position ${header.first}, where ${this.next} comes next`
      throw new CorruptLogError(file, 0, found)
    }
    this.incarnation = header.incarnation
    const { end, found } = this.#frames(file, bytes, header.mark)
    if (isLast) this.#endsAt(file, bytes, end, header, found)
    this.#before = { file, found }
    this.segments.push({ number, first: header.first, bytes: end, fileBytes: bytes.length })
  }

  /** The segment before is whole if it could be read as far as this one says that it goes. */
  #checkBefore(previousBytes: number): void {
    const before = this.segments.at(-1)
    if (before === undefined || this.#before === undefined || before.bytes === previousBytes) return
    throw new CorruptLogError(this.#before.file, before.bytes, this.#before.found)
  }

  /** Checks what can be checked only when everything was read. */
  finish(): void {
    this.first = Math.max(this.first, this.marker?.keepFrom ?? 0)
    const [oldest] = this.segments
    if (oldest !== undefined && oldest.first > this.first) {
      const found = `the log begins at position ${oldest.first}, and position ${this.first} is still needed: a segment is missing`
      throw new CorruptLogError(segmentName(oldest.number), 0, found)
    }
  }

  /** Takes the frames of a segment; returns the offset behind the last one, and what stands there. */
  #frames(
    file: string,
    bytes: Uint8Array,
    mark: number,
  ): { readonly end: number; readonly found: string } {
    this.#codec = plain
    let end = segmentHeaderBytes
    while (end < bytes.length) {
      const frame = readFrame(bytes, end, mark, this.#rules.isIntact)
      if (typeof frame === 'string') return { end, found: frame }
      this.#take(file, end, frame)
      end = frame.end
    }
    return { end, found: 'the file ends' }
  }

  /** Sees to what stands behind the last frame of the last segment. */
  #endsAt(
    file: string,
    bytes: Uint8Array,
    offset: number,
    { mark, isReused }: SegmentHeader,
    found: string,
  ): void {
    const behind = findFrame(bytes, offset + 1, mark, this.#rules.isIntact)
    if (behind !== -1)
      throw new CorruptLogError(
        file,
        offset,
        `${found}, and a whole frame follows at byte ${behind}`,
      )
    const rest = bytes.subarray(offset)
    const isUnused = isReused ? !beginsWith(rest, mark) : isZero(rest)
    if (!isUnused) this.torn = { file, offset, found }
  }

  #take(file: string, offset: number, frame: Frame): void {
    if (frame.position !== this.next) {
      const found = `a frame for position ${frame.position}, where ${this.next} comes next`
      throw new CorruptLogError(file, offset, found)
    }
    const codec = frame.kind === 'entries' ? this.#codec : plain
    const content = decodeFrame(file, offset, frame, codec)
    if (frame.kind === 'entries') {
      if (!Array.isArray(content) || content.length === 0)
        throw new CorruptLogError(file, offset, 'a frame that holds no entries')
      for (const entry of content) this.entries.push(entry)
      this.next += content.length
      return
    }
    if (frame.kind === 'shapes') {
      if (!v.is(ShapesSchema, content))
        throw new CorruptLogError(file, offset, 'shapes that make no sense')
      this.#codec = codecOf(content)
      return
    }
    const marker = v.safeParse(SnapshotMarkerSchema, content)
    if (!marker.success || marker.output.keepFrom > this.next)
      throw new CorruptLogError(file, offset, 'a snapshot marker that makes no sense')
    this.marker = marker.output
    this.first = Math.max(this.first, marker.output.keepFrom)
  }
}

function decodeFrame(file: string, offset: number, frame: Frame, codec: Codec): unknown {
  try {
    return codec.decode(frame.payload)
  } catch {
    throw new CorruptLogError(file, offset, 'a frame that cannot be decoded')
  }
}

/** Whether a frame with that mark begins there, or as much of its mark as there is room for. */
function beginsWith(bytes: Uint8Array, mark: number): boolean {
  const begin = Buffer.alloc(4)
  begin.writeUInt32LE(mark)
  const length = Math.min(bytes.length, begin.length)
  return length > 0 && begin.compare(bytes, 0, length, 0, length) === 0
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
