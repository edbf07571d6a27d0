import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FieldTruth } from '../../src/ids/field-truth.ts'
import { Intervals } from '../../src/ids/intervals.ts'
import { Order } from '../../src/ids/order.ts'
import { Uniqueness } from '../../src/ids/uniqueness.ts'

/** Numbers near each other and near the edges of 32 and 64 bits, so that they meet. */
const number = fc
  .tuple(fc.constantFrom(0n, 2n ** 32n - 4n, 2n ** 63n - 4n, 2n ** 64n - 9n), fc.nat(8))
  .map(([base, more]) => base + BigInt(more))
const run = fc.tuple(number, fc.nat(3)).map(([start, more]) => {
  const ids = Array.from({ length: more + 1 }, (_, at) => BigInt.asUintN(64, start + BigInt(at)))
  return BigUint64Array.from(ids)
})
const streams = fc.array(fc.tuple(fc.nat(2), run), { maxLength: 12 })

describe('uniqueness', () => {
  test('counts the duplicates that a set counts, and names one of them and who gave it', () => {
    fc.assert(
      fc.property(streams, (added) => {
        const intervals = new Intervals()
        for (const [by, ids] of added) intervals.add(by, ids)
        const all = added.flatMap(([by, ids]) => Array.from(ids, (id) => ({ by, id })))
        const different = new Set(all.map(({ id }) => id)).size
        expect(intervals.count).toBe(all.length)
        expect(intervals.duplicates()).toBe(all.length - different)
        const overlap = intervals.firstOverlap()
        expect(overlap === undefined).toBe(different === all.length)
        if (overlap === undefined) return
        const holders = all.filter(({ id }) => id === overlap.id).map(({ by }) => by)
        expect(holders.length).toBeGreaterThan(1)
        const sorted = (sources: readonly number[]): Int32Array => Int32Array.from(sources).sort()
        expect(sorted(overlap.by)).toEqual(sorted(holders))
      }),
      { numRuns: 2000 },
    )
  })

  test('texts and numbers, one source and several', () => {
    const unique = new Uniqueness()
    unique.add('w1', [1n, 2n, 9n])
    unique.add('w2', ['a', 'b'])
    unique.add('w2', [])
    expect(unique.verdict()).toEqual({ is: 'holds', text: 'Unique: 5 ids of 2 sources' })
    unique.add('w2', ['a'])
    expect(unique.verdict()).toMatchObject({
      is: 'violated',
      text: 'Not unique: 1 duplicate among 6 ids of 2 sources, the first is a, given by w2, 2 times',
    })
    unique.add('w2', BigUint64Array.of(8n, 9n))
    expect(unique.duplicates()).toBe(2)
    expect(unique.verdict()).toMatchObject({
      is: 'violated',
      by: 'uniqueness',
      text: 'Not unique: 2 duplicates among 8 ids of 2 sources, the first is 9, given by w1 and w2',
    })
  })

  test('ten million ids of four sources are judged at once, and one that is there twice is found', () => {
    const unique = new Uniqueness()
    const batch = new BigUint64Array(4096)
    for (let tick = 0; tick < 2442; tick++) {
      for (let at = 0; at < batch.length; at++) {
        batch[at] = (BigInt(tick >> 2) << 22n) | BigInt((tick % 4) * 4096 + at)
      }
      unique.add(`w${tick % 4}`, batch)
    }
    expect(unique.verdict()).toEqual({ is: 'holds', text: 'Unique: 10,002,432 ids of 4 sources' })
    unique.add('w0', BigUint64Array.of((600n << 22n) | 17n))
    expect(unique.duplicates()).toBe(1)
  })
})

describe('order', () => {
  test('each source by itself', () => {
    const order = new Order<bigint>()
    order.add('w1', [5n, 6n])
    order.add('w2', BigUint64Array.of(1n, 3n))
    expect(order.verdict()).toEqual({ is: 'holds', text: 'In order: 4 ids of 2 sources' })
    order.add('w2', [2n])
    order.add('w1', [6n])
    expect(order.inversions()).toBe(2)
    expect(order.verdict()).toMatchObject({
      is: 'violated',
      by: 'order',
      text: 'Not in order: w1 gave 6 after 6; 2 inversions among 6 ids of 2 sources',
    })
  })

  test('texts by their code units', () => {
    const order = new Order<string>()
    order.add('w1', ['0Z', '0a'])
    expect(order.inversions()).toBe(0)
    order.add('w1', ['0B'])
    expect(order.inversions()).toBe(1)
  })
})

describe('field truth', () => {
  const truth = (): FieldTruth<number> =>
    new FieldTruth((id) => ({ timeMs: id, workerId: id % 10 }), { behindMs: 1, aheadMs: 5 })

  test('a time within the bounds and the right worker', () => {
    const judge = truth()
    judge.add(103, { fromMs: 104, toMs: 104, workerId: 3 })
    judge.add(109, { fromMs: 104, toMs: 104, workerId: 9 })
    expect(judge.verdict()).toEqual({ is: 'holds', text: 'Fields are true: 2 ids' })
  })

  test.for<[what: string, id: number, workerId: number, text: string]>([
    ['too early', 102, 2, '102 says a time 2 ms behind the clock; 1 among 2 ids'],
    ['too late', 110, 0, '110 says a time 6 ms ahead of the clock; 1 among 2 ids'],
    ['of another worker', 104, 5, '104 says worker 4, and worker 5 made it; 1 among 2 ids'],
  ])('an id that is %s is found', ([, id, workerId, text]) => {
    const judge = truth()
    judge.add(104, { fromMs: 104, toMs: 104 })
    judge.add(id, { fromMs: 104, toMs: 104, workerId })
    expect(judge.verdict()).toMatchObject({
      is: 'violated',
      by: 'field truth',
      text: `Fields are not true: ${text}`,
    })
  })
})
