import { expect, test } from 'vitest'
import { LeafSegments } from '../../src/segment/leaf-segments.ts'
import { SegmentIds } from '../../src/segment/segment-ids.ts'
import { createSegments, SqlSegmentStore } from '../../src/segment/sql-segment-store.ts'
import type { SqlDatabase } from '../../src/sql/sql-database.ts'
import { repeated } from '../uniqueness.ts'

/** What holds of segments in every database. */
export function segmentsHold(database: () => SqlDatabase): void {
  test('several processes with segments of one tag get every id once', async () => {
    await createSegments({ database: database() }, 'shared', { step: 7 })
    const given = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const store = new SqlSegmentStore({ database: database() })
        const ids = new SegmentIds({ tag: 'shared', store })
        return Promise.all([ids.nextBatch(50), ids.next(), ids.nextBatch(3)])
      }),
    )
    const all = given.flat(2)
    expect(repeated(all)).toEqual([])
    expect(all).toHaveLength(4 * 54)
  })

  test('a load is one statement, and a step that was changed is seen before it counts', async () => {
    await createSegments({ database: database() }, 'changed', { step: 10, description: 'a test' })
    const said: string[] = []
    const store = new SqlSegmentStore({
      database: {
        dialect: database().dialect,
        query: (sql, values) => {
          said.push(sql.trim().split(' ')[0] as string)
          return database().query(sql, values)
        },
      },
    })
    await store.tags()
    said.length = 0
    expect(await store.load('changed')).toEqual({ first: 1n, end: 11n, step: 10 })
    expect(await store.load('changed', 100)).toEqual({ first: 11n, end: 111n, step: 10 })
    expect(said).toEqual(['update', 'update'])
    await database().query("update leaf_alloc set step = 5 where biz_tag = 'changed'")
    expect(await store.load('changed')).toEqual({ first: 111n, end: 116n, step: 5 })
  })

  test('ids go up to 2^63 - 1 and no further', async () => {
    await createSegments({ database: database() }, 'full', { step: 10 })
    const almost = 2n ** 63n - 12n
    await database().query(`update leaf_alloc set max_id = ${almost} where biz_tag = 'full'`)
    const store = new SqlSegmentStore({ database: database() })
    expect(await store.load('full')).toEqual({ first: almost, end: almost + 10n, step: 10 })
    await expect(store.load('full')).rejects.toMatchObject({ code: 'sequence-exhausted' })
  })

  test('tags are created once, found, and missed by name', async () => {
    await createSegments({ database: database() }, 'tag', { step: 3 })
    await createSegments({ database: database() }, 'tag', { step: 4 })
    const store = new SqlSegmentStore({ database: database() })
    const leaf = await LeafSegments.open({ store })
    expect(await leaf.tag('tag').nextBatch(4)).toEqual([1n, 2n, 3n, 4n])
    leaf.close()
    expect((await store.tags()).get('tag')).toBe(3)
    await expect(store.load('nobody')).rejects.toMatchObject({ code: 'no-such-sequence' })
    const elsewhere = new SqlSegmentStore({ database: database(), table: 'no_such_table' })
    await expect(elsewhere.tags()).rejects.toMatchObject({ code: 'no-such-sequence' })
  })
}
