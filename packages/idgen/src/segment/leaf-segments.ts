import type { Milliseconds } from '@lockstep/process'
import { IdError } from '../id-error.ts'
import { systemClock } from '../platform.ts'
import { Ending } from '../signal.ts'
import { SegmentIds, type SegmentSettings } from './segment-ids.ts'

/** How all tags of a store are served. */
export interface LeafSegmentsOptions extends SegmentSettings {
  /** How often the tags are read again; 60,000 unless told otherwise. */
  readonly refreshEveryMs?: Milliseconds
}

const refreshDefaultMs: Milliseconds = 60_000

/**
 * All tags of a store, as Leaf serves them: tags that are added while it runs are found within a
 * minute, and those that are removed give no further ids. Close it when it is done.
 */
export class LeafSegments {
  readonly #settings: LeafSegmentsOptions
  readonly #tags = new Map<string, SegmentIds>()
  readonly #ending = new Ending()

  private constructor(settings: LeafSegmentsOptions) {
    this.#settings = settings
  }

  /** Reads the tags. Rejects with an `IdError` when that fails. */
  static async open(settings: LeafSegmentsOptions): Promise<LeafSegments> {
    const leaf = new LeafSegments(settings)
    await leaf.refresh()
    void leaf.#keepFresh()
    return leaf
  }

  /** The tags that there were when the store was read last. */
  tags(): readonly string[] {
    return [...this.#tags.keys()]
  }

  /**
   * The ids of a tag.
   *
   * @throws {IdError} `no-such-sequence` if there was none when the store was read last.
   */
  tag(name: string): SegmentIds {
    const ids = this.#tags.get(name)
    if (ids !== undefined) return ids
    throw new IdError('no-such-sequence', `there is no tag '${name}': refresh() reads new ones`)
  }

  /** Reads the tags again. */
  async refresh(): Promise<void> {
    const steps = await this.#settings.store.tags()
    if (this.#ending.aborted) return
    for (const [name, ids] of this.#tags) {
      if (steps.has(name)) continue
      ids.close(new IdError('no-such-sequence', `tag '${name}' was removed from the store`))
      this.#tags.delete(name)
    }
    for (const name of steps.keys()) {
      if (!this.#tags.has(name))
        this.#tags.set(name, new SegmentIds({ ...this.#settings, tag: name }))
    }
  }

  /** Gives no further ids, and asks the store for nothing more. */
  close(): void {
    this.#ending.end()
    for (const ids of this.#tags.values()) {
      ids.close(new IdError('unavailable', `tag '${ids.tag}' is not served any more`))
    }
    this.#tags.clear()
  }

  async #keepFresh(): Promise<void> {
    const { clock = systemClock, refreshEveryMs = refreshDefaultMs } = this.#settings
    const options = { signal: this.#ending, background: true }
    while (!this.#ending.aborted) {
      try {
        await clock.sleep(refreshEveryMs, options)
        await this.refresh()
      } catch {
        // Closed, or the store is down: the tags stay what they are until it answers again.
      }
    }
  }
}
