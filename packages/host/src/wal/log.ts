import { randomInt } from 'node:crypto'
import type { Milliseconds, Saved } from '@lockstep/process'
import { encodeBehind } from '../codec.ts'
import { HostError } from '../host-error.ts'
import { encodeInSlices } from '../slices.ts'
import type { Stall } from '../stall.ts'
import { checksumOn } from './checksum.ts'
import { diskError } from './disk-error.ts'
import type { Files, SyncedFile } from './files.ts'
import { type FrameKind, frameHeaderBytes, sealFrame } from './frame.ts'
import { type Recovered, recover, type TornTail } from './recover.ts'
import { type WalRules, walRules } from './rules.ts'
import { encodeSegmentHeader, segmentHeaderBytes, segmentName } from './segment.ts'
import { type SnapshotContent, snapshotMarker, snapshotName } from './snapshot.ts'

/** How a log works. */
export interface LogOptions {
  /** Size of a segment; a frame that is larger makes its segment larger. */
  readonly segmentBytes: number
  /** The log fails with `disk-full` rather than keep more than this on the disk. */
  readonly bytesMax: number
  /** Makes every sync take longer. */
  readonly stall?: Stall
  /** Says when the next write begins; by default at the end of the turn. */
  readonly begin?: (write: () => void) => void
  /** The bytes of `encode` of some entries together, where they are known already. */
  readonly encoded?: (entries: readonly unknown[]) => Uint8Array | undefined
  /** Everything up to `position` is durable, and `writes` writes in all. Called outside of any step. */
  onSynced(position: number, writes: number): void
  /** How long one write of so many bytes to the log took to be durable. */
  readonly onSync?: (took: Milliseconds, bytes: number) => void
  /** The disk failed. Nothing becomes durable any more, and nothing is called after this. */
  onFailed(error: HostError): void
  readonly rules?: WalRules
}

/** A log that was opened, and what it found. */
export interface OpenedLog {
  readonly log: WriteAheadLog
  readonly saved: Saved<unknown, unknown>
  /** 1 on a fresh disk, one more at every opening; durable by now. */
  readonly incarnation: number
  readonly torn: TornTail | undefined
}

type Write =
  | { readonly kind: 'append'; readonly entry: unknown }
  | { readonly kind: 'save'; readonly snapshot: unknown; readonly keepFrom: number }

interface Segment {
  readonly number: number
  readonly first: number
  bytes: number
}

const nextSegmentName = 'next.new'
const zeros = new Uint8Array(1 << 20)
/** So much of a snapshot is encoded in one turn: a few milliseconds. */
const sliceBytes = 256 * 1024
/** So much of it is written at a time, since every write is a sync, and the log waits for all of them. */
const asideBytes = 2 << 20

/**
 * The write-ahead log of one node: appends and snapshots in one order, of which a crash keeps a
 * prefix that reaches at least as far as the last `onSynced`.
 *
 * Group commit: one write is under way at a time, and all that is appended meanwhile goes with the
 * next one, as one frame under one checksum. A write begins on the turn after the step that asked
 * for it, so that everything of one turn shares a sync. A snapshot is a file of its own, written
 * aside, synced and renamed before its marker goes into the log; the log behind it waits for that.
 *
 * The directory must belong to this process alone, and its file system must honour O_DSYNC and
 * fsync.
 */
export class WriteAheadLog {
  readonly #files: Files
  readonly #options: LogOptions
  readonly #rules: WalRules
  readonly #incarnation: number
  #segments: Segment[]
  #snapshot: { readonly name: string; readonly bytes: number } | undefined
  #file: SyncedFile | undefined
  #mark = 0
  #pending: Write[] = []
  #next: number
  #durablePosition: number
  #durableWrites = 0
  #snapshotsSaved = 0
  #syncs = 0
  #running = false
  #over = false
  /** The next segment, being filled with zeros. */
  #prepared: Promise<void> = Promise.resolve()
  #idle: (() => void)[] = []

