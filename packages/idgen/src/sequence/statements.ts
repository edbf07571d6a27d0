import type { SqlDialect, SqlResult } from '../sql/sql-database.ts'

/** The statements over one table of sequences, in the words of one dialect. */
export interface SequenceStatements {
  readonly createTable: string
  /** Values: name, the id before the first one, step, the highest id. A row that is there stays as it is. */
  readonly create: string
  /**
   * Takes ids of one row, in one statement, so that the row's lock makes it atomic. Values: how many,
   * the name, how many again, the step. It changes nothing unless there are as many in that step.
   */
  readonly take: string
  /** The last of the ids that `take` took, as decimal text; `undefined` if it took none. */
  taken(result: SqlResult): string | undefined
  /** Values: the name. Gives the step and the last id that was taken, as text. */
  readonly look: string
}

function createTable(table: string, text: string): string {
  return `create table if not exists ${table} (
    name ${text} not null primary key,
    last_id bigint not null,
    step bigint not null,
    highest_id bigint not null
  )`
}

const fromRow: SequenceStatements['taken'] = ({ rows: [row] }) =>
  row === undefined ? undefined : String(row['last_id'])

/** No sum leaves the range of 64 bits: what is compared is `highest_id - n * step`. */
export const sequenceStatements: Readonly<
  Record<SqlDialect, (table: string) => SequenceStatements>
> = {
  postgres: (table) => ({
    createTable: createTable(table, 'varchar(128)'),
    create: `insert into ${table} (name, last_id, step, highest_id)
      values ($1, $2::bigint, $3::bigint, $4::bigint) on conflict (name) do nothing`,
    take: `update ${table} set last_id = last_id + $1::bigint * step
      where name = $2 and last_id <= highest_id - $3::bigint * step and step = $4::bigint
      returning last_id::text as last_id`,
    taken: fromRow,
    look: `select step::text as step, last_id::text as last_id from ${table} where name = $1`,
  }),
  sqlite: (table) => ({
    createTable: createTable(table, 'text'),
    create: `insert into ${table} (name, last_id, step, highest_id)
      values (?, cast(? as integer), cast(? as integer), cast(? as integer))
      on conflict (name) do nothing`,
    take: `update ${table} set last_id = last_id + cast(? as integer) * step
      where name = ? and last_id <= highest_id - cast(? as integer) * step
        and step = cast(? as integer)
      returning cast(last_id as text) as last_id`,
    taken: fromRow,
    look: `select cast(step as text) as step, cast(last_id as text) as last_id
      from ${table} where name = ?`,
  }),
  mysql: (table) => ({
    // Names that differ in case or in accents only are different ones, as in the other databases.
    createTable: createTable(table, 'varchar(128) character set utf8mb4 collate utf8mb4_bin'),
    create: `insert ignore into ${table} (name, last_id, step, highest_id)
      values (?, cast(? as signed), cast(? as signed), cast(? as signed))`,
    take: `update ${table} set last_id = last_insert_id(last_id + cast(? as signed) * step)
      where name = ? and last_id <= highest_id - cast(? as signed) * step
        and step = cast(? as signed)`,
    // An update gives no rows here, but the answer to it carries one number.
    taken: ({ changed, insertId }) => (changed === 0 ? undefined : insertId),
    look: `select cast(step as char) as step, cast(last_id as char) as last_id
      from ${table} where name = ?`,
  }),
}
