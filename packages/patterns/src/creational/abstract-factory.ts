/**
 * Abstract factory: one object makes a whole family of products that fit each other.
 *
 * ```text
 *               ┌─ postgres ─▶ name "a", placeholder $1, ON CONFLICT
 * script ──▶ Dialect<F>
 *               └─ mariadb ──▶ name `a`, placeholder ?, ON DUPLICATE KEY
 * ```
 *
 * A `Dialect` makes the SQL of one database: quoted names, placeholders, an insert that updates, and
 * the verbs of two-phase commit. Its products carry the family in their type, so a PostgreSQL name
 * in a MariaDB statement does not compile; without types it throws. Code that is written against
 * `Dialect<F>` runs over each of them.
 *
 * Not for one product (that is a factory method) nor for products that need not fit each other.
 *
 * Lockstep has the idea in `packages/sim/src/lab.ts`: a lab makes processes, clients, invariants,
 * judges and views that fit each other.
 */
import { Sql, type SqlValue } from './sql-text.ts'

/** The statements that take a transaction through two-phase commit, in order. */
export interface TwoPhase<F extends string> {
  begin(id: string): readonly Sql<F>[]
  /** Ends the work and makes it durable, undecided. */
  prepare(id: string): readonly Sql<F>[]
  commit(id: string): readonly Sql<F>[]
  rollback(id: string): readonly Sql<F>[]
}

/** The family of products of one database. */
export interface Dialect<F extends string> {
  readonly family: F
  /** A quoted name; any text that has no NUL can be one. */
  name(text: string): Sql<F>
  /** A placeholder bound to a value. */
  value(value: SqlValue): Sql<F>
  /** A statement from text and parts of this family. */
  sql(texts: TemplateStringsArray, ...parts: readonly Sql<NoInfer<F>>[]): Sql<F>
  /** Inserts a row, or updates the one that has the same key. Throws `RangeError` without a key. */
  upsert(table: string, key: readonly string[], row: Readonly<Record<string, SqlValue>>): Sql<F>
  /** Two-phase commit, where the database has it. */
  readonly twoPhase: TwoPhase<F> | undefined
  /** The text to send; bind `values` of the statement in their order. */
  render(statement: Sql<NoInfer<F>>): string
}

/** What differs from one dialect to the next. */
interface Ways<F extends string> {
  readonly family: F
  readonly quote: string
  readonly placeholder: (index: number) => string
  /** The tail of an upsert, given quoted names. */
  readonly onConflict: (key: readonly string[], others: readonly string[]) => string
  readonly twoPhase?: (literal: (id: string) => string) => {
    readonly [V in keyof TwoPhase<F>]: (id: string) => readonly string[]
  }
}

function dialect<F extends string>(ways: Ways<F>): Dialect<F> {
  const { family, quote } = ways
  const quoted = (text: string): string => {
    if (text.includes('\0')) throw new RangeError('a name has no NUL character')
    return quote + text.replaceAll(quote, quote + quote) + quote
  }
  const raw = (text: string): Sql<F> => Sql.raw(family, text)
  const statements = (make: (id: string) => readonly string[]) => (id: string) => make(id).map(raw)
  const verbs = ways.twoPhase?.(literal)
  return Object.freeze({
    family,
    name: (text: string) => raw(quoted(text)),
    value: (value: SqlValue) => Sql.value(family, value),
    sql: (texts: TemplateStringsArray, ...parts: readonly Sql<F>[]) =>
      parts.reduce(
        (text, part, at) => text.with(part, raw(texts[at + 1] ?? '')),
        raw(texts[0] ?? ''),
      ),
    upsert(table: string, key: readonly string[], row: Readonly<Record<string, SqlValue>>) {
      const columns = Object.keys(row)
      if (key.length === 0 || !key.every((column) => columns.includes(column)))
        throw new RangeError(
          'an upsert needs at least one key column, and the row has each of them',
        )
      const others = columns.filter((column) => !key.includes(column))
      const head = `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES (`
      const values = Object.values(row).flatMap((value, at) => [
        ...(at === 0 ? [] : [raw(', ')]),
        Sql.value(family, value),
      ])
      const tail = `) ${ways.onConflict(key.map(quoted), others.map(quoted))}`
      return raw(head).with(...values, raw(tail))
    },
    twoPhase: verbs && {
      begin: statements(verbs.begin),
      prepare: statements(verbs.prepare),
      commit: statements(verbs.commit),
      rollback: statements(verbs.rollback),
    },
    render: (statement: Sql<F>) => raw('').with(statement).render(ways.placeholder),
  })
}

