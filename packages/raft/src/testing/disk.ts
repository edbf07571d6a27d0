import type { NodeId, Saved } from '@lockstep/process'
import type { Entry } from '../command.ts'
import type { WalEntry } from '../persistent-state.ts'
import type { SavedSnapshot } from '../snapshot.ts'
import { asIndex, asTerm } from '../term.ts'

/** What a node did to its disk. */
type Write =
  | { readonly append: WalEntry }
  | { readonly save: SavedSnapshot; readonly keepFrom: number }

/** A disk in memory: what was written stays apart from what is durable until it is synced. */
export class Disk {
  /** The durable records; `records[0]` stands at position `first`. */
  records: WalEntry[]
  /** The position of the first record. */
  first = 0
  /** The durable snapshot. */
  snapshot: SavedSnapshot | undefined
  #unsynced: Write[] = []
  #compaction: { readonly snapshot: SavedSnapshot; readonly keepFrom: number } | undefined
  #next: number

  constructor(records: readonly WalEntry[] = []) {
    this.records = [...records]
    this.#next = this.records.length
  }

  /** Whether all that was written is durable. */
  get isSynced(): boolean {
    return this.#unsynced.length === 0
  }

  /** The position of the last record that was written; -1 on a fresh disk. */
  get last(): number {
    return this.#next - 1
  }

  /** Writes a record, and returns its position. */
  append(record: WalEntry): number {
    this.#unsynced.push({ append: record })
    return this.#next++
  }

  /** Writes a snapshot, which lets the records before a position go. */
  save(snapshot: SavedSnapshot, keepFrom: number): void {
    this.#compaction = undefined
    this.#unsynced.push({ save: snapshot, keepFrom })
  }

  /** Writes a snapshot beside the records, for which nothing waits. */
  compact(snapshot: SavedSnapshot, keepFrom: number): void {
    this.#compaction = { snapshot, keepFrom }
  }

  /** Makes all that was written durable, in its order. */
  sync(): void {
    for (const write of this.#unsynced) {
      if ('append' in write) this.records.push(write.append)
      else this.#replace(write.save, write.keepFrom)
    }
    this.#unsynced = []
  }

  /** Makes the snapshot beside the records durable, if there is one; all that was written before it is. */
  settle(): void {
    if (this.#compaction === undefined) return
    const { snapshot, keepFrom } = this.#compaction
    this.#compaction = undefined
    this.#replace(snapshot, keepFrom)
  }

  /** Loses what is not durable, as a crash does. */
  crash(): void {
    this.#unsynced = []
    this.#compaction = undefined
    this.#next = this.first + this.records.length
  }

  /** What a node finds here when it starts. */
  saved(): Saved<WalEntry, SavedSnapshot> {
    return { snapshot: this.snapshot, first: this.first, entries: this.records.slice() }
  }

  #replace(snapshot: SavedSnapshot, keepFrom: number): void {
    this.snapshot = snapshot
    this.records = this.records.slice(keepFrom - this.first)
    this.first = keepFrom
  }
}

/**
 * The records of a log whose entries have these terms, of a node that is in this term and voted so.
 *
 * Without a term it is that of the last entry; the entries are no-ops.
 */
export function diskOf(
  terms: readonly number[],
  term: number = terms.at(-1) ?? 0,
  votedFor: NodeId | null = null,
): WalEntry[] {
  const entries = terms.map((of, i) => entryOf(i + 1, of))
  return term === 0 ? entries : [{ type: 'vote', term: asTerm(term), votedFor }, ...entries]
}

/** A no-op of that term at that index. */
export function entryOf(index: number, term: number): Entry {
  const command = { type: 'noop' } as const
  return { type: 'entry', index: asIndex(index), term: asTerm(term), time: 0, command }
}
