import type { Saved } from '@lockstep/process'

type Write =
  | { readonly kind: 'append'; readonly entry: unknown }
  | { readonly kind: 'save'; readonly snapshot: unknown; readonly keepFrom: number }

/** A snapshot that is written beside the log. */
interface Compaction {
  readonly snapshot: unknown
  readonly keepFrom: number
  /** How many syncs must begin and finish until it is durable. */
  syncs: number
}

/**
 * The disk of one simulated node. All writes have one order. A sync makes everything durable that
 * was written before it began, and a crash keeps some prefix of what was not durable yet. A snapshot
 * that only compacts the log becomes durable some syncs later, and with a crash before that is gone.
 */
export class SimDisk {
  #snapshot: unknown
  #first = 0
  #entries: unknown[] = []
  #pending: Write[] = []
  #covered = 0
  #durableWrites = 0
  #next = 0
  #compaction: Compaction | undefined
  /** The one that the sync under way is counted for. */
  #covering: Compaction | undefined

  /** Counts all writes ever made. */
  get writes(): number {
    return this.#durableWrites + this.#pending.length
  }

  /** Counts the writes that are durable. */
  get durableWrites(): number {
    return this.#durableWrites
  }

  get unsynced(): number {
    return this.#pending.length
  }

  /** Whether a sync is under way. */
  get syncing(): boolean {
    return this.#covered > 0
  }

  /** The last durable position, or one below the first when the log is empty. */
  get durablePosition(): number {
    return this.#first + this.#entries.length - 1
  }

  append(entry: unknown): number {
    this.#pending.push({ kind: 'append', entry })
    return this.#next++
  }

  save(snapshot: unknown, keepFrom: number): void {
    this.#compaction = undefined
    this.#pending.push({ kind: 'save', snapshot, keepFrom })
  }

  /** Saves a snapshot beside the log, durable with the end of the sync that is the `syncs`-th to begin from now on. */
  compact(snapshot: unknown, keepFrom: number, syncs: number): void {
    this.#compaction = { snapshot, keepFrom, syncs }
  }

  beginSync(): void {
    this.#covered = this.#pending.length
    this.#covering = this.#compaction
  }

  finishSync(): void {
    this.#keep(this.#covered)
    this.#covered = 0
    const covering = this.#covering
    this.#covering = undefined
    if (covering === undefined || covering !== this.#compaction || --covering.syncs > 0) return
    this.#compaction = undefined
    this.#replace(covering.snapshot, covering.keepFrom)
  }

  /** The process is gone; of the writes that were not durable the first `kept` reached the disk. */
  crash(kept: number): void {
    this.#keep(kept)
    this.#pending = []
    this.#covered = 0
    this.#compaction = undefined
    this.#next = this.#first + this.#entries.length
  }

  wipe(): void {
    this.#snapshot = undefined
    this.#first = 0
    this.#entries = []
    this.#pending = []
    this.#covered = 0
    this.#compaction = undefined
    this.#durableWrites = 0
    this.#next = 0
  }

  saved(): Saved<unknown, unknown> {
    return { snapshot: this.#snapshot, first: this.#first, entries: this.#entries.slice() }
  }

  #keep(count: number): void {
    const pending = this.#pending
    for (let i = 0; i < count; i++) {
      const write = pending[i] as Write
      if (write.kind === 'append') this.#entries.push(write.entry)
      else this.#replace(write.snapshot, write.keepFrom)
    }
    if (count === pending.length) this.#pending = []
    else pending.splice(0, count)
    this.#durableWrites += count
  }

  #replace(snapshot: unknown, keepFrom: number): void {
    this.#snapshot = snapshot
    const gone = Math.min(Math.max(0, keepFrom - this.#first), this.#entries.length)
    if (gone > 0) this.#entries = this.#entries.slice(gone)
    this.#first += gone
  }
}