/** A transaction id as a literal: these statements take no placeholders. */
function literal(id: string): string {
  if (!/^[\w.:-]{1,64}$/.test(id))
    throw new RangeError(`a transaction id has 1 to 64 of A-Z a-z 0-9 _ . : -, not '${id}'`)
  return `'${id}'`
}

const onKey = (key: readonly string[], others: readonly string[]): string => {
  const updates = others.map((column) => `${column} = excluded.${column}`).join(', ')
  const action = others.length === 0 ? 'NOTHING' : `UPDATE SET ${updates}`
  return `ON CONFLICT (${key.join(', ')}) DO ${action}`
}

/**
 * PostgreSQL: `"name"`, `$1`, `ON CONFLICT`, `PREPARE TRANSACTION`.
 *
 * @example
 * ```ts
 * import { postgres } from '@lockstep/patterns/creational/abstract-factory'
 *
 * const query = postgres.sql`SELECT * FROM ${postgres.name('user')} WHERE id = ${postgres.value(7)}`
 * if (postgres.render(query) !== 'SELECT * FROM "user" WHERE id = $1') throw new Error('not it')
 * ```
 */
export const postgres: Dialect<'postgres'> = dialect({
  family: 'postgres',
  quote: '"',
  placeholder: (index) => `$${index + 1}`,
  onConflict: onKey,
  twoPhase: (id) => ({
    begin: () => ['BEGIN'],
    prepare: (name) => [`PREPARE TRANSACTION ${id(name)}`],
    commit: (name) => [`COMMIT PREPARED ${id(name)}`],
    rollback: (name) => [`ROLLBACK PREPARED ${id(name)}`],
  }),
})

/**
 * MariaDB: `` `name` ``, `?`, `ON DUPLICATE KEY UPDATE`, the `XA` verbs.
 *
 * @example
 * ```ts
 * import { mariadb } from '@lockstep/patterns/creational/abstract-factory'
 *
 * const [end, prepare] = mariadb.twoPhase?.prepare('t1') ?? []
 * if (end === undefined || mariadb.render(end) !== "XA END 't1'" || !prepare) throw new Error('not it')
 * ```
 */
export const mariadb: Dialect<'mariadb'> = dialect({
  family: 'mariadb',
  quote: '`',
  placeholder: () => '?',
  onConflict: (key, others) => {
    // Without other columns one is set to itself, so that the row is left as it is.
    const updates = others.map((column) => `${column} = VALUES(${column})`)
    const action = updates.length === 0 ? `${key[0]} = ${key[0]}` : updates.join(', ')
    return `ON DUPLICATE KEY UPDATE ${action}`
  },
  twoPhase: (id) => ({
    begin: (name) => [`XA START ${id(name)}`],
    prepare: (name) => [`XA END ${id(name)}`, `XA PREPARE ${id(name)}`],
    commit: (name) => [`XA COMMIT ${id(name)}`],
    rollback: (name) => [`XA ROLLBACK ${id(name)}`],
  }),
})

/**
 * SQLite: `"name"`, `?`, `ON CONFLICT`, no two-phase commit.
 *
 * @example
 * ```ts
 * import { sqlite } from '@lockstep/patterns/creational/abstract-factory'
 *
 * const put = sqlite.upsert('kv', ['k'], { k: 'a', v: 1 })
 * if (put.values.length !== 2 || sqlite.twoPhase !== undefined) throw new Error('not it')
 * ```
 */
export const sqlite: Dialect<'sqlite'> = dialect({
  family: 'sqlite',
  quote: '"',
  placeholder: () => '?',
  onConflict: onKey,
})
