import type { RunningServer } from '@lockstep/servers'
import { expect } from 'vitest'
import type { IdGenerator } from '../../src/generator.ts'
import { repeated } from '../uniqueness.ts'

const takers = 4
const batch = 3
const enough = 300
const withinMs = 20_000

/**
 * Some callers take ids while the server is killed and started again on the same data. Throws when an
 * id was given twice, or when something else than `unavailable` was said.
 */
export async function throughACrash(
  server: RunningServer,
  generator: IdGenerator<bigint>,
): Promise<readonly bigint[]> {
  const ids: bigint[] = []
  const failures: unknown[] = []
  const over = new AbortController()
  const taking = Array.from({ length: takers }, async () => {
    while (!over.signal.aborted) {
      try {
        ids.push(...(await generator.nextBatch(batch)))
      } catch (error) {
        failures.push((error as { code?: unknown }).code)
        // What cannot connect fails at once, and would take the processor from the server's start.
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  })
  try {
    await expect.poll(() => ids.length, { timeout: withinMs }).toBeGreaterThan(enough)
    await server.kill()
    await expect.poll(() => failures.length, { timeout: withinMs }).toBeGreaterThan(0)
    await server.restart()
    const before = ids.length
    await expect.poll(() => ids.length, { timeout: withinMs }).toBeGreaterThan(before + enough)
  } finally {
    over.abort()
    await Promise.all(taking)
  }
  const twice = repeated(ids)
  if (twice.length > 0) throw new Error(`${twice.length} of ${ids.length} ids were given twice`)
  return ids
}
