/**
 * The `SEQUENCE` table: one row for each name, and ids are taken by one `UPDATE` of the row.
 *
 * Ids rise, over all who take them. An answer that gets lost leaves a gap, and nothing repeats: a
 * statement that may have been carried out is never taken back. Every call costs a round trip and
 * a synced write, so whoever needs many ids takes them in batches, or by segments.
 */
import type { Clock } from '../clock.ts'
import { checkBatch, type IdGenerator, type NextOptions } from '../generator.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock } from '../platform.ts'
import { orAborted, throwIfAborted } from '../signal.ts'
import { sqlFailure } from '../sql/failure.ts'
import { identifier } from '../sql/identifier.ts'
import type { SqlDatabase, SqlResult, SqlValue } from '../sql/sql-database.ts'
import { type SequenceStatements, sequenceStatements } from './statements.ts'

const defaultTable = 'lockstep_sequences'
/** The largest id of all: what a column of 64 bits with a sign can hold. */
const idMax = 2n ** 63n - 1n
const stepMax = 1_000_000n
const nameMax = 128

/** Which sequence to take from. */
export interface DatabaseSequenceOptions {
  readonly database: SqlDatabase
  readonly name: string
  /** The table that holds it; `lockstep_sequences` unless told otherwise. */
  readonly table?: string
  /** Measures round trips for the observer; the system's unless told otherwise. */
  readonly clock?: Pick<Clock, 'elapsed'>
  readonly observer?: IdObserver
}

/** How a sequence counts. */
export interface SequenceShape {
  /** The first id, from 0; 1 unless told otherwise. */
  readonly start?: bigint
  /** From one id to the next, up to 1,000,000; 1 unless told otherwise. */
  readonly step?: bigint
  /** No id is above it; 2^63 - 1 unless told otherwise. */
  readonly highest?: bigint
}

/**
 * Makes a sequence, and the table if there is none. A sequence that is there stays as it is.
 *
 * @throws {IdError} `invalid-option`, or `unavailable`.
 */
export async function createSequence(
  { database, name, table = defaultTable }: Omit<DatabaseSequenceOptions, 'clock' | 'observer'>,
  { start = 1n, step = 1n, highest = idMax }: SequenceShape = {},
): Promise<void> {
  if (name === '' || name.length > nameMax) {
    throw new IdError('invalid-option', `a sequence's name has 1 to ${nameMax} characters`)
  }
  if (step < 1n || step > stepMax || start < 0n || highest > idMax || start > highest) {
    const text = `no sequence goes from ${start} to ${highest} in steps of ${step}`
    throw new IdError('invalid-option', `${text}: 0 <= start <= highest, 1 <= step <= ${stepMax}`)
  }
  const statements = sequenceStatements[database.dialect](identifier(table))
  try {
    await database.query(statements.createTable)
    await database.query(statements.create, [name, start - step, step, highest].map(String))
  } catch (error) {
    throw sqlFailure(error, `sequence '${name}'`, 'the table could not be made')
  }
}

/** Takes the ids of a sequence that is kept as a row of a table. `createSequence` makes it. */
export class DatabaseSequence implements IdGenerator<bigint> {
  readonly #database: SqlDatabase
  readonly #name: string
  readonly #table: string
  readonly #statements: SequenceStatements
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #observer: IdObserver | undefined
  /** The row's step as it was seen last. A take counts only while it still is the same. */
  #step: bigint | undefined

  constructor({
    database,
    name,
    table = defaultTable,
    clock = systemClock,
    observer,
  }: DatabaseSequenceOptions) {
    this.#database = database
    this.#name = name
    this.#table = identifier(table)
    this.#statements = sequenceStatements[database.dialect](this.#table)
    this.#clock = clock
    this.#observer = observer
  }

  async next(options: NextOptions = {}): Promise<bigint> {
    const [id] = await this.nextBatch(1, options)
    return id as bigint
  }

  async nextBatch(count: number, { signal }: NextOptions = {}): Promise<readonly bigint[]> {
    checkBatch(count)
    throwIfAborted(signal)
    if (count === 0) return []
    try {
      const { last, step } = await orAborted(this.#take(count), signal)
      this.#observer?.issued?.(count)
      const first = last - BigInt(count - 1) * step
      return Array.from({ length: count }, (_, index) => first + BigInt(index) * step)
    } catch (error) {
      if (error instanceof IdError) this.#observer?.refused?.(error.code)
      throw error
    }
  }

  /** Takes so many ids or none. */
  async #take(count: number): Promise<{ readonly last: bigint; readonly step: bigint }> {
    for (let step = this.#step ?? (await this.#look()); ; ) {
      const values = [count, this.#name, count, step].map(String)
      const last = this.#statements.taken(await this.#query(this.#statements.take, values))
      if (last !== undefined) return { last: BigInt(last), step }
      const current = await this.#look()
      if (current === step) {
        const text = `sequence '${this.#name}' has no ${count} ids left: raise highest_id in ${this.#table}`
        throw new IdError('sequence-exhausted', text)
      }
      step = current
    }
  }

  /** The step of the row as it is now. */
  async #look(): Promise<bigint> {
    const { rows } = await this.#query(this.#statements.look, [this.#name])
    const [row] = rows
    if (row === undefined) {
      const text = `there is no sequence '${this.#name}' in ${this.#table}: createSequence makes it`
      throw new IdError('no-such-sequence', text)
    }
    this.#step = BigInt(String(row['step']))
    return this.#step
  }

  async #query(sql: string, values: readonly SqlValue[]): Promise<SqlResult> {
    const began = this.#clock.elapsed()
    try {
      const result = await this.#database.query(sql, values)
      this.#observer?.loaded?.(this.#clock.elapsed() - began)
      return result
    } catch (error) {
      throw sqlFailure(error, `sequence '${this.#name}'`, 'createSequence makes it')
    }
  }
}
