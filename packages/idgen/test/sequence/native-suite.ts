import { expect, test } from 'vitest'
import { NativeSequence } from '../../src/sequence/native-sequence.ts'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'
import { repeated } from '../uniqueness.ts'

/** What holds of the sequences that a database has of its own. */
export function nativeSequencesHold(database: () => SqlDatabase): void {
  test('concurrent takers of a native sequence get every id once', async () => {
    await database().query('create sequence native_shared start with 5')
    const takers = Array.from(
      { length: 4 },
      () => new NativeSequence({ database: database(), name: 'native_shared' }),
    )
    const batches = await Promise.all(
      takers.flatMap((taker) => [taker.nextBatch(30), taker.nextBatch(1), taker.next()]),
    )
    const ids = batches.flat()
    expect(repeated(ids)).toEqual([])
    expect(ids).toHaveLength(4 * 32)
    expect(ids.toSorted((a, b) => (a < b ? -1 : 1))[0]).toBe(5n)
  })

  test('a native sequence at its end, or that is not there, has a name for it', async () => {
    await database().query('create sequence native_short start with 1 maxvalue 2')
    const short = new NativeSequence({ database: database(), name: 'native_short' })
    expect(await short.nextBatch(2)).toEqual([1n, 2n])
    await expect(short.next()).rejects.toMatchObject({ code: 'sequence-exhausted' })
    const none = new NativeSequence({ database: database(), name: 'native_none' })
    await expect(none.next()).rejects.toMatchObject({ code: 'no-such-sequence' })
  })
}
