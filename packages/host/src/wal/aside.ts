import type { Milliseconds } from '@lockstep/process'
import { notPlain } from '../host-error.ts'
import { encodeInSlices } from '../slices.ts'
import { checksumOn } from './checksum.ts'
import type { Files } from './files.ts'
import type { SnapshotContent } from './snapshot.ts'

/** So much of a snapshot is encoded in one turn: a millisecond or less, once its code is compiled. */
const sliceBytes = 64 * 1024
/** What takes longer ends the turn, however little it is: the first slices of a node do, above all on a slow machine. */
const sliceMs: Milliseconds = 4
/** So much of it is written at a time, since every write is a sync, and the log's own writes share the disk with it. */
const asideBytes = 1 << 20
/** Where nothing waits for a snapshot, each slice is followed by a rest of so many times what it took. */
const restsPerSlice = 3

/** What comes between two slices, of which the last took so long. */
export type Pause = (took: Milliseconds) => Promise<void>

/** Whoever came up meanwhile has its turn. */
export const nextTurn: Pause = () => new Promise((resolve) => setImmediate(resolve))

/** Leaves the time to others, for longer than the slice took. */
export const rest: Pause = (took) =>
  new Promise((resolve) => setTimeout(resolve, Math.ceil(restsPerSlice * took)))

/** How a snapshot is written. */
export interface AsideOptions {
  /** Whether it counts still. */
  readonly counts: () => boolean
  readonly pause: Pause
  /** Throws when the disk may not take so many bytes. */
  readonly reserve: (bytes: number) => void
}

/**
 * Writes a snapshot to a file of its own, encoded a slice at a time: between two slices the node does
 * what has come up meanwhile, so that a large snapshot does not stop it. Ends early when it does not
 * count any more.
 */
export async function writeAside(
  files: Files,
  name: string,
  snapshot: unknown,
  { counts, pause, reserve }: AsideOptions,
): Promise<SnapshotContent> {
  await files.write(name, [])
  const file = await files.open(name)
  const content = { bytes: 0, checksum: 0 }
  try {
    let parts: Uint8Array[] = []
    let size = 0
    let slice = 0
    let begun = performance.now()
    const flush = async (): Promise<void> => {
      reserve(content.bytes + size)
      await file.write(parts, content.bytes)
      content.bytes += size
      parts = []
      size = 0
    }
    for (const part of slicesOf(snapshot)) {
      const isFull = slice > 0 && slice + part.length > sliceBytes
      if (isFull || performance.now() - begun > sliceMs) {
        slice = 0
        await pause(performance.now() - begun)
        if (size >= asideBytes) await flush()
        begun = performance.now()
      }
      if (!counts()) return content
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

function* slicesOf(snapshot: unknown): Generator<Uint8Array> {
  try {
    yield* encodeInSlices(snapshot, sliceBytes)
  } catch (error) {
    throw notPlain(error)
  }
}
