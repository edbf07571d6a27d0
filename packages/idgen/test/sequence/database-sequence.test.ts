import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSequence, DatabaseSequence } from '../../src/sequence/database-sequence.ts'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'
import { sqliteOf, type TestDatabase } from '../sql/test-database.ts'
import { repeated } from '../uniqueness.ts'
import { sequencesHold, takenBy } from './suite.ts'

describe('a sequence in SQLite', () => {
  let database: TestDatabase
  beforeAll(() => {
    database = sqliteOf()
  })
  afterAll(() => database.close())
  sequencesHold(() => database, 50)
})

describe('a sequence', () => {
  /** A database that reads what a row holds and then writes it, as programs without a single statement do. */
  function readThenWrite(database: SqlDatabase): SqlDatabase {
    return {
      ...database,
      query: async (sql, values = []) => {
        if (!sql.startsWith('update')) return database.query(sql, values)
        const [count = '', name = ''] = values
        const select = `select cast(last_id as text) as last_id from lockstep_sequences where name = ?`
        const { rows } = await database.query(select, [name])
        const last = String(BigInt(String(rows[0]?.['last_id'])) + BigInt(count))
        const write = `update lockstep_sequences set last_id = cast(? as integer) where name = ?`
        await database.query(write, [last, name])
        return { rows: [{ last_id: last }], insertId: '', changed: 1 }
      },
    }
  }

  test('whose ids are read first and written then repeats them, and that is found', async () => {
    const database = sqliteOf()
    const broken = readThenWrite(database)
    await createSequence({ database, name: 's' })
    const takers = [[3, 2], [4]]
    expect(repeated(await takenBy(broken, 's', takers)).length).toBeGreaterThan(0)
    await database.close()
  })

  test('refuses what cannot be', async () => {
    const database = sqliteOf()
    const wrong = { code: 'invalid-option' }
    const create = (name: string, shape?: object): Promise<void> =>
      createSequence({ database, name }, shape)
    await expect(create('')).rejects.toMatchObject(wrong)
    await expect(create('x'.repeat(129))).rejects.toMatchObject(wrong)
    await expect(create('x', { step: 0n })).rejects.toMatchObject(wrong)
    await expect(create('x', { start: -1n })).rejects.toMatchObject(wrong)
    await expect(create('x', { start: 2n, highest: 1n })).rejects.toMatchObject(wrong)
    await expect(create('x', { highest: 2n ** 63n })).rejects.toMatchObject(wrong)
    const table = 'a; drop table b'
    expect(() => new DatabaseSequence({ database, name: 'x', table })).toThrow(
      /cannot name a table/,
    )
    await createSequence({ database, name: 'x' })
    const sequence = new DatabaseSequence({ database, name: 'x' })
    await expect(sequence.nextBatch(-1)).rejects.toMatchObject(wrong)
    expect(await sequence.nextBatch(0)).toEqual([])
    await database.close()
  })

  test('says what a database said that does not answer', async () => {
    const said = new Error('connection refused')
    const refused: string[] = []
    const sequence = new DatabaseSequence({
      database: { dialect: 'sqlite', query: () => Promise.reject(said) },
      name: 'x',
      observer: { refused: (code) => refused.push(code) },
    })
    await expect(sequence.next()).rejects.toMatchObject({ code: 'unavailable', cause: said })
    expect(refused).toEqual(['unavailable'])
  })

  test('tells the observer what it gave and how long it asked', async () => {
    const database = sqliteOf()
    await createSequence({ database, name: 'x' })
    let now = 0
    const told: string[] = []
    const sequence = new DatabaseSequence({
      database,
      name: 'x',
      clock: { elapsed: () => (now += 5) },
      observer: {
        issued: (count) => told.push(`issued ${count}`),
        loaded: (afterMs) => told.push(`loaded ${afterMs}`),
      },
    })
    await sequence.nextBatch(3)
    await sequence.next()
    expect(told).toEqual(['loaded 5', 'loaded 5', 'issued 3', 'loaded 5', 'issued 1'])
    await database.close()
  })

  test('waits no longer than its caller', async () => {
    const never: SqlDatabase = { dialect: 'sqlite', query: () => new Promise(() => {}) }
    const leaving = new AbortController()
    const next = new DatabaseSequence({ database: never, name: 'x' }).next({
      signal: leaving.signal,
    })
    leaving.abort('enough')
    await expect(next).rejects.toBe('enough')
    const failing: SqlDatabase = { dialect: 'sqlite', query: () => Promise.reject(new Error()) }
    const late = new DatabaseSequence({ database: failing, name: 'x' })
    await expect(late.next({ signal: leaving.signal })).rejects.toBe('enough')
  })
})
