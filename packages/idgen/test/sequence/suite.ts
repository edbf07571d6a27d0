import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSequence,
  DatabaseSequence,
  type SequenceShape,
} from '../../src/sequence/database-sequence.ts'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'
import { repeated } from '../uniqueness.ts'

/** Some takers of one sequence, each of whom takes batches of these sizes, all at once. */
export async function takenBy(
  database: SqlDatabase,
  name: string,
  takers: readonly (readonly number[])[],
): Promise<readonly bigint[]> {
  const taken = await Promise.all(
    takers.map(async (sizes) => {
      const sequence = new DatabaseSequence({ database, name })
      const batches = await Promise.all(sizes.map((size) => sequence.nextBatch(size)))
      return batches.flat()
    }),
  )
  return taken.flat()
}

const shapes = fc.record({
  start: fc.bigInt({ min: 0n, max: 2n ** 60n }),
  step: fc.bigInt({ min: 1n, max: 1_000_000n }),
})
const takers = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 5 }), {
  minLength: 1,
  maxLength: 4,
})

/** What holds of sequences in every database. */
export function sequencesHold(database: () => SqlDatabase, runs: number): void {
  let made = 0
  const create = async (shape?: SequenceShape): Promise<string> => {
    const name = `s${++made}`
    await createSequence({ database: database(), name }, shape)
    return name
  }
  const take = async (name: string, count: number): Promise<readonly bigint[]> =>
    new DatabaseSequence({ database: database(), name }).nextBatch(count)

  test('concurrent takers get every id of the range once', async () => {
    const property = fc.asyncProperty(shapes, takers, async (shape, sizes) => {
      const ids = await takenBy(database(), await create(shape), sizes)
      const count = sizes.flat().reduce((sum, size) => sum + size, 0)
      const expected = Array.from({ length: count }, (_, n) => shape.start + BigInt(n) * shape.step)
      expect(ids.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(expected)
      expect(repeated(ids)).toEqual([])
    })
    await fc.assert(property, { numRuns: runs })
  })

  test('an id counts up to 2^63 - 1, exactly, and then there are no more', async () => {
    const highest = 2n ** 63n - 1n
    const name = await create({ start: highest - 2n })
    expect(await take(name, 2)).toEqual([highest - 2n, highest - 1n])
    await expect(take(name, 2)).rejects.toMatchObject({ code: 'sequence-exhausted' })
    expect(await take(name, 1)).toEqual([highest])
    await expect(take(name, 1)).rejects.toMatchObject({ code: 'sequence-exhausted' })
  })

  test('steps make room for others, and end at the highest id', async () => {
    const [odd, even] = [
      await create({ start: 1n, step: 2n, highest: 6n }),
      await create({ start: 2n, step: 2n, highest: 6n }),
    ]
    expect(await take(odd, 3)).toEqual([1n, 3n, 5n])
    expect(await take(even, 3)).toEqual([2n, 4n, 6n])
    await expect(take(odd, 1)).rejects.toMatchObject({ code: 'sequence-exhausted' })
  })

  test('a sequence that is there keeps its place', async () => {
    const name = await create({ start: 5n })
    expect(await take(name, 2)).toEqual([5n, 6n])
    await createSequence({ database: database(), name }, { start: 1n })
    expect(await take(name, 1)).toEqual([7n])
  })

  test('a step that was changed meanwhile is seen before the next id', async () => {
    const name = await create()
    const sequence = new DatabaseSequence({ database: database(), name })
    expect(await sequence.next()).toBe(1n)
    await database().query(`update lockstep_sequences set step = 10 where name = '${name}'`)
    expect(await sequence.nextBatch(2)).toEqual([11n, 21n])
  })

  test('what is not there has a name for it', async () => {
    await create()
    await expect(take('nobody', 1)).rejects.toMatchObject({ code: 'no-such-sequence' })
    const other = new DatabaseSequence({ database: database(), name: 'x', table: 'no_table' })
    await expect(other.next()).rejects.toMatchObject({ code: 'no-such-sequence' })
  })
}
