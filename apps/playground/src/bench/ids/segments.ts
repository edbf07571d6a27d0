/** Segments as Leaf has them, over a database that takes its time. */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createSegments,
  postgresDatabase,
  SegmentIds,
  type SqlDatabase,
  SqlSegmentStore,
  sqliteDatabase,
} from '@lockstep/idgen'
import { isInstalled, startServer } from '@lockstep/servers'
import { Pool } from 'pg'

/** One figure of one database. */
export interface SegmentRow {
  readonly figure: string
  readonly database: string
  readonly value: number
}

/** How long to measure, and what the slow database is like. */
export interface SegmentBenchOptions {
  readonly measureMs: number
  /** How long the slow database takes for a statement. */
  readonly latencyMs: number
  /** How many callers ask at once, for the step of 100 that they share. */
  readonly callers: number
  /** Ids a second while the latency of `next()` is measured. */
  readonly pacePerSecond: number
}

/** A database and how often it answered. */
interface Counted {
  readonly name: string
  readonly database: SqlDatabase
  readonly asked: { count: number }
}

/** Measures the rate, the switch and the crowd over a slow SQLite, and the rate over a PostgreSQL if there is one. */
export async function benchSegments(options: SegmentBenchOptions): Promise<readonly SegmentRow[]> {
  const sqlite = new DatabaseSync(':memory:')
  const name = `SQLite, ${options.latencyMs} ms a statement`
  const slow = counted(name, slowed(sqliteDatabase(sqlite), options.latencyMs))
  const rows = [
    ...(await rates(slow, options)),
    ...(await crowd(slow, options)),
    ...(await switches(slow, options)),
    ...(await onPostgres(options)),
  ]
  sqlite.close()
  return rows
}

function slowed(database: SqlDatabase, latencyMs: number): SqlDatabase {
  return {
    dialect: database.dialect,
    query: async (sql, values) => {
      await sleep(latencyMs)
      return database.query(sql, values)
    },
  }
}

function counted(name: string, database: SqlDatabase): Counted {
  const asked = { count: 0 }
  const query: SqlDatabase['query'] = async (sql, values) => {
    const result = await database.query(sql, values)
    asked.count++
    return result
  }
  return { name, asked, database: { dialect: database.dialect, query } }
}

/** A generator that holds its first segment, with the count of what was asked set to nothing. */
async function prepared(
  { database, asked }: Counted,
  tag: string,
  step: number,
): Promise<{ readonly ids: SegmentIds; readonly segments: () => number }> {
  await createSegments({ database }, tag, { step })
  const store = new SqlSegmentStore({ database })
  await store.tags()
  let segments = 0
  const observer = { loaded: () => void segments++ }
  const ids = new SegmentIds({ tag, store, observer })
  asked.count = 0
  return { ids, segments: () => segments }
}

const idsAtOnce = 2_000

const ways: Readonly<Record<string, (ids: SegmentIds) => Promise<void>>> = {
  'next()': async (ids) => {
    for (let taken = 0; taken < idsAtOnce; taken++) await ids.next()
  },
  'nextSync()': async (ids) => {
    await ids.prepare()
    for (let taken = Math.min(idsAtOnce, ids.held); taken > 0; taken--) ids.nextSync()
  },
  'nextBatch(2,000)': async (ids) => {
    await ids.nextBatch(idsAtOnce)
  },
}

async function rates(
  source: Counted,
  { measureMs }: SegmentBenchOptions,
): Promise<readonly SegmentRow[]> {
  const rows: SegmentRow[] = []
  for (const [way, take] of Object.entries(ways)) {
    const { ids, segments } = await prepared(source, `rate of ${way}`, 100_000)
    await ids.prepare()
    const before = process.cpuUsage()
    const start = performance.now()
    let taken = 0
    while (performance.now() - start < measureMs) {
      await take(ids)
      taken += idsAtOnce
    }
    const { user, system } = process.cpuUsage(before)
    const wallMs = performance.now() - start
    rows.push(
      row(source, `${way}: ids a second`, (taken / wallMs) * 1000),
      row(source, `${way}: ids a CPU second`, (taken / (user + system)) * 1e6),
      row(source, `${way}: round trips a segment`, source.asked.count / segments()),
    )
  }
  return rows
}

/** All callers at once, with a step that is far too small for them. */
async function crowd(
  source: Counted,
  { callers }: SegmentBenchOptions,
): Promise<readonly SegmentRow[]> {
  const { ids } = await prepared(source, 'crowd', 100)
  const start = performance.now()
  const all = Array.from({ length: callers }, () => ids.next())
  const given = await Promise.allSettled(all)
  const tookMs = performance.now() - start
  const errors = given.filter(({ status }) => status === 'rejected').length
  const what = `${callers.toLocaleString('en')} callers, step 100`
  return [
    row(source, `${what}: errors`, errors),
    row(source, `${what}: ms until all were served`, tookMs),
  ]
}

/** How long single calls take while segments are used up and loaded. */
async function switches(
  source: Counted,
  { measureMs, pacePerSecond }: SegmentBenchOptions,
): Promise<readonly SegmentRow[]> {
  const { ids, segments } = await prepared(source, 'switch', pacePerSecond / 5)
  await ids.prepare()
  const took: number[] = []
  const start = performance.now()
  for (let passed = 0; passed < measureMs; passed = performance.now() - start) {
    for (const due = (passed / 1000) * pacePerSecond; took.length < due; ) {
      const began = performance.now()
      await ids.next()
      took.push(performance.now() - began)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? 0
  const what = `next() at ${pacePerSecond.toLocaleString('en')} a second`
  return [
    row(source, `${what}: segments`, segments()),
    row(source, `${what}: p99.9, ms`, at(0.999)),
    row(source, `${what}: slowest, ms`, at(1)),
  ]
}

async function onPostgres(options: SegmentBenchOptions): Promise<readonly SegmentRow[]> {
  if (!isInstalled('postgres')) return []
  const server = await startServer('postgres')
  const pool = new Pool({ connectionString: server.url, max: 2 })
  try {
    return await rates(counted('PostgreSQL', postgresDatabase(pool)), options)
  } finally {
    await pool.end()
    await server.stop()
  }
}

function row({ name }: Counted, figure: string, value: number): SegmentRow {
  return { figure, database: name, value: Number(value.toPrecision(3)) }
}
