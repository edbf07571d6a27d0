import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Connection,
  RowCountError,
  type SqlOperations,
  SqlTemplate,
  type Statement,
} from '../../src/structural/facade.ts'
import { caughtAsync } from '../caught.ts'

/** A driver that writes down its calls, and fails the calls of some numbers. */
class Driver {
  readonly trace: string[] = []
  readonly #failing: ReadonlySet<number>
  readonly #rows: number

  constructor(failing: readonly number[], rows: number) {
    this.#failing = new Set(failing)
    this.#rows = rows
  }

  async #step<T>(what: string, result: T): Promise<T> {
    const number = this.trace.push(what) - 1
    await Promise.resolve()
    if (this.#failing.has(number)) throw new Error(`step ${number}: ${what}`)
    return result
  }

  acquire(): Promise<Connection> {
    const statement: Statement = {
      run: (parameters) => this.#step(`run ${parameters.join()}`, 1),
      rows: (parameters) =>
        this.#step(
          `rows ${parameters.join()}`,
          Array.from({ length: this.#rows }, (_, n) => ({ n })),
        ),
      close: () => this.#step('close', undefined),
    }
    return this.#step('acquire', {
      prepare: (sql) => this.#step(`prepare ${sql}`, statement),
      begin: () => this.#step('begin', undefined),
      commit: () => this.#step('commit', undefined),
      rollback: () => this.#step('rollback', undefined),
      release: () => this.#step('release', undefined),
    })
  }
}

type Task = 'query' | 'one' | 'update' | 'batch' | 'transaction'
const tasks: readonly Task[] = ['query', 'one', 'update', 'batch', 'transaction']

const throughFacade = (sql: SqlOperations, task: Task): Promise<unknown> => {
  if (task === 'query') return sql.query('q', [1], (row) => row['n'])
  if (task === 'one') return sql.one('q', [1], (row) => row['n'])
  if (task === 'update') return sql.update('u', [2])
  if (task === 'batch') return sql.batch('b', [[1], [2], [3]])
  if (!(sql instanceof SqlTemplate)) throw new Error('not nested')
  return sql.transaction(async (within) => {
    await within.update('u', [2])
    return within.one('q', [1], (row) => row['n'])
  })
}

/** The same steps, written by hand against the driver, with the language's own try and finally. */
async function byHand(driver: Driver, task: Task): Promise<unknown> {
  let first: unknown
  let count = 1
  const noted = (error: unknown): never => {
    first ??= error
    throw first
  }
  const ending = async (end: Promise<void>) => end.catch(noted)
  const statement = async <T>(
    at: Connection,
    sql: string,
    use: (made: Statement) => Promise<T>,
  ) => {
    const made = await at.prepare(sql).catch(noted)
    try {
      return await use(made).catch(noted)
    } finally {
      await ending(made.close())
    }
  }
  const single = (rows: readonly unknown[]) => {
    if (rows.length !== 1) noted(new RowCountError('q', rows.length))
    return 0
  }
  const connection = await driver.acquire()
  try {
    if (task === 'query')
      return (await statement(connection, 'q', (made) => made.rows([1]))).map((row) => row['n'])
    if (task === 'update') return await statement(connection, 'u', (made) => made.run([2]))
    if (task === 'batch')
      return await statement(connection, 'b', async (made) => {
        return (await made.run([1])) + (await made.run([2])) + (await made.run([3]))
      })
    if (task === 'transaction') {
      await connection.begin().catch(noted)
      try {
        await statement(connection, 'u', (made) => made.run([2]))
        single(await statement(connection, 'q', (made) => made.rows([1])))
      } catch (error) {
        await ending(connection.rollback())
        throw error
      }
      await connection.commit().catch(noted)
      return 0
    }
    const rows = await statement(connection, 'q', (made) => made.rows([1]))
    if (rows.length === 1) return 0
    count = rows.length
  } finally {
    await ending(connection.release())
  }
  throw new RowCountError('q', count)
}

const settled = (work: Promise<unknown>) =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: String(error) }),
  )

const doesTheSteps = (template: (driver: Driver) => SqlTemplate) =>
  fc.asyncProperty(
    fc.constantFrom(...tasks),
    fc.uniqueArray(fc.nat(12), { maxLength: 3 }),
    fc.nat(2),
    async (task, failing, rows) => {
      const [left, right] = [new Driver(failing, rows), new Driver(failing, rows)]
      const through = await settled(throughFacade(template(left), task))
      expect(through).toEqual(await settled(byHand(right, task)))
      expect(left.trace).toEqual(right.trace)
    },
  )

test('each call is the steps that one would write by hand, whatever step fails', async () => {
  await fc.assert(doesTheSteps((driver) => new SqlTemplate(() => driver.acquire())))
})

test('a facade that does not give the connection back after a failure is caught', async () => {
  const leaky = (driver: Driver) =>
    new SqlTemplate(async () => {
      const connection = await driver.acquire()
      let failed = false
      return {
        ...connection,
        prepare: (sql: string) =>
          connection.prepare(sql).catch((error: unknown) => {
            failed = true
            throw error
          }),
        release: async () => (failed ? undefined : connection.release()),
      }
    })
  expect(await caughtAsync(doesTheSteps(leaky))).toBe(true)
})

test('a facade that commits in place of rolling back is caught', async () => {
  const careless = (driver: Driver) =>
    new SqlTemplate(async () => {
      const connection = await driver.acquire()
      return { ...connection, rollback: () => connection.commit() }
    })
  expect(await caughtAsync(doesTheSteps(careless))).toBe(true)
})
