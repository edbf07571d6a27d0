import { checkBatch, type NextOptions, type SyncIdGenerator } from '../generator.ts'
import { throwIfAborted } from '../signal.ts'
import type { Pace } from './pace.ts'

/** The ids of a generator in one of their forms. */
export class Written<Id> implements SyncIdGenerator<Id> {
  readonly #pace: Pace
  readonly #write: () => Id

  /** `write` gives the id that was claimed last. */
  constructor(pace: Pace, write: () => Id) {
    this.#pace = pace
    this.#write = write
  }

  nextSync(): Id {
    this.#pace.claim()
    return this.#write()
  }

  next(options?: NextOptions): Promise<Id> {
    return this.#pace.next(this.#write, options)
  }

  async nextBatch(count: number, { signal }: NextOptions = {}): Promise<readonly Id[]> {
    checkBatch(count)
    throwIfAborted(signal)
    const ids: Id[] = []
    while (ids.length < count) {
      if (this.#pace.tryClaim(true)) ids.push(this.#write())
      else await this.#pace.wait(signal)
    }
    return ids
  }
}
