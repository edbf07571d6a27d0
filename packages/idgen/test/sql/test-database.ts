import { DatabaseSync } from 'node:sqlite'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'
import { sqliteDatabase } from '../../src/sql/sqlite.ts'

/** A database of a test, closed by whoever opened it. */
export interface TestDatabase extends SqlDatabase {
  close(): Promise<void>
}

/** A SQLite in memory, or in a file. */
export function sqliteOf(path = ':memory:'): TestDatabase {
  const client = new DatabaseSync(path)
  return { ...sqliteDatabase(client), close: async () => client.close() }
}
