import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSegments } from '../../src/segment/sql-segment-store.ts'
import { sqliteOf, type TestDatabase } from '../sql/test-database.ts'
import { segmentsHold } from './sql-suite.ts'

describe('segments in SQLite', () => {
  let database: TestDatabase
  beforeAll(() => {
    database = sqliteOf()
  })
  afterAll(() => database.close())
  segmentsHold(() => database)

  test('what cannot be is refused', async () => {
    const wrong = { code: 'invalid-option' }
    const create = (tag: string, step: number): Promise<void> =>
      createSegments({ database }, tag, { step })
    await expect(create('', 1)).rejects.toMatchObject(wrong)
    await expect(create('x'.repeat(129), 1)).rejects.toMatchObject(wrong)
    await expect(create('x', 0)).rejects.toMatchObject(wrong)
    await expect(create('x', 2 ** 31)).rejects.toMatchObject(wrong)
  })
})
