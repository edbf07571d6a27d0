import { expect, test } from 'vitest'
import { SqlRedisFloor } from '../../src/redis/redis-floor.ts'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'

/** What holds of a floor in every database. */
export function floorsHold(database: () => SqlDatabase): void {
  test('a floor rises, and only for the era that is now', async () => {
    const floor = new SqlRedisFloor({ database: database() })
    await floor.create()
    const high = 20_261_124_0000000100n
    expect(await floor.begin('rising')).toEqual({ era: 1, bound: 0n })
    expect(await floor.raise('rising', 1, high)).toBe(true)
    expect(await floor.raise('rising', 1, high - 1n)).toBe(true)
    expect(await floor.begin('rising')).toEqual({ era: 2, bound: high })
    expect(await floor.raise('rising', 1, high + 1n)).toBe(false)
    expect(await floor.raise('rising', 1, high - 1n)).toBe(false)
    expect(await floor.raise('rising', 2, high + 1n)).toBe(true)
    expect(await floor.raise('nobody', 1, 1n)).toBe(false)
  })

  test('eras that begin at once are different ones', async () => {
    const floors = Array.from({ length: 4 }, () => new SqlRedisFloor({ database: database() }))
    const eras = await Promise.all(floors.map((floor) => floor.begin('contended')))
    expect(new Set(eras.map(({ era }) => era))).toEqual(new Set([1, 2, 3, 4]))
  })

  test('a table that is not there has a remedy', async () => {
    const floor = new SqlRedisFloor({ database: database(), table: 'no_such_floors' })
    await expect(floor.begin('x')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('create() makes their table'),
    })
  })
}
