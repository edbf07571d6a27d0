import { PGlite } from '@electric-sql/pglite'
import { type RunningServer, startServer } from '@lockstep/servers'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { mysqlDatabase } from '../../src/sql/mysql.ts'
import { postgresDatabase } from '../../src/sql/postgres.ts'
import type { TestDatabase } from '../sql/test-database.ts'

/** A server and a pool of connections to it, in the driver that people use. */
export interface Served {
  readonly server: RunningServer
  readonly database: TestDatabase
}

const pools: Readonly<Record<'postgres' | 'mariadb', (url: string) => TestDatabase>> = {
  postgres: (url) => {
    const pool = new Pool({ connectionString: url, max: 4 })
    // A connection that lies idle while the server is killed says so here.
    pool.on('error', () => {})
    return { ...postgresDatabase(pool), close: () => pool.end() }
  },
  mariadb: (url) => {
    const pool = createPool({ uri: url, connectionLimit: 4 })
    return { ...mysqlDatabase(pool), close: () => pool.end() }
  },
}

/** Starts a server before the tests of a suite, and stops it after them. */
export function ofServer(kind: 'postgres' | 'mariadb'): Served {
  let server: RunningServer
  let database: TestDatabase
  beforeAll(async () => {
    server = await startServer(kind)
    database = pools[kind](server.url)
  })
  afterAll(async () => {
    await database.close()
    await server.stop()
  })
  return {
    get server() {
      return server
    },
    get database() {
      return database
    },
  }
}

/** The embedded PostgreSQL. It needs no server, but as long for its start as one. */
export async function pglite(): Promise<TestDatabase> {
  const client = await PGlite.create()
  return { ...postgresDatabase(client), close: () => client.close() }
}
