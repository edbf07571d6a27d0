import type { Configuration } from './configuration.ts'
import { hashOf } from './hash.ts'
import { type Item, itemBytes, itemsOf, type State, sizeOf } from './kv/state.ts'
import type { LogIndex, Term } from './term.ts'

/** What the log up to an index comes to (§7). */
export interface Snapshot {
  /** The last entry that it covers. */
  readonly index: LogIndex
  readonly term: Term
  /** The members as of that entry (thesis §5.1). */
  readonly configuration: Configuration
  readonly state: State
}

/** A snapshot as it stands on disk, with the base of the log that was kept beside it: `base <= index`. */
export interface SavedSnapshot extends Snapshot {
  readonly base: LogIndex
  readonly baseTerm: Term
}

/**
 * How many entries are applied before the next snapshot is written: four times as many as the last one
 * had items, or `entriesMin` if that is more. So what all snapshots cost, shared out over the entries,
 * does not grow with the state: an entry never pays for more than a quarter of an item. And a restart
 * never reads many more than four entries an item.
 */
export function entriesBetween(entriesMin: number, itemsOfLast: number): number {
  return Math.max(entriesMin, 4 * itemsOfLast)
}

/**
 * How many entries are applied before the next snapshot is taken in memory: a tenth as many as the
 * last one has keys, or `entriesMin` if that is more. After each the store copies the pages that it
 * changes, so an entry pays for the places of ten keys at most, however many there are.
 */
export function entriesInMemory(entriesMin: number, keysOfLast: number): number {
  return Math.max(entriesMin, keysOfLast / 10)
}

/** A piece of a snapshot (figure 13): items of the state, counted from `offset`. */
export interface Chunk {
  readonly index: LogIndex
  readonly lastTerm: Term
  readonly configuration: Configuration
  readonly offset: number
  readonly items: readonly Item[]
  /** Whether it is the last one. */
  readonly done: boolean
  /** A hash of all the above. */
  readonly checksum: number
}

/** The piece from an offset on, of about so many bytes, but at least one item. */
export function chunkOf(snapshot: Snapshot, offset: number, bytesMax: number): Chunk {
  const { index, term, configuration, state } = snapshot
  const items: Item[] = []
  let bytes = 0
  for (const item of itemsOf(state, offset)) {
    bytes += itemBytes(item)
    if (bytes > bytesMax && items.length > 0) break
    items.push(item)
  }
  const done = offset + items.length >= sizeOf(state)
  return sealed({ index, lastTerm: term, configuration, offset, items, done })
}

/** A piece without items: it asks a follower how far it is. */
export function questionOf({ index, term, configuration }: Snapshot): Chunk {
  return sealed({ index, lastTerm: term, configuration, offset: 0, items: [], done: false })
}

/** Whether a piece is as it was sent. */
export function isIntact(chunk: Chunk): boolean {
  return chunk.checksum === checksumOf(chunk)
}

function sealed(parts: Omit<Chunk, 'checksum'>): Chunk {
  return { ...parts, checksum: checksumOf(parts) }
}

function checksumOf(parts: Omit<Chunk, 'checksum'>): number {
  const { index, lastTerm, configuration, offset, items, done } = parts
  return hashOf(JSON.stringify([index, lastTerm, configuration, offset, items, done])) >>> 0
}
