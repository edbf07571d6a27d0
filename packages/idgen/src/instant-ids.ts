/** What generators do for callers who would wait, where ids can be made at any time. */
import { checkBatch, type NextOptions } from './generator.ts'
import type { IdObserver } from './observer.ts'
import { throwIfAborted } from './signal.ts'

/** The next id, unless the signal has come. */
export async function nextNow(
  nextSync: () => string,
  { signal }: NextOptions = {},
): Promise<string> {
  throwIfAborted(signal)
  return nextSync()
}

/** So many ids, told to the observer together. */
export async function batchNow(
  make: () => string,
  observer: IdObserver | undefined,
  count: number,
  { signal }: NextOptions = {},
): Promise<readonly string[]> {
  checkBatch(count)
  throwIfAborted(signal)
  const ids = Array.from({ length: count }, make)
  observer?.issued?.(count)
  return ids
}
