import { afterAll, beforeAll, describe } from 'vitest'
import { sqliteOf, type TestDatabase } from '../sql/test-database.ts'
import { floorsHold } from './floor-suite.ts'

describe('floors in SQLite', () => {
  let database: TestDatabase
  beforeAll(() => {
    database = sqliteOf()
  })
  afterAll(() => database.close())
  floorsHold(() => database)
})
