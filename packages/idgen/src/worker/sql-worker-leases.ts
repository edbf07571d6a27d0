import type { Milliseconds } from '@lockstep/process'
import type { HighWaterMark } from '../high-water-mark.ts'
import { systemRandomness } from '../platform.ts'
import type { Randomness } from '../randomness.ts'
import { sqlFailure } from '../sql/failure.ts'
import { identifier } from '../sql/identifier.ts'
import type { SqlDatabase, SqlDialect, SqlResult, SqlValue } from '../sql/sql-database.ts'
import { holderName, leaseLost, leaseSettings } from './lease-settings.ts'
import type { LeaseSettings, LentWorker, WorkerLeases } from './worker-leases.ts'

const defaultTable = 'lockstep_workers'

/** The words that dialects differ in. Values are counted from 1. */
interface Words {
  readonly text: (value: number) => string
  readonly whole: (value: number) => string
  /** The database's clock in milliseconds of Unix time: one clock judges all leases. */
  readonly nowMs: string
  readonly insert: string
  readonly unlessThere: string
  readonly changed: string
}

const words: Readonly<Record<SqlDialect, Words>> = {
  postgres: {
    text: (value) => `$${value}`,
    whole: (value) => `$${value}::bigint`,
    nowMs: '(extract(epoch from clock_timestamp()) * 1000)::bigint',
    insert: 'insert into',
    unlessThere: 'on conflict (worker_id) do nothing',
    changed: 'returning 1 as changed',
  },
  sqlite: {
    text: () => '?',
    whole: () => 'cast(? as integer)',
    nowMs: "cast(unixepoch('now', 'subsec') * 1000 as integer)",
    insert: 'insert into',
    unlessThere: 'on conflict (worker_id) do nothing',
    changed: 'returning 1 as changed',
  },
  mysql: {
    text: () => '?',
    whole: () => 'cast(? as signed)',
    nowMs: 'cast(unix_timestamp(now(3)) * 1000 as signed)',
    insert: 'insert ignore into',
    unlessThere: '',
    changed: '',
  },
}

type Statements = Readonly<
  Record<
    'createTable' | 'free' | 'unused' | 'add' | 'take' | 'renew' | 'release' | 'mark' | 'saveMark',
    string
  >
>

/** The statements over one table of leases; each says what its values are. */
function statementsOf(
  { text, whole, nowMs, insert, unlessThere, changed }: Words,
  table: string,
): Statements {
  return {
    createTable: `create table if not exists ${table} (
      worker_id int not null primary key,
      holder varchar(64) not null,
      until_ms bigint not null,
      mark_ms bigint
    )`,
    /** How many workers there are. Gives the one that has been free for the longest. */
    free: `select worker_id from ${table} where worker_id < ${whole(1)} and until_ms <= ${nowMs}
      order by until_ms limit 1`,
    /** The number behind the highest that was ever lent. */
    unused: `select coalesce(max(worker_id) + 1, 0) as worker_id from ${table}`,
    /** Worker, holder, for how long. */
    add: `${insert} ${table} (worker_id, holder, until_ms)
      values (${whole(1)}, ${text(2)}, ${nowMs} + ${whole(3)}) ${unlessThere} ${changed}`,
    /** Holder, for how long, worker. */
    take: `update ${table} set holder = ${text(1)}, until_ms = ${nowMs} + ${whole(2)}
      where worker_id = ${whole(3)} and until_ms <= ${nowMs} ${changed}`,
    /** For how long, worker, holder. */
    renew: `update ${table} set until_ms = ${nowMs} + ${whole(1)}
      where worker_id = ${whole(2)} and holder = ${text(3)} ${changed}`,
    /** Worker, holder. */
    release: `update ${table} set until_ms = ${nowMs}, holder = ''
      where worker_id = ${whole(1)} and holder = ${text(2)} ${changed}`,
    /** Worker. */
    mark: `select mark_ms from ${table} where worker_id = ${whole(1)}`,
    /** The mark, worker, holder. */
    saveMark: `update ${table} set mark_ms = ${whole(1)}
      where worker_id = ${whole(2)} and holder = ${text(3)} ${changed}`,
  }
}

const hasChanged = ({ rows, changed }: SqlResult): boolean => rows.length + changed > 0

/** Where to keep the leases. */
export interface SqlWorkerLeasesOptions extends LeaseSettings {
  readonly database: SqlDatabase
  /** `lockstep_workers` unless told otherwise. */
  readonly table?: string
  /** Makes the names of holders; the system's unless told otherwise. */
  readonly randomness?: Randomness
}

/** Lends worker ids from a table with a row for each, by the clock of the database. */
export class SqlWorkerLeases implements WorkerLeases {
  readonly #database: SqlDatabase
  readonly #statements: Statements
  readonly #workers: number
  readonly #leaseMs: Milliseconds
  readonly #randomness: Randomness

  constructor({
    database,
    table = defaultTable,
    randomness = systemRandomness,
    ...settings
  }: SqlWorkerLeasesOptions) {
    const { workers, leaseMs } = leaseSettings(settings)
    this.#database = database
    this.#statements = statementsOf(words[database.dialect], identifier(table))
    this.#workers = workers
    this.#leaseMs = leaseMs
    this.#randomness = randomness
  }

  /** Makes the table if there is none. */
  async create(): Promise<void> {
    await this.#query(this.#statements.createTable)
  }

  async lend(): Promise<LentWorker | undefined> {
    const holder = holderName(this.#randomness)
    for (;;) {
      const free = await this.#number(this.#statements.free, [String(this.#workers)])
      const workerId = free ?? (await this.#number(this.#statements.unused)) ?? 0
      if (workerId >= this.#workers) return undefined
      const lease = String(this.#leaseMs)
      const isOurs =
        free === undefined
          ? await this.#change(this.#statements.add, [String(workerId), holder, lease])
          : await this.#change(this.#statements.take, [holder, lease, String(workerId)])
      // Otherwise somebody else was quicker, and there may be another.
      if (isOurs) return this.#lent(workerId, holder)
    }
  }

  #lent(workerId: number, holder: string): LentWorker {
    const { renew, release } = this.#statements
    const own = [String(workerId), holder]
    return {
      workerId,
      forMs: this.#leaseMs,
      renew: () => this.#change(renew, [String(this.#leaseMs), ...own]),
      release: async () => {
        await this.#change(release, own)
      },
      mark: this.#markOf(workerId, holder),
    }
  }

  #markOf(workerId: number, holder: string): HighWaterMark {
    const { mark, saveMark } = this.#statements
    return {
      load: async () => {
        const { rows } = await this.#query(mark, [String(workerId)])
        const found = rows[0]?.['mark_ms']
        return found === null || found === undefined ? undefined : Number(found)
      },
      save: async (markMs) => {
        const values = [String(Math.ceil(markMs)), String(workerId), holder]
        if (!(await this.#change(saveMark, values))) throw leaseLost(workerId)
      },
    }
  }

  async #number(sql: string, values: readonly SqlValue[] = []): Promise<number | undefined> {
    const { rows } = await this.#query(sql, values)
    return rows[0] === undefined ? undefined : Number(rows[0]['worker_id'])
  }

  async #change(sql: string, values: readonly SqlValue[]): Promise<boolean> {
    return hasChanged(await this.#query(sql, values))
  }

  async #query(sql: string, values: readonly SqlValue[] = []): Promise<SqlResult> {
    try {
      return await this.#database.query(sql, values)
    } catch (error) {
      throw sqlFailure(error, 'worker leases', 'create() makes their table')
    }
  }
}
