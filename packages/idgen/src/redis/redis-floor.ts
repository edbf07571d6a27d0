import { IdError } from '../id-error.ts'
import { sqlFailure } from '../sql/failure.ts'
import { identifier } from '../sql/identifier.ts'
import type { SqlDatabase, SqlDialect, SqlResult, SqlValue } from '../sql/sql-database.ts'

/** An era of a counter, and the highest id that may have been given before it. */
export interface FloorEra {
  readonly era: number
  readonly bound: bigint
}

/**
 * Remembers, where nothing gets lost, up to which id a counter in Redis may have given ids. Redis can
 * lose what it acknowledged, by a restart or by a replica that takes over; this must not.
 */
export interface RedisFloor {
  /** Begins a new era of a name. From now on no earlier era can raise the bound. */
  begin(name: string): Promise<FloorEra>
  /**
   * Makes the bound at least this, durably, before it resolves. `false` if another era has begun: then
   * ids above the bound as it was belong to nobody.
   */
  raise(name: string, era: number, bound: bigint): Promise<boolean>
}

const defaultTable = 'lockstep_redis_floors'

interface Statements {
  readonly createTable: string
  /** Values: name. */
  readonly create: string
  /** Values: name. Gives era and bound, as text. */
  readonly look: string
  /** Values: name, era, bound. It counts the era up if both are still these. */
  readonly begin: string
  /** Values: the new bound, name, era, the new bound again. */
  readonly raise: string
}

function createTable(table: string, text: string): string {
  return `create table if not exists ${table} (
    name ${text} not null primary key, era bigint not null, bound bigint not null)`
}

const statements: Readonly<Record<SqlDialect, (table: string) => Statements>> = {
  postgres: (table) => ({
    createTable: createTable(table, 'varchar(128)'),
    create: `insert into ${table} (name, era, bound) values ($1, 0, 0) on conflict (name) do nothing`,
    look: `select era::text as era, bound::text as bound from ${table} where name = $1`,
    begin: `update ${table} set era = era + 1
      where name = $1 and era = $2::bigint and bound = $3::bigint returning 1 as changed`,
    raise: `update ${table} set bound = $1::bigint
      where name = $2 and era = $3::bigint and bound < $4::bigint returning 1 as changed`,
  }),
  sqlite: (table) => ({
    createTable: createTable(table, 'text'),
    create: `insert into ${table} (name, era, bound) values (?, 0, 0) on conflict (name) do nothing`,
    look: `select cast(era as text) as era, cast(bound as text) as bound from ${table} where name = ?`,
    begin: `update ${table} set era = era + 1
      where name = ? and era = cast(? as integer) and bound = cast(? as integer) returning 1 as changed`,
    raise: `update ${table} set bound = cast(? as integer)
      where name = ? and era = cast(? as integer) and bound < cast(? as integer) returning 1 as changed`,
  }),
  mysql: (table) => ({
    createTable: createTable(table, 'varchar(128) character set utf8mb4 collate utf8mb4_bin'),
    create: `insert ignore into ${table} (name, era, bound) values (?, 0, 0)`,
    look: `select cast(era as char) as era, cast(bound as char) as bound from ${table} where name = ?`,
    begin: `update ${table} set era = era + 1
      where name = ? and era = cast(? as signed) and bound = cast(? as signed)`,
    raise: `update ${table} set bound = cast(? as signed)
      where name = ? and era = cast(? as signed) and bound < cast(? as signed)`,
  }),
}

const hasChanged = ({ rows, changed }: SqlResult): boolean => rows.length + changed > 0

/** Keeps floors in a table, one row for each name. */
export class SqlRedisFloor implements RedisFloor {
  readonly #database: SqlDatabase
  readonly #statements: Statements

  constructor({
    database,
    table = defaultTable,
  }: {
    readonly database: SqlDatabase
    /** `lockstep_redis_floors` unless told otherwise. */
    readonly table?: string
  }) {
    this.#database = database
    this.#statements = statements[database.dialect](identifier(table))
  }

  /** Makes the table if there is none. */
  async create(): Promise<void> {
    await this.#query(this.#statements.createTable)
  }

  async begin(name: string): Promise<FloorEra> {
    for (;;) {
      const seen = await this.#look(name)
      if (seen === undefined) {
        await this.#query(this.#statements.create, [name])
        continue
      }
      const { era, bound } = seen
      const values = [name, String(era), String(bound)]
      if (hasChanged(await this.#query(this.#statements.begin, values))) {
        return { era: era + 1, bound }
      }
    }
  }

  async raise(name: string, era: number, bound: bigint): Promise<boolean> {
    const values = [String(bound), name, String(era), String(bound)]
    if (hasChanged(await this.#query(this.#statements.raise, values))) return true
    const seen = await this.#look(name)
    return seen !== undefined && seen.era === era && seen.bound >= bound
  }

  async #look(name: string): Promise<FloorEra | undefined> {
    const { rows } = await this.#query(this.#statements.look, [name])
    const [row] = rows
    return row && { era: Number(row['era']), bound: BigInt(String(row['bound'])) }
  }

  async #query(sql: string, values: readonly SqlValue[] = []): Promise<SqlResult> {
    try {
      return await this.#database.query(sql, values)
    } catch (error) {
      const failure = sqlFailure(error, 'the floors of Redis', 'create() makes their table')
      throw failure.code === 'no-such-sequence'
        ? new IdError('unavailable', failure.message, { cause: error })
        : failure
    }
  }
}
