import type { SqlDatabase } from './sql-database.ts'

/** What is used of a client or pool of `pg`, and of PGlite. */
export interface PostgresClient {
  query(
    sql: string,
    values?: string[],
  ): Promise<{
    readonly rows: readonly unknown[]
    readonly rowCount?: number | null
    readonly affectedRows?: number
  }>
}

/** A PostgreSQL behind a client or pool of `pg`, or the embedded one of PGlite. */
export function postgresDatabase(client: PostgresClient): SqlDatabase {
  return {
    dialect: 'postgres',
    query: async (sql, values = []) => {
      const { rows, rowCount, affectedRows } = await client.query(sql, [...values])
      return {
        rows: rows as readonly Readonly<Record<string, unknown>>[],
        insertId: '',
        changed: affectedRows ?? rowCount ?? 0,
      }
    },
  }
}
