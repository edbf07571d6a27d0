import { expect, test } from 'vitest'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'
import { SqlWorkerRegistry } from '../../src/worker/sql-worker-registry.ts'

/** What holds of a registry in every database. */
export function registriesHold(database: () => SqlDatabase): void {
  test('every node has a number of its own, for ever, until there are no more', async () => {
    const table = 'nodes_of_five'
    const open = (): SqlWorkerRegistry =>
      new SqlWorkerRegistry({ database: database(), table, workers: 5 })
    await open().create()
    const nodes = ['a', 'b', 'c', 'd', 'e']
    const given = await Promise.all(nodes.map((node) => open().register(node)))
    expect(new Set(given.map(({ workerId }) => workerId))).toEqual(new Set([0, 1, 2, 3, 4]))
    const again = await Promise.all(nodes.map((node) => open().register(node)))
    expect(again.map(({ workerId }) => workerId)).toEqual(given.map(({ workerId }) => workerId))
    await expect(open().register('f')).rejects.toMatchObject({ code: 'exhausted' })
  })

  test('nodes that come at one moment each get a number', async () => {
    const registry = new SqlWorkerRegistry({ database: database(), table: 'nodes_at_once' })
    await registry.create()
    const nodes = Array.from({ length: 100 }, (_, k) => `node ${k}`)
    const given = await Promise.all(nodes.map((node) => registry.register(node)))
    const numbers = given.map(({ workerId }) => workerId)
    expect(numbers.toSorted((a, b) => a - b)).toEqual(nodes.map((_, k) => k))
  })

  test('a mark is kept for its node', async () => {
    const registry = new SqlWorkerRegistry({ database: database() })
    await registry.create()
    const { mark } = await registry.register('marked')
    expect(await mark.load()).toBeUndefined()
    await mark.save(1_764_000_000_000.5)
    expect(await (await registry.register('marked')).mark.load()).toBe(1_764_000_000_001)
    expect(await (await registry.register('other')).mark.load()).toBeUndefined()
  })
}
