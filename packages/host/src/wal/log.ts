import { randomInt } from 'node:crypto'
import type { Milliseconds, Saved } from '@lockstep/process'
import { type Codec, plain } from '../codec.ts'
import { HostError } from '../host-error.ts'
import type { Stall } from '../stall.ts'
import { nextTurn, type Pause, rest, writeAside } from './aside.ts'
import { diskError } from './disk-error.ts'
import type { Files, SyncedFile } from './files.ts'
import { encodeOwn, type FrameKind, frameOf, sealFrame, shapesFrame } from './frame.ts'
import { type Recovered, recover, type TornTail } from './recover.ts'
import { type WalRules, walRules } from './rules.ts'
import { blankSegment, encodeSegmentHeader, segmentHeaderBytes, segmentName } from './segment.ts'
import { type SnapshotMarker, snapshotName } from './snapshot.ts'

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
  /** By what entries are encoded; every segment says so. */
  readonly codec?: Codec
  /** The bytes that the codec makes of some entries together, where they are known already. */
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

/** A snapshot that is written beside the log. */
interface Compaction {
  readonly snapshot: unknown
  /** From this position on the log is needed beside it. */
  readonly keepFrom: number
  /** What was written before it: its marker goes into the log once that is durable. */
  readonly writes: number
  /** How many snapshots had been saved: one that is saved later takes its place. */
  readonly saves: number
}

/** A marker that has to go into the log. */
interface Due {
  readonly marker: SnapshotMarker
  readonly writes: number
}

interface Segment {
  readonly number: number
  readonly first: number
  bytes: number
  /** How much of that stood in it before the first write. */
  readonly emptyBytes: number
  /** Whether its file has its full length, as one that this incarnation made. */
  readonly isFull: boolean
}

const nextSegmentName = 'next.new'
/** So many segments that are not needed any more are kept to be used again. */
const sparesMax = 16

