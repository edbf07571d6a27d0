import { mysqlDatabase, postgresDatabase, type SqlDatabase, sqliteDatabase } from '@lockstep/idgen'
import { UsageError } from '../cli/usage.ts'

/** A database that somebody opened. */
export interface IdDatabase {
  readonly database: SqlDatabase
  close(): Promise<void>
}

const connections = 4
/** How long processes that share a SQLite file wait for each other. */
const sqliteTimeoutMs = 5_000

/** Opens the database that a URL names. Each driver is loaded only when it is needed. */
export async function openIdDatabase(url: string): Promise<IdDatabase> {
  const [, scheme, rest = ''] = /^(sqlite|postgres|postgresql|mysql|mariadb):(.+)$/.exec(url) ?? []
  if (scheme === 'sqlite') {
    const { DatabaseSync } = await import('node:sqlite')
    const client = new DatabaseSync(rest, { timeout: sqliteTimeoutMs })
    return { database: sqliteDatabase(client), close: async () => client.close() }
  }
  if (scheme === 'mysql' || scheme === 'mariadb') {
    const { createPool } = await import('mysql2/promise')
    const pool = createPool({ uri: `mysql:${rest}`, connectionLimit: connections })
    return { database: mysqlDatabase(pool), close: () => pool.end() }
  }
  if (scheme === undefined) {
    throw new UsageError(
      `'${url}' names no database. Write sqlite:FILE, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE.`,
    )
  }
  const { Pool } = await import('pg')
  const pool = new Pool({ connectionString: url, max: connections })
  // A connection that breaks while nobody uses it is replaced; calls tell of those that matter.
  pool.on('error', () => {})
  return { database: postgresDatabase(pool), close: () => pool.end() }
}
