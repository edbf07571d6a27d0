import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Dialect, mariadb, postgres, sqlite } from '../../src/creational/abstract-factory.ts'
import { MixedDialectsError, Sql, type SqlValue } from '../../src/creational/sql-text.ts'
import { caught } from '../caught.ts'

interface Script {
  readonly table: string
  readonly columns: readonly string[]
  readonly puts: readonly { readonly key: number; readonly value: SqlValue }[]
}
const names = fc.string({
  minLength: 1,
  maxLength: 5,
  unit: fc.constantFrom('a', '"', '`', '?', '$', ' ', "'"),
})
const scripts: fc.Arbitrary<Script> = fc.record({
  table: names,
  columns: fc.uniqueArray(names, { minLength: 2, maxLength: 2 }),
  puts: fc.array(
    fc.record({
      key: fc.nat(3),
      value: fc.oneof(
        fc.string({ unit: fc.constantFrom('b', '"', '?', '$') }),
        fc.nat(),
        fc.constant(null),
      ),
    }),
    { maxLength: 6 },
  ),
})

/** One script, written once against whatever family. */
function statements<F extends string>(sql: Dialect<F>, script: Script): Sql<F>[] {
  const [key = '', value = ''] = script.columns
  const puts = script.puts.map((put) =>
    sql.upsert(script.table, [key], { [key]: put.key, [value]: put.value }),
  )
  const all = sql.sql`SELECT ${sql.name(key)} AS k, ${sql.name(value)} AS v FROM ${sql.name(script.table)}`
  return [...puts, all]
}

/** SQLite reads the names and placeholders of all three; of MariaDB's upsert it wants its own tail. */
function asSqlite(text: string): string {
  const [head = '', tail] = text.split('ON DUPLICATE KEY UPDATE')
  if (tail === undefined) return text
  return `${head}ON CONFLICT DO UPDATE SET${tail.replaceAll(/VALUES\((`(?:[^`]|``)*`)\)/g, 'excluded.$1')}`
}

/** Runs the script in a real database: the rows, by key. */
function rowsOver<F extends string>(sql: Dialect<F>, script: Script): unknown[] {
  const database = new DatabaseSync(':memory:')
  try {
    const columns = script.columns.map((column) => `"${column.replaceAll('"', '""')}"`)
    const table = `"${script.table.replaceAll('"', '""')}"`
    database.exec(`CREATE TABLE ${table} (${columns[0]} INTEGER PRIMARY KEY, ${columns[1]})`)
    let rows: unknown[] = []
    for (const statement of statements(sql, script)) {
      const text = asSqlite(sql.render(statement))
      const numbered = Object.fromEntries(
        statement.values.map((value, at) => [`$${at + 1}`, value]),
      )
      const query = database.prepare(text)
      rows =
        sql.family === 'postgres' && statement.values.length > 0
          ? query.all(numbered)
          : query.all(...statement.values)
    }
    return rows
  } finally {
    database.close()
  }
}

/** What the rows must be, by a map. */
const expected = ({ puts }: Script) =>
  [...new Map(puts.map(({ key, value }) => [key, value]))]
    .map(([k, v]) => ({ k, v }))
    .sort((a, b) => a.k - b.k)

const givesTheRows = <F extends string>(sql: Dialect<F>) =>
  fc.property(scripts, (script) => {
    expect(rowsOver(sql, script)).toEqual(expected(script))
  })

test('the same script gives the same rows over each family', () => {
  fc.assert(givesTheRows(sqlite))
  fc.assert(givesTheRows(postgres))
  fc.assert(givesTheRows(mariadb))
})

test('a family with a product of another is caught', () => {
  const name = (text: string) => postgres.name(text) as unknown as Sql<'mariadb'>
  expect(caught(givesTheRows({ ...mariadb, name }))).toBe(true)
})

test('a family that does not double the quotes within a name is caught', () => {
  const name = (text: string) => Sql.raw('sqlite', `"${text}"`)
  expect(caught(givesTheRows({ ...sqlite, name }))).toBe(true)
})

test('parts of two families do not compile, and throw', () => {
  // @ts-expect-error a name of another family
  expect(() => mariadb.sql`SELECT ${postgres.name('a')}`).toThrow(MixedDialectsError)
  // @ts-expect-error a statement of another family
  expect(() => sqlite.render(postgres.sql`SELECT 1`)).toThrow(MixedDialectsError)
  // @ts-expect-error two texts of different families
  expect(() => Sql.raw('sqlite', 'a').with(Sql.raw('postgres', 'b'))).toThrow("dialect 'postgres'")
  // @ts-expect-error one dialect where another is due
  const wrong: Dialect<'sqlite'> = postgres
  expect(wrong.family).toBe('postgres')
})

test('each family has its own quoting, placeholders and verbs', () => {
  const shown = <F extends string>(sql: Dialect<F>) => [
    sql.render(sql.upsert('t', ['k'], { k: 1, v: 2 })),
    sql.render(sql.upsert('t', ['k'], { k: 1 })),
    ...(['begin', 'prepare', 'commit', 'rollback'] as const).map(
      (verb) => sql.twoPhase?.[verb]('x').map((statement) => sql.render(statement)) ?? [],
    ),
  ]
  expect(
    [postgres, mariadb, sqlite].map((sql) => shown<string>(sql as Dialect<string>)),
  ).toMatchInlineSnapshot(`
    [
      [
        "INSERT INTO "t" ("k", "v") VALUES ($1, $2) ON CONFLICT ("k") DO UPDATE SET "v" = excluded."v"",
        "INSERT INTO "t" ("k") VALUES ($1) ON CONFLICT ("k") DO NOTHING",
        [
          "BEGIN",
        ],
        [
          "PREPARE TRANSACTION 'x'",
        ],
        [
          "COMMIT PREPARED 'x'",
        ],
        [
          "ROLLBACK PREPARED 'x'",
        ],
      ],
      [
        "INSERT INTO \`t\` (\`k\`, \`v\`) VALUES (?, ?) ON DUPLICATE KEY UPDATE \`v\` = VALUES(\`v\`)",
        "INSERT INTO \`t\` (\`k\`) VALUES (?) ON DUPLICATE KEY UPDATE \`k\` = \`k\`",
        [
          "XA START 'x'",
        ],
        [
          "XA END 'x'",
          "XA PREPARE 'x'",
        ],
        [
          "XA COMMIT 'x'",
        ],
        [
          "XA ROLLBACK 'x'",
        ],
      ],
      [
        "INSERT INTO "t" ("k", "v") VALUES (?, ?) ON CONFLICT ("k") DO UPDATE SET "v" = excluded."v"",
        "INSERT INTO "t" ("k") VALUES (?) ON CONFLICT ("k") DO NOTHING",
        [],
        [],
        [],
        [],
      ],
    ]
  `)
})

test('what cannot be quoted is refused', () => {
  expect(() => sqlite.name('a\0b')).toThrow(RangeError)
  expect(() => postgres.twoPhase?.commit("x'; DROP")).toThrow('a transaction id has')
  expect(() => sqlite.upsert('t', [], { a: 1 })).toThrow('at least one key column')
  expect(() => sqlite.upsert('t', ['b'], { a: 1 })).toThrow('the row has each of them')
})