/**
 * The write-ahead log of one node: appends and snapshots in one order, of which a crash keeps a
 * prefix that reaches at least as far as the last `onSynced`.
 *
 * Group commit: one write is under way at a time, and all that is appended meanwhile goes with the
 * next one, as one frame under one checksum. A write begins on the turn after the step that asked
 * for it, so that everything of one turn shares a sync. A snapshot is a file of its own, written
 * aside, synced and renamed before its marker goes into the log. The log behind one that was saved
 * waits for that; beside one that only compacts it goes on, and the marker follows when it can.
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
  readonly #codec: Codec
  #pending: Write[] = []
  #next: number
  #durablePosition: number
  #durableWrites = 0
  #snapshotsWritten = 0
  #syncs = 0
  #running = false
  #over = false
  /** The next segment, being made. */
  #prepared: Promise<void> = Promise.resolve()
  #nextIsReused = false
  /**
   * Segments that are not needed any more, under names that count for nothing. A crash may bring the
   * old names back until the directory was synced, which every roll does before it takes one of them.
   */
  readonly #spares: string[] = []
  /** The newest snapshot that is written beside the log, or will be. */
  #compaction: Compaction | undefined
  /** What writes it. */
  #compacting: Promise<void> | undefined
  /** Of one that is written. */
  #due: Due | undefined
  /** Snapshots that came too late to count. */
  #late: string[] = []
  /** Counts those that the log waits for. */
  #saves = 0
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
    this.#codec = options.codec ?? plain
    this.#incarnation = found.incarnation + 1
    this.#segments = found.segments.map(({ number, first, bytes }) => ({
      number,
      first,
      bytes,
      emptyBytes: segmentHeaderBytes,
      isFull: false,
    }))
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
    this.#saves++
    this.#compaction = undefined
    this.#dueIs(undefined)
    this.#pending.push({ kind: 'save', snapshot, keepFrom: Math.min(keepFrom, this.#next) })
    this.#schedule()
  }

  /** Saves a snapshot beside the log, for which nothing waits, and lets the log before `keepFrom` go once it is durable. */
  compact(snapshot: unknown, keepFrom: number): void {
    const { writes } = this
    const needed = Math.min(keepFrom, this.#next)
    this.#compaction = { snapshot, keepFrom: needed, writes, saves: this.#saves }
    if (!this.#over) this.#compacting ??= this.#compactAll()
  }

  /** Makes everything durable that was written so far, and lets the files go. */
  async close(): Promise<void> {
    while (this.#running && !this.#over)
      await new Promise<void>((resolve) => this.#idle.push(resolve))
    await this.abandon()
    for (const name of [nextSegmentName, ...this.#late, ...this.#spares])
      await this.#files.remove(name)
  }

  /** Lets the files go as they are: what is not durable yet may or may not be found later. */
  async abandon(): Promise<void> {
    this.#over = true
    while (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve))
    await Promise.allSettled([this.#prepared, this.#compacting])
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
      await this.#roll(last?.bytes ?? 0)
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
      await this.#writeDue()
      const count = await this.#writeGroup()
      this.#durableWrites += count
      this.#pending = this.#pending.slice(count)
      if (!this.#over && count > 0)
        this.#options.onSynced(this.#durablePosition, this.#durableWrites)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#running = false
      if (this.#pending.length > 0 || this.#due !== undefined) this.#schedule()
      if (!this.#running) for (const idle of this.#idle.splice(0)) idle()
    }
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#options.onFailed(diskError(error))
  }

  /** Makes the entries before the next snapshot durable, or that snapshot; returns how many writes that were. */
  async #writeGroup(): Promise<number> {
    const [first] = this.#pending
    if (first === undefined) return 0
    if (first.kind === 'save') {
      await this.#writeSnapshot(first.snapshot, first.keepFrom)
      return 1
    }
    const entries: unknown[] = []
    for (const write of this.#pending) {
      if (write.kind !== 'append') break
      entries.push(write.entry)
    }
    const known = this.#options.encoded?.(entries)
    const frame = known === undefined ? encodeOwn(entries, this.#codec) : frameOf(known)
    await this.#writeFrame('entries', frame)
    this.#durablePosition += entries.length
    return entries.length
  }

  async #writeSnapshot(snapshot: unknown, keepFrom: number): Promise<void> {
    const content = await this.#writeFile(snapshot, () => !this.#over, nextTurn)
    if (content !== undefined) await this.#writeMarker({ ...content, keepFrom })
  }

  /** Writes the newest snapshot beside the log, and after that the one that is the newest then. Never rejects. */
  async #compactAll(): Promise<void> {
    try {
      for (let next = this.#compaction; next !== undefined; next = this.#compaction) {
        const { snapshot, keepFrom, writes, saves } = next
        const counts = (): boolean => !this.#over && this.#saves === saves
        const content = await this.#writeFile(snapshot, counts, rest)
        if (this.#compaction === next) this.#compaction = undefined
        if (this.#over) return
        if (content === undefined) continue
        this.#dueIs({ marker: { ...content, keepFrom }, writes })
        this.#schedule()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#compacting = undefined
    }
  }

  /** Makes a snapshot a durable file under its name, unless it does not count any more by then. */
  async #writeFile(
    snapshot: unknown,
    counts: () => boolean,
    pause: Pause,
  ): Promise<Omit<SnapshotMarker, 'keepFrom'> | undefined> {
    const file = snapshotName(this.#incarnation, ++this.#snapshotsWritten)
    const reserve = (bytes: number): void => this.#reserve(bytes)
    const content = await writeAside(this.#files, `${file}.new`, snapshot, {
      counts,
      pause,
      reserve,
    })
    if (counts()) {
      await this.#files.rename(`${file}.new`, file)
      await this.#files.syncDirectory()
      if (counts()) return { file, ...content }
      this.#late.push(file)
    } else this.#late.push(`${file}.new`)
    return undefined
  }

  /** Writes the marker of a snapshot beside the log, if there is one and what was written before it is durable. */
  async #writeDue(): Promise<void> {
    const due = this.#due
    if (due === undefined || due.writes > this.#durableWrites) return
    // Whatever is saved from here on stands behind it.
    this.#due = undefined
    await this.#writeMarker(due.marker)
  }

  /** A marker to write; the file of one that was not written yet does not count any more. */
  #dueIs(due: Due | undefined): void {
    if (this.#due !== undefined) this.#late.push(this.#due.marker.file)
    this.#due = due
  }

  /** From here on the snapshot counts, and what it replaces may go. */
  async #writeMarker(marker: SnapshotMarker): Promise<void> {
    await this.#writeFrame('snapshot', encodeOwn(marker, plain))
    const older = this.#snapshot
    this.#snapshot = { name: marker.file, bytes: marker.bytes }
    if (older !== undefined) this.#late.push(older.name)
    for (const name of this.#late.splice(0)) await this.#files.remove(name)
    await this.#removeBefore(marker.keepFrom)
  }

  /** Lets the segments go that hold no position from `keepFrom` on. The last one always stays. */
  async #removeBefore(keepFrom: number): Promise<void> {
    while (this.#segments.length > 1) {
      const [oldest, second] = this.#segments
      if (oldest === undefined || second === undefined || second.first > keepFrom) return
      const name = segmentName(oldest.number)
      if (oldest.isFull && this.#spares.length < sparesMax) {
        await this.#files.rename(name, `${name}.new`)
        this.#spares.push(`${name}.new`)
      } else await this.#files.remove(name)
      this.#segments.shift()
    }
  }

  /** Writes a payload that stands behind room for the header. */
  async #writeFrame(kind: FrameKind, frame: Uint8Array): Promise<void> {
    this.#reserve(frame.length)
    let segment = this.#segments.at(-1)
    if (segment !== undefined && segment.bytes + frame.length > this.#options.segmentBytes) {
      if (segment.bytes > segment.emptyBytes) await this.#roll(segment.bytes)
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
  async #roll(previousBytes: number): Promise<void> {
    await this.#prepared
    await this.#file?.close()
    this.#file = undefined
    const number = (this.#segments.at(-1)?.number ?? 0) + 1
    const first = this.#durablePosition + 1
    this.#mark = randomInt(1, 0xffff_ffff)
    const header = {
      number,
      mark: this.#mark,
      incarnation: this.#incarnation,
      first,
      previousBytes,
      isReused: this.#nextIsReused,
    }
    const file = await this.#files.open(nextSegmentName)
    this.#file = file
    const { shapes } = this.#codec
    const begin = [encodeSegmentHeader(header)]
    if (shapes.length > 0) begin.push(shapesFrame(shapes, this.#mark, first))
    const emptyBytes = begin.reduce((sum, { length }) => sum + length, 0)
    await file.write(begin, 0)
    await this.#files.rename(nextSegmentName, segmentName(number))
    await this.#files.syncDirectory()
    this.#segments.push({ number, first, bytes: emptyBytes, emptyBytes, isFull: true })
    this.#prepared = this.#prepareNext()
    // Whoever needs the segment awaits the same promise and sees the failure there.
    this.#prepared.catch(() => undefined)
  }

  async #prepareNext(): Promise<void> {
    const spare = this.#spares.pop()
    this.#nextIsReused = spare !== undefined
    if (spare !== undefined) return await this.#files.rename(spare, nextSegmentName)
    await this.#files.write(nextSegmentName, blankSegment(this.#options.segmentBytes))
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
