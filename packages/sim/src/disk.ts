import type { Saved } from '@lockstep/process'

type Write =
  | { readonly kind: 'append'; readonly entry: unknown }
  | { readonly kind: 'save'; readonly snapshot: unknown; readonly keepFrom: number }

/**
 * The disk of one simulated node. All writes have one order. A sync makes everything durable that
 * was written before it began, and a crash keeps some prefix of what was not durable yet.
 */
export class SimDisk {
  #snapshot: unknown
  #first = 0
  #entries: unknown[] = []
  #pending: Write[] = []
  #covered = 0
  #durableWrites = 0
  #next = 0

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
    this.#pending.push({ kind: 'save', snapshot, keepFrom })
  }

  beginSync(): void {
    this.#covered = this.#pending.length
  }

  finishSync(): void {
    this.#keep(this.#covered)
    this.#covered = 0
  }

  /** The process is gone; of the writes that were not durable the first `kept` reached the disk. */
  crash(kept: number): void {
    this.#keep(kept)
    this.#pending = []
    this.#covered = 0
    this.#next = this.#first + this.#entries.length
  }

  wipe(): void {
    this.#snapshot = undefined
    this.#first = 0
    this.#entries = []
    this.#pending = []
    this.#covered = 0
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
      if (write.kind === 'append') {
        this.#entries.push(write.entry)
      } else {
        this.#snapshot = write.snapshot
        const gone = Math.min(Math.max(0, write.keepFrom - this.#first), this.#entries.length)
        if (gone > 0) this.#entries = this.#entries.slice(gone)
        this.#first += gone
      }
    }
    if (count === pending.length) this.#pending = []
    else pending.splice(0, count)
    this.#durableWrites += count
  }
}
