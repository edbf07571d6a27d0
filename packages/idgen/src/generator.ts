import { IdError } from './id-error.ts'
import type { Signal } from './signal.ts'

/** How a caller waits for ids. */
export interface NextOptions {
  /** Ends the wait: the call rejects with the signal's reason, and takes no id. */
  readonly signal?: Signal
}

/** Gives ids, none of them twice. Every way to make ids here is one of these. */
export interface IdGenerator<Id> {
  /**
   * The next id. Waits where ids run out for a moment.
   *
   * @throws {IdError} where waiting would not help, or not soon.
   */
  next(options?: NextOptions): Promise<Id>
  /**
   * So many ids, in the order in which they were made.
   *
   * @throws {IdError} if not all can be had; those that were taken until then are given to nobody.
   */
  nextBatch(count: number, options?: NextOptions): Promise<readonly Id[]>
}

/** Gives ids without waiting for anybody else. */
export interface SyncIdGenerator<Id> extends IdGenerator<Id> {
  /**
   * The next id, at once.
   *
   * @throws {IdError} where `next` would wait; `retryAfterMs` says for how long.
   */
  nextSync(): Id
}

/** How many ids one batch can have: an array of more would stop everything else for too long. */
export const batchMax = 1_000_000

/**
 * Refuses a batch that is none.
 *
 * @throws {IdError} `invalid-option` unless `count` is a whole number from 0 to `batchMax`.
 */
export function checkBatch(count: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= batchMax) return
  const text = `a batch has 0 to ${batchMax} ids, not ${count}: ask for several batches`
  throw new IdError('invalid-option', text)
}
