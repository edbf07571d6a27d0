/** What `SyncIdGenerator` promises, of everything that is one. */
import { Uniqueness } from '@lockstep/check'
import { describe, expect, test } from 'vitest'
import { batchMax, type SyncIdGenerator } from '../src/generator.ts'
import type { IdObserver } from '../src/observer.ts'
import { Snowflake } from '../src/snowflake/snowflake.ts'
import { Ulid } from '../src/ulid/ulid.ts'
import { UuidV4 } from '../src/uuid/v4.ts'
import { UuidV7 } from '../src/uuid/v7.ts'

type Made = SyncIdGenerator<bigint> | SyncIdGenerator<string>

const generators: readonly (readonly [name: string, make: (observer: IdObserver) => Made])[] = [
  ['UuidV4', (observer) => new UuidV4({ observer })],
  ['UuidV7', (observer) => new UuidV7({ observer })],
  ['Ulid', (observer) => new Ulid({ observer })],
  ['Snowflake', (observer) => new Snowflake({ worker: 1, observer })],
  ['Snowflake as bigint', (observer) => new Snowflake({ worker: 1, observer }).as('bigint')],
  ['Snowflake as decimal', (observer) => new Snowflake({ worker: 1, observer }).as('decimal')],
  ['Snowflake as base 62', (observer) => new Snowflake({ worker: 1, observer }).as('base62')],
]

describe.each(generators)('%s', (_, make) => {
  test('gives different ids by next, nextSync and nextBatch, to many callers at once', async () => {
    const ids = make({})
    const unique = new Uniqueness()
    const add = (one: readonly (bigint | string)[]): void =>
      unique.add('it', one as readonly bigint[] | readonly string[])
    const together = Array.from({ length: 500 }, () => ids.next())
    add([ids.nextSync()])
    add(await ids.nextBatch(5000))
    add(await Promise.all(together))
    add([await ids.next()])
    expect(unique.count).toBe(5502)
    expect(unique.verdict()).toMatchObject({ is: 'holds' })
  })

  test('makes batches of the size that is asked for, and no others', async () => {
    const ids = make({})
    expect(await ids.nextBatch(0)).toEqual([])
    expect(await ids.nextBatch(7)).toHaveLength(7)
    for (const count of [-1, 1.5, Number.NaN, batchMax + 1]) {
      await expect(ids.nextBatch(count)).rejects.toMatchObject({ code: 'invalid-option' })
    }
  })

  test('takes no id for a caller whose signal has come, and rejects with its reason', async () => {
    let issued = 0
    const ids = make({ issued: (count) => (issued += count) })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(ids.next({ signal })).rejects.toThrow('enough')
    await expect(ids.nextBatch(3, { signal })).rejects.toThrow('enough')
    expect(issued).toBe(0)
    await ids.next({ signal: new AbortController().signal })
  })
})
