/**
 * Runs what must throw; the trace has seen it. Throws `RangeError` if it does not.
 *
 * @example
 * ```ts
 * import { refused } from '@lockstep/patterns/lab/experiments/refused'
 *
 * refused(() => JSON.parse('no'))
 * ```
 */
export function refused(attempt: () => unknown): void {
  try {
    attempt()
  } catch {
    return
  }
  throw new RangeError('it was let through')
}

/**
 * Waits for what must reject. Rejects with `RangeError` if it does not.
 *
 * @example
 * ```ts
 * import { rejected } from '@lockstep/patterns/lab/experiments/refused'
 *
 * await rejected(Promise.reject(new Error('no')))
 * ```
 */
export async function rejected(attempt: Promise<unknown>): Promise<void> {
  const [{ status }] = await Promise.allSettled([attempt])
  if (status === 'fulfilled') throw new RangeError('it was let through')
}
