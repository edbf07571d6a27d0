import { afterAll, beforeAll, describe } from 'vitest'
import { SqlWorkerLeases } from '../../src/worker/sql-worker-leases.ts'
import { sqliteOf, type TestDatabase } from '../sql/test-database.ts'
import { expires, leasesHold, type OpenLeases } from './suite.ts'

describe('worker ids from SQLite', () => {
  let database: TestDatabase
  let tables = 0
  const open: OpenLeases = async (workers) => {
    const table = `workers_${++tables}`
    const leases = new SqlWorkerLeases({ database, table, workers, leaseMs: 300 })
    await leases.create()
    return leases
  }
  beforeAll(() => {
    database = sqliteOf()
  })
  afterAll(() => database.close())
  leasesHold(open)
  expires(open)
})
