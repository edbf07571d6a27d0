import type { SqlDatabase } from './sql-database.ts'

/** What is used of a `DatabaseSync` of `node:sqlite`. */
export interface SqliteClient {
  prepare(sql: string): { all(...values: string[]): readonly unknown[] }
}

/**
 * A SQLite file, or memory, behind `node:sqlite`. Processes that share a file wait for each other as
 * the database's `timeout` says; past it the answer is `unavailable`.
 */
export function sqliteDatabase(client: SqliteClient): SqlDatabase {
  const prepared = new Map<string, ReturnType<SqliteClient['prepare']>>()
  return {
    dialect: 'sqlite',
    query: async (sql, values = []) => {
      const statement = prepared.get(sql) ?? client.prepare(sql)
      prepared.set(sql, statement)
      const rows = statement.all(...values) as readonly Readonly<Record<string, unknown>>[]
      return { rows, insertId: '', changed: 0 }
    },
  }
}
