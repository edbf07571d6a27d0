import { IdError } from '../id-error.ts'
import type { HighWaterMark } from '../high-water-mark.ts'
import { sqlFailure } from '../sql/failure.ts'
import { identifier } from '../sql/identifier.ts'
import type { SqlDatabase, SqlDialect, SqlResult, SqlValue } from '../sql/sql-database.ts'
import { leaseSettings } from './lease-settings.ts'
import type { WorkerRegistry } from './registered-worker.ts'

const defaultTable = 'lockstep_nodes'

/** The statements over one table of nodes. */
interface Statements {
  readonly createTable: string
  /** Values: node. */
  readonly look: string
  /** The number behind the highest that was given. */
  readonly unused: string
  /** Values: node, how many workers there may be. It adds nothing when the node or its number is there. */
  readonly add: string
  /** Values: the mark, node. */
  readonly saveMark: string
}

const createTable = (table: string, text: string): string =>
  `create table if not exists ${table} (
    node ${text} not null primary key, worker_id int not null unique, mark_ms bigint)`
const unused = (table: string): string =>
  `select coalesce(max(worker_id) + 1, 0) as worker_id from ${table}`
const adding = (table: string, node: string, workers: string): string =>
  `into ${table} (node, worker_id) select ${node}, coalesce(max(worker_id) + 1, 0) from ${table}
    having coalesce(max(worker_id) + 1, 0) < ${workers}`

const statements: Readonly<Record<SqlDialect, (table: string) => Statements>> = {
  postgres: (table) => ({
    createTable: createTable(table, 'varchar(128)'),
    look: `select worker_id, mark_ms from ${table} where node = $1`,
    unused: unused(table),
    add: `insert ${adding(table, '$1', '$2::int')} on conflict do nothing`,
    saveMark: `update ${table} set mark_ms = $1::bigint where node = $2`,
  }),
  sqlite: (table) => ({
    createTable: createTable(table, 'text'),
    look: `select worker_id, mark_ms from ${table} where node = ?`,
    unused: unused(table),
    add: `insert ${adding(table, '?', 'cast(? as integer)')} on conflict do nothing`,
    saveMark: `update ${table} set mark_ms = cast(? as integer) where node = ?`,
  }),
  mysql: (table) => ({
    createTable: createTable(table, 'varchar(128) character set utf8mb4 collate utf8mb4_bin'),
    look: `select worker_id, mark_ms from ${table} where node = ?`,
    unused: unused(table),
    add: `insert ignore ${adding(table, '?', 'cast(? as signed)')}`,
    saveMark: `update ${table} set mark_ms = cast(? as signed) where node = ?`,
  }),
}

/** Where the nodes are kept. */
export interface SqlWorkerRegistryOptions {
  readonly database: SqlDatabase
  /** `lockstep_nodes` unless told otherwise. */
  readonly table?: string
  /** How many ids there are, from 0 on; 1,024 unless told otherwise. */
  readonly workers?: number
}

/** Keeps worker ids for ever, in a table with a row for each node. */
export class SqlWorkerRegistry implements WorkerRegistry {
  readonly #database: SqlDatabase
  readonly #statements: Statements
  readonly #workers: number

  constructor({ database, table = defaultTable, workers = 1024 }: SqlWorkerRegistryOptions) {
    this.#database = database
    this.#statements = statements[database.dialect](identifier(table))
    this.#workers = leaseSettings({ workers }).workers
  }

  /** Makes the table if there is none. */
  async create(): Promise<void> {
    await this.#query(this.#statements.createTable)
  }

  async register(
    node: string,
  ): Promise<{ readonly workerId: number; readonly mark: HighWaterMark }> {
    for (;;) {
      const row = await this.#row(node)
      if (row !== undefined) return { workerId: Number(row['worker_id']), mark: this.#markOf(node) }
      const { rows } = await this.#query(this.#statements.unused)
      if (Number(rows[0]?.['worker_id']) >= this.#workers) {
        const text = `all ${this.#workers} worker ids belong to nodes: remove those that will not come again`
        throw new IdError('exhausted', text)
      }
      // Of nodes that come at one moment all but one find that their number was taken.
      await this.#query(this.#statements.add, [node, String(this.#workers)])
    }
  }

  #markOf(node: string): HighWaterMark {
    return {
      load: async () => {
        const found = (await this.#row(node))?.['mark_ms']
        return found === null || found === undefined ? undefined : Number(found)
      },
      save: async (markMs) => {
        await this.#query(this.#statements.saveMark, [String(Math.ceil(markMs)), node])
      },
    }
  }

  async #row(node: string): Promise<SqlResult['rows'][number] | undefined> {
    const { rows } = await this.#query(this.#statements.look, [node])
    return rows[0]
  }

  async #query(sql: string, values: readonly SqlValue[] = []): Promise<SqlResult> {
    try {
      return await this.#database.query(sql, values)
    } catch (error) {
      throw sqlFailure(error, 'the registry of workers', 'create() makes its table')
    }
  }
}
