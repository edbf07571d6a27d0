import fc from 'fast-check'

/** Whether a property falls within 1000 runs from a fixed seed: what it must do on a mutant. */
export function caught(property: fc.IRawProperty<unknown>): boolean {
  const details = fc.check(property, { numRuns: 1000, seed: 5 })
  if (details instanceof Promise) throw new Error('an asynchronous property: use caughtAsync')
  return details.failed
}

/** Whether an asynchronous property falls within 300 runs from a fixed seed. */
export async function caughtAsync(property: fc.IAsyncProperty<unknown>): Promise<boolean> {
  return (await fc.check(property, { numRuns: 300, seed: 5 })).failed
}
