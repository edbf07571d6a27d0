import type { Clock } from '../clock.ts'
import { checkBatch, type IdGenerator, type NextOptions } from '../generator.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock } from '../platform.ts'
import { orAborted, throwIfAborted } from '../signal.ts'
import { sqlFailure } from '../sql/failure.ts'
import { identifier } from '../sql/identifier.ts'
import type { SqlDatabase } from '../sql/sql-database.ts'

/** Which sequence of the database to take from. */
export interface NativeSequenceOptions {
  /** PostgreSQL or PGlite. */
  readonly database: SqlDatabase
  /** The sequence, as `CREATE SEQUENCE` named it. */
  readonly name: string
  /** Measures round trips for the observer; the system's unless told otherwise. */
  readonly clock?: Pick<Clock, 'elapsed'>
  readonly observer?: IdObserver
}

/**
 * Takes the ids of a sequence of PostgreSQL's own (`nextval`), which is what it does quickest: it
 * locks no row, and writes once for 32 ids. Ids of a batch rise, but need not follow upon each other
 * when others take some meanwhile.
 *
 * MariaDB has sequences too, but does not wait until they are on the disk: after a kill -9 it gave
 * ids that it had given before, also with NOCACHE, or had lost the sequence (10.11). So they are
 * refused, and SQLite and MySQL have none.
 */
export class NativeSequence implements IdGenerator<bigint> {
  readonly #database: SqlDatabase
  readonly #name: string
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #observer: IdObserver | undefined

  /** @throws {IdError} `invalid-option` for other databases, or a name that is none. */
  constructor({ database, name, clock = systemClock, observer }: NativeSequenceOptions) {
    if (database.dialect !== 'postgres') {
      const text = `native sequences of ${database.dialect} are not used here: take a DatabaseSequence`
      throw new IdError('invalid-option', text)
    }
    this.#database = database
    this.#name = identifier(name)
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
      const ids = await orAborted(this.#take(count), signal)
      this.#observer?.issued?.(count)
      return ids
    } catch (error) {
      if (error instanceof IdError) this.#observer?.refused?.(error.code)
      throw error
    }
  }

  async #take(count: number): Promise<readonly bigint[]> {
    const began = this.#clock.elapsed()
    const { rows } = await this.#rows(count)
    this.#observer?.loaded?.(this.#clock.elapsed() - began)
    return rows.map((row) => BigInt(String(row['id'])))
  }

  async #rows(count: number): ReturnType<SqlDatabase['query']> {
    try {
      return await this.#database.query(this.#statement(count))
    } catch (error) {
      throw sqlFailure(error, `sequence '${this.#name}'`, `CREATE SEQUENCE ${this.#name} makes it`)
    }
  }

  /** `count` is a whole number and the name was checked, so both may stand in the text. */
  #statement(count: number): string {
    return `select nextval('${this.#name}')::text as id from generate_series(1, ${count})`
  }
}
