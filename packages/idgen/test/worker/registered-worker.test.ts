import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IdError, registeredWorker, Snowflake, type WorkerRegistry } from '@lockstep/idgen'
import { FileWorkerMemory } from '@lockstep/idgen/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SqlWorkerRegistry } from '../../src/worker/sql-worker-registry.ts'
import { sqliteOf, type TestDatabase } from '../sql/test-database.ts'
import { repeated } from '../uniqueness.ts'
import { registriesHold } from './registry-suite.ts'

describe('a registry in SQLite', () => {
  let database: TestDatabase
  beforeAll(() => {
    database = sqliteOf()
  })
  afterAll(() => database.close())
  registriesHold(() => database)
})

describe('a registered worker id', () => {
  const node = '10.0.0.7:7180'
  const down: WorkerRegistry = {
    register: () => Promise.reject(new IdError('unavailable', 'the registry is down')),
  }
  let directory: string
  let database: TestDatabase
  let registry: SqlWorkerRegistry
  let memory: FileWorkerMemory
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-registered-'))
    database = sqliteOf()
    registry = new SqlWorkerRegistry({ database })
    await registry.create()
    memory = new FileWorkerMemory(join(directory, 'worker.json'))
  })
  afterEach(async () => {
    await database.close()
    await rm(directory, { recursive: true })
  })

  test('is remembered for starts while the registry is down, and its ids go on', async () => {
    const ids: bigint[] = []
    for (const asked of [registry, down, registry]) {
      const worker = await registeredWorker({ registry: asked, memory, node })
      expect(worker).toMatchObject({ workerId: 0 })
      const generator = await Snowflake.open({ worker })
      ids.push(...(await generator.nextBatch(1_000)))
      await generator.close()
    }
    expect(repeated(ids)).toEqual([])
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)))
  })

  test('is not guessed by a node that remembers nothing', async () => {
    const opening = registeredWorker({ registry: down, memory, node })
    await expect(opening).rejects.toMatchObject({ code: 'unavailable' })
  })

  test.for(['the registry', 'the memory'])(
    'a clock behind the mark of %s stops the start',
    async (which) => {
      const first = await registeredWorker({ registry, memory, node })
      const inAnHour = Date.now() + 3_600_000
      await first.mark?.save(inAnHour)
      if (which === 'the registry') await rm(join(directory, 'worker.json'))
      const worker = await registeredWorker({
        registry: which === 'the registry' ? registry : down,
        memory,
        node,
      })
      expect(await worker.mark?.load()).toBe(inAnHour)
      const opening = Snowflake.open({ worker, waitMaxMs: 0 }).then((made) => made.nextSync())
      await expect(opening).rejects.toMatchObject({ code: 'clock-behind' })
    },
  )

  test('a memory of another node, or of another number, is refused', async () => {
    await memory.save({ node: 'other', workerId: 0, markMs: undefined })
    const wrong = { code: 'invalid-option' }
    await expect(registeredWorker({ registry, memory, node })).rejects.toMatchObject(wrong)
    await memory.save({ node, workerId: 5, markMs: undefined })
    await expect(registeredWorker({ registry, memory, node })).rejects.toMatchObject(wrong)
  })

  test.for([
    '',
    '{',
    'null',
    '{"node":1,"workerId":0}',
    '{"node":"a","workerId":-1}',
    '{"node":"a","workerId":0,"markMs":"x"}',
  ])('a damaged memory is refused: %j', async (text) => {
    await writeFile(join(directory, 'worker.json'), text)
    const opening = registeredWorker({ registry, memory, node })
    await expect(opening).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not hold a worker'),
    })
  })
})
