/**
 * Facade: one plain door to a subsystem that takes many steps in the right order.
 *
 * ```text
 * caller ──▶ SqlTemplate.query ──▶ acquire ▶ prepare ▶ rows ▶ close ▶ release
 * ```
 *
 * To read two rows from a database one takes a connection, prepares a statement, runs it, reads the
 * rows, closes the statement and gives the connection back, the last two whatever happened before.
 * `SqlTemplate` makes that one call. It adds no power: the subsystem stays open to those who need
 * more, and each call of the facade is exactly the steps that one would write by hand.
 *
 * Not as the only way in, and not as a place for rules of business: then it is a service.
 *
 * Lockstep has the idea in `apps/playground/src/cluster/cluster.ts`: crash, heal, grow and stop,
 * over processes, control links and files.
 */

/** A prepared statement of some driver. */
export interface Statement {
  /** Runs it for its effect: how many rows changed. */
  run(parameters: readonly unknown[]): Promise<number>
  /** Runs it for its rows. */
  rows(parameters: readonly unknown[]): Promise<readonly Row[]>
  close(): Promise<void>
}

/** One row, by column. */
export type Row = Readonly<Record<string, unknown>>

/** A connection of some driver. */
export interface Connection {
  prepare(sql: string): Promise<Statement>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Gives it back to where it came from. */
  release(): Promise<void>
}

/**
 * A query gave another number of rows than it must.
 *
 * @example
 * ```ts
 * import { RowCountError } from '@lockstep/patterns/structural/facade'
 *
 * if (new RowCountError('SELECT 1', 2).count !== 2) throw new Error('miscounted')
 * ```
 */
export class RowCountError extends Error {
  override readonly name = 'RowCountError'
  /** How many rows came. */
  readonly count: number

  constructor(sql: string, count: number) {
    super(`one row was expected, ${count} came: ${sql}`)
    this.count = count
  }
}

/**
 * What can be done on a connection, within a transaction or without.
 *
 * @example
 * ```ts
 * import { type Connection, SqlOperations } from '@lockstep/patterns/structural/facade'
 *
 * const statement = { run: async () => 2, rows: async () => [], close: async () => {} }
 * const nothing = async () => {}
 * const connection: Connection = {
 *   prepare: async () => statement,
 *   begin: nothing,
 *   commit: nothing,
 *   rollback: nothing,
 *   release: nothing,
 * }
 * const sql = new SqlOperations((use) => use(connection))
 * if ((await sql.batch('DELETE', [[1], [2]])) !== 4) throw new Error('miscounted')
 * ```
 */
export class SqlOperations {
  readonly #withConnection: <R>(use: (connection: Connection) => Promise<R>) => Promise<R>

  constructor(withConnection: <R>(use: (connection: Connection) => Promise<R>) => Promise<R>) {
    this.#withConnection = withConnection
  }

  /** All rows, each made into something by `map`. */
  query<T>(sql: string, parameters: readonly unknown[], map: (row: Row) => T): Promise<T[]> {
    return this.#prepared(sql, async (statement) => (await statement.rows(parameters)).map(map))
  }

  /** The only row. Rejects with `RowCountError` if there are none or several. */
  async one<T>(sql: string, parameters: readonly unknown[], map: (row: Row) => T): Promise<T> {
    const rows = await this.query(sql, parameters, (row) => row)
    const [row] = rows
    if (row === undefined || rows.length > 1) throw new RowCountError(sql, rows.length)
    return map(row)
  }

  /** Runs a statement for its effect: how many rows changed. */
  update(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return this.#prepared(sql, (statement) => statement.run(parameters))
  }

  /** Runs one statement for each list of parameters, in order: how many rows changed in all. */
  batch(sql: string, batches: readonly (readonly unknown[])[]): Promise<number> {
    return this.#prepared(sql, async (statement) => {
      let changed = 0
      for (const parameters of batches) changed += await statement.run(parameters)
      return changed
    })
  }

  #prepared<R>(sql: string, use: (statement: Statement) => Promise<R>): Promise<R> {
    return this.#withConnection(async (connection) => {
      const statement = await connection.prepare(sql)
      return finishing(
        () => use(statement),
        () => statement.close(),
      )
    })
  }
}

/**
 * The facade of a database: each call takes a connection of its own and gives it back.
 *
 * What the driver rejects with comes through as it is; if closing fails as well, the first error
 * counts.
 *
 * @example
 * ```ts
 * import { type Connection, SqlTemplate } from '@lockstep/patterns/structural/facade'
 *
 * let open = 0
 * const statement = { run: async () => 1, rows: async () => [{ n: 7 }], close: async () => {} }
 * const connection: Connection = {
 *   prepare: async () => statement,
 *   begin: async () => {},
 *   commit: async () => {},
 *   rollback: async () => {},
 *   release: async () => void open--,
 * }
 * const sql = new SqlTemplate(async () => (open++, connection))
 * const n = await sql.one('SELECT 7 AS n', [], (row) => Number(row['n']))
 * if (n !== 7 || open !== 0) throw new Error('left open')
 * ```
 */
export class SqlTemplate extends SqlOperations {
  readonly #acquire: () => Promise<Connection>

  constructor(acquire: () => Promise<Connection>) {
    super((use) => this.#connected(use))
    this.#acquire = acquire
  }

  /** Runs `work` on one connection in a transaction: commits its result, rolls back its error. */
  transaction<T>(work: (sql: SqlOperations) => Promise<T>): Promise<T> {
    return this.#connected(async (connection) => {
      await connection.begin()
      let result: T
      try {
        result = await work(new SqlOperations((use) => use(connection)))
      } catch (error) {
        await connection.rollback().catch(() => {})
        throw error
      }
      await connection.commit()
      return result
    })
  }

  async #connected<R>(use: (connection: Connection) => Promise<R>): Promise<R> {
    const connection = await this.#acquire()
    return finishing(
      () => use(connection),
      () => connection.release(),
    )
  }
}

/** Ends in any case; the error of the work goes before one of the end. */
async function finishing<R>(work: () => Promise<R>, end: () => Promise<void>): Promise<R> {
  let result: R
  try {
    result = await work()
  } catch (error) {
    await end().catch(() => {})
    throw error
  }
  await end()
  return result
}
