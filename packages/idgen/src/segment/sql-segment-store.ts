import { IdError } from '../id-error.ts'
import { sqlFailure } from '../sql/failure.ts'
import { identifier } from '../sql/identifier.ts'
import type { SqlDatabase, SqlDialect, SqlResult, SqlValue } from '../sql/sql-database.ts'
import type { Segment, SegmentStore } from './segment-store.ts'

const defaultTable = 'leaf_alloc'
const tagMax = 128
const remedy = 'createSegments makes it'

/** The statements over Leaf's table in the words of one dialect. */
interface Statements {
  readonly createTable: string
  /** Values: tag, step, description. A tag that is there stays as it is. */
  readonly create: string
  readonly tags: string
  /** Values: how many, tag, step, how many again. It changes nothing if the row has another step. */
  readonly load: string
  /** The end of what was taken, as text; `undefined` if nothing was. */
  loaded(result: SqlResult): string | undefined
}

const columns = (text: string, now: string): string => `
  biz_tag ${text} not null primary key,
  max_id bigint not null default 1,
  step int not null,
  description varchar(256) default null,
  update_time timestamp not null default ${now}`
const idMax = 2n ** 63n - 1n
const fromRow: Statements['loaded'] = ({ rows: [row] }) =>
  row === undefined ? undefined : String(row['max_id'])

const statements: Readonly<Record<SqlDialect, (table: string) => Statements>> = {
  postgres: (table) => ({
    createTable: `create table if not exists ${table} (${columns('varchar(128)', 'current_timestamp')})`,
    create: `insert into ${table} (biz_tag, step, description) values ($1, $2::int, $3)
      on conflict (biz_tag) do nothing`,
    tags: `select biz_tag, step from ${table}`,
    load: `update ${table} set max_id = max_id + $1::bigint, update_time = current_timestamp
      where biz_tag = $2 and step = $3::int and max_id <= ${idMax} - $4::bigint
      returning max_id::text as max_id`,
    loaded: fromRow,
  }),
  sqlite: (table) => ({
    createTable: `create table if not exists ${table} (${columns('text', 'current_timestamp')})`,
    create: `insert into ${table} (biz_tag, step, description) values (?, cast(? as integer), ?)
      on conflict (biz_tag) do nothing`,
    tags: `select biz_tag, step from ${table}`,
    load: `update ${table} set max_id = max_id + cast(? as integer), update_time = current_timestamp
      where biz_tag = ? and step = cast(? as integer) and max_id <= ${idMax} - cast(? as integer)
      returning cast(max_id as text) as max_id`,
    loaded: fromRow,
  }),
  mysql: (table) => ({
    createTable: `create table if not exists ${table} (${columns(
      'varchar(128) character set utf8mb4 collate utf8mb4_bin',
      'current_timestamp on update current_timestamp',
    )})`,
    create: `insert ignore into ${table} (biz_tag, step, description)
      values (?, cast(? as signed), ?)`,
    tags: `select biz_tag, step from ${table}`,
    load: `update ${table} set max_id = last_insert_id(max_id + cast(? as signed))
      where biz_tag = ? and step = cast(? as signed) and max_id <= ${idMax} - cast(? as signed)`,
    // An update gives no rows here, but the answer to it carries one number.
    loaded: ({ changed, insertId }) => (changed === 0 ? undefined : insertId),
  }),
}

/** Which table holds the tags. */
export interface SqlSegmentStoreOptions {
  readonly database: SqlDatabase
  /** `leaf_alloc`, as Leaf has it, unless told otherwise. */
  readonly table?: string
}

/**
 * Makes a tag that counts from 1, and the table if there is none. A tag that is there stays as it is.
 *
 * @throws {IdError} `invalid-option`, or `unavailable`.
 */
export async function createSegments(
  { database, table = defaultTable }: SqlSegmentStoreOptions,
  tag: string,
  { step, description = '' }: { readonly step: number; readonly description?: string },
): Promise<void> {
  if (tag === '' || tag.length > tagMax) {
    throw new IdError('invalid-option', `a tag has 1 to ${tagMax} characters`)
  }
  if (!Number.isInteger(step) || step < 1 || step > 2 ** 31 - 1) {
    throw new IdError('invalid-option', `no step has ${step} ids: take 1 to 2,147,483,647`)
  }
  const { createTable, create } = statements[database.dialect](identifier(table))
  try {
    await database.query(createTable)
    await database.query(create, [tag, String(step), description])
  } catch (error) {
    throw sqlFailure(error, `tag '${tag}'`, 'the table could not be made')
  }
}

/** Keeps segments in Leaf's table: one row for each tag, and one `UPDATE` of it for each segment. */
export class SqlSegmentStore implements SegmentStore {
  readonly #database: SqlDatabase
  readonly #table: string
  readonly #statements: Statements
  /** The steps as they were seen last. A load counts only while the row still has the same. */
  #steps: ReadonlyMap<string, number> = new Map()

  constructor({ database, table = defaultTable }: SqlSegmentStoreOptions) {
    this.#database = database
    this.#table = identifier(table)
    this.#statements = statements[database.dialect](this.#table)
  }

  async tags(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#query(this.#statements.tags, [], `table ${this.#table}`)
    this.#steps = new Map(rows.map((row) => [String(row['biz_tag']), Number(row['step'])]))
    return this.#steps
  }

  async load(tag: string, size?: number): Promise<Segment> {
    for (let step = this.#steps.get(tag); ; ) {
      step ??= await this.#stepNow(tag)
      const count = size ?? step
      const values = [count, tag, step, count].map(String)
      const end = this.#statements.loaded(
        await this.#query(this.#statements.load, values, `tag '${tag}'`),
      )
      if (end !== undefined) return { first: BigInt(end) - BigInt(count), end: BigInt(end), step }
      const current = await this.#stepNow(tag)
      if (current === step) {
        throw new IdError('sequence-exhausted', `tag '${tag}' has no ${count} ids left below 2^63`)
      }
      step = current
    }
  }

  async #stepNow(tag: string): Promise<number> {
    const step = (await this.tags()).get(tag)
    if (step !== undefined) return step
    const text = `there is no tag '${tag}' in ${this.#table}: createSegments makes it`
    throw new IdError('no-such-sequence', text)
  }

  async #query(sql: string, values: readonly SqlValue[], what: string): Promise<SqlResult> {
    try {
      return await this.#database.query(sql, values)
    } catch (error) {
      throw sqlFailure(error, what, remedy)
    }
  }
}