  /** Opens a directory: recovers it, cuts a torn tail off, and begins a segment for this incarnation. */
  static async open(files: Files, options: LogOptions): Promise<OpenedLog> {
    try {
      const found = await recover(files, options.rules ?? walRules)
      const log = new WriteAheadLog(files, options, found)
      await log.#begin(found)
      return { log, saved: found.saved, incarnation: log.#incarnation, torn: found.torn }
    } catch (error) {
      throw diskError(error)
    }
  }

  private constructor(files: Files, options: LogOptions, found: Recovered) {
    this.#files = files
    this.#options = options
    this.#rules = options.rules ?? walRules
    this.#incarnation = found.incarnation + 1
    this.#segments = found.segments.map(({ number, first, bytes }) => ({ number, first, bytes }))
    this.#snapshot = found.snapshotFile
    this.#next = found.next
    this.#durablePosition = found.next - 1
  }

  /** How much the log and its snapshot hold; preallocated space does not count. */
  get bytes(): { readonly logBytes: number; readonly snapshotBytes: number } {
    let logBytes = 0
    for (const segment of this.#segments) logBytes += segment.bytes
    return { logBytes, snapshotBytes: this.#snapshot?.bytes ?? 0 }
  }

  /** Counts all writes of this incarnation, snapshots included. */
  get writes(): number {
    return this.#durableWrites + this.#pending.length
  }

  /** Counts the durable ones among them. */
  get durableWrites(): number {
    return this.#durableWrites
  }

  /** Counts the syncs that made them durable. */
  get syncs(): number {
    return this.#syncs
  }

  /** Appends an entry and returns its position. The entry must not change any more. */
  append(entry: unknown): number {
    this.#pending.push({ kind: 'append', entry })
    this.#schedule()
    return this.#next++
  }

  /** Saves a snapshot and lets the log before `keepFrom` go once both are durable. */
  saveSnapshot(snapshot: unknown, keepFrom: number): void {
    this.#pending.push({ kind: 'save', snapshot, keepFrom: Math.min(keepFrom, this.#next) })
    this.#schedule()
  }

  /** Makes everything durable that was written so far, and lets the files go. */
  async close(): Promise<void> {
    while (this.#running && !this.#over)
      await new Promise<void>((resolve) => this.#idle.push(resolve))
    await this.abandon()
    await this.#files.remove(nextSegmentName)
  }

  /** Lets the files go as they are: what is not durable yet may or may not be found later. */
  async abandon(): Promise<void> {
    this.#over = true
    while (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve))
    await Promise.allSettled([this.#prepared])
    await this.#file?.close()
    this.#file = undefined
  }

  async #begin(found: Recovered): Promise<void> {
    const last = found.segments.at(-1)
    if (last !== undefined && last.bytes < last.fileBytes)
      await this.#files.truncate(segmentName(last.number), last.bytes)
    for (const name of found.stale) await this.#files.remove(name)
    try {
      await this.#prepareNext()
      await this.#roll()
    } catch (error) {
      await this.abandon()
      throw error
    }
  }

  #schedule(): void {
    if (this.#running || this.#over) return
    this.#running = true
    const { begin = setImmediate } = this.#options
    begin(() => void this.#run())
  }

  /** Writes a group, and sees to it that the next one follows. Never rejects. */
  async #run(): Promise<void> {
    try {
      const { stall } = this.#options
      if (stall !== undefined && stall.byMs > 0) await stall.wait()
      if (this.#over) return
      const count = await this.#writeGroup()
      this.#durableWrites += count
      this.#pending = this.#pending.slice(count)
      if (!this.#over) this.#options.onSynced(this.#durablePosition, this.#durableWrites)
    } catch (error) {
      if (!this.#over) {
        this.#over = true
        this.#options.onFailed(diskError(error))
      }
    } finally {
      this.#running = false
      if (this.#pending.length > 0) this.#schedule()
      if (!this.#running) for (const idle of this.#idle.splice(0)) idle()
    }
  }

  /** Makes the entries before the next snapshot durable, or that snapshot; returns how many writes that were. */
  async #writeGroup(): Promise<number> {
    const [first] = this.#pending
    if (first?.kind === 'save') {
      await this.#writeSnapshot(first.snapshot, first.keepFrom)
      return 1
    }
    const entries: unknown[] = []
    for (const write of this.#pending) {
      if (write.kind !== 'append') break
      entries.push(write.entry)
    }
    const known = this.#options.encoded?.(entries)
    const frame = known === undefined ? encodeOwn(entries) : frameOf(known)
    await this.#writeFrame('entries', frame)
    this.#durablePosition += entries.length
    return entries.length
  }

  async #writeSnapshot(snapshot: unknown, keepFrom: number): Promise<void> {
    const name = snapshotName(this.#incarnation, ++this.#snapshotsSaved)
    const content = await this.#writeAside(`${name}.new`, snapshot)
    if (this.#over) return
    await this.#files.rename(`${name}.new`, name)
    await this.#files.syncDirectory()
    await this.#writeFrame('snapshot', encodeOwn(snapshotMarker(name, content, keepFrom)))
    const older = this.#snapshot
    this.#snapshot = { name, bytes: content.bytes }
    if (older !== undefined) await this.#files.remove(older.name)
    await this.#removeBefore(keepFrom)
  }

  /**
   * Writes a snapshot to a file of its own, encoded a slice at a time: between two slices the node does what
   * has come up meanwhile, so that a large snapshot does not stop it. Ends early when the log is let go.
   */
  async #writeAside(name: string, snapshot: unknown): Promise<SnapshotContent> {
    await this.#files.write(name, [])
    const file = await this.#files.open(name)
    const content = { bytes: 0, checksum: 0 }
    try {
      let parts: Uint8Array[] = []
      let size = 0
      let slice = 0
      const flush = async (): Promise<void> => {
        this.#reserve(content.bytes + size)
        await file.write(parts, content.bytes)
        content.bytes += size
        parts = []
        size = 0
      }
      for (const part of slicesOfOwn(snapshot)) {
        if (slice > 0 && slice + part.length > sliceBytes) {
          slice = 0
          if (size >= asideBytes) await flush()
          else await nextTurn()
        }
        if (this.#over) return content
        content.checksum = checksumOn(content.checksum, part)
        parts.push(part)
        size += part.length
        slice += part.length
      }
      await flush()
      return content
    } finally {
      await file.close()
    }
  }

  /** Removes the segments that hold no position from `keepFrom` on. The last one always stays. */
  async #removeBefore(keepFrom: number): Promise<void> {
    while (this.#segments.length > 1) {
      const [oldest, second] = this.#segments
      if (oldest === undefined || second === undefined || second.first > keepFrom) return
      await this.#files.remove(segmentName(oldest.number))
      this.#segments.shift()
    }
  }

  /** Writes a payload that stands behind room for the header. */
  async #writeFrame(kind: FrameKind, frame: Uint8Array): Promise<void> {
    this.#reserve(frame.length)
    let segment = this.#segments.at(-1)
    if (segment !== undefined && segment.bytes + frame.length > this.#options.segmentBytes) {
      if (segment.bytes > segmentHeaderBytes) await this.#roll()
      segment = this.#segments.at(-1)
    }
    if (segment === undefined || this.#file === undefined) throw new Error('the log is not open')
    sealFrame(frame, this.#mark, kind, this.#durablePosition + 1)
    const begun = performance.now()
    await this.#rules.makeDurable(this.#file, [frame], segment.bytes)
    this.#options.onSync?.(performance.now() - begun, frame.length)
    segment.bytes += frame.length
    this.#syncs++
  }

  /** Begins the next segment: its header and then its name are durable before a frame goes into it. */
  async #roll(): Promise<void> {
    await this.#prepared
    await this.#file?.close()
    this.#file = undefined
    const number = (this.#segments.at(-1)?.number ?? 0) + 1
    const first = this.#durablePosition + 1
    this.#mark = randomInt(1, 0xffff_ffff)
    const header = { number, mark: this.#mark, incarnation: this.#incarnation, first }
    const file = await this.#files.open(nextSegmentName)
    this.#file = file
    await file.write([encodeSegmentHeader(header)], 0)
    await this.#files.rename(nextSegmentName, segmentName(number))
    await this.#files.syncDirectory()
    this.#segments.push({ number, first, bytes: segmentHeaderBytes })
    this.#prepared = this.#prepareNext()
    // Whoever needs the segment awaits the same promise and sees the failure there.
    this.#prepared.catch(() => undefined)
  }

  #prepareNext(): Promise<void> {
    const parts: Uint8Array[] = []
    for (let left = this.#options.segmentBytes; left > 0; left -= zeros.length)
      parts.push(left < zeros.length ? zeros.subarray(0, left) : zeros)
    return this.#files.write(nextSegmentName, parts)
  }

  #reserve(bytes: number): void {
    const { logBytes, snapshotBytes } = this.bytes
    const used = bytes + logBytes + snapshotBytes
    if (used <= this.#options.bytesMax) return
    throw new HostError(
      'disk-full',
      `the disk is full: ${used} bytes would be kept, and ${this.#options.bytesMax} are allowed`,
    )
  }
}

/** Encodes what the process handed over, behind room for a frame's header. */
function encodeOwn(value: unknown): Uint8Array {
  try {
    return encodeBehind(frameHeaderBytes, value)
  } catch (error) {
    throw notPlain(error)
  }
}

/** A payload behind room for the header. */
function frameOf(payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.length)
  frame.set(payload, frameHeaderBytes)
  return frame
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Encodes a snapshot that the process handed over. */
function* slicesOfOwn(value: unknown): Generator<Uint8Array> {
  try {
    yield* encodeInSlices(value, sliceBytes)
  } catch (error) {
    throw notPlain(error)
  }
}

function notPlain(error: unknown): HostError {
  const text = 'an entry or a snapshot of the process cannot be encoded: it must be plain data'
  return new HostError('step-failed', text, { cause: error })
}
