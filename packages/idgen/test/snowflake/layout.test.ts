import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdError } from '../../src/id-error.ts'
import { snowflakeForms } from '../../src/snowflake/forms.ts'
import { SnowflakeLayout } from '../../src/snowflake/layout.ts'

const layout = fc
  .record({
    timeBits: fc.integer({ min: 1, max: 41 }),
    turnBits: fc.integer({ min: 0, max: 3 }),
    workerBits: fc.integer({ min: 0, max: 16 }),
    sequenceBits: fc.integer({ min: 1, max: 20 }),
    tickMs: fc.integer({ min: 1, max: 1000 }),
    epochMs: fc.integer({ min: -1e12, max: 2e12 }),
  })
  .filter((each) => each.timeBits + each.turnBits + each.workerBits + each.sequenceBits <= 63)
  .map((options) => new SnowflakeLayout(options))

const id = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })

describe('a layout', () => {
  test('is Twitter’s if nothing else is said', () => {
    const twitter = new SnowflakeLayout()
    // A known post of 2022-06-28 16:07:40.105 UTC.
    expect(twitter.fieldsOf(1_541_815_603_606_036_480n)).toEqual({
      tick: 367_597_485_448,
      timeMs: Date.UTC(2022, 5, 28, 16, 7, 40, 105),
      turn: 0,
      workerId: 378,
      sequence: 0,
    })
  })

  test('gives back the fields that went into an id, and keeps the order of (tick, turn, worker, sequence)', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    const drawn = fc.tuple(unit, unit, unit, unit)
    fc.assert(
      fc.property(layout, drawn, drawn, (by, one, other) => {
        const fields = ([tick, turn, worker, sequence]: readonly number[]): number[] => [
          Math.floor(tick! * (by.tickMax + 1)),
          Math.floor(turn! * (by.turnMax + 1)),
          Math.floor(worker! * (by.workerMax + 1)),
          Math.floor(sequence! * (by.sequenceMax + 1)),
        ]
        const idOf = ([tick, turn, worker, sequence]: readonly number[]): bigint =>
          by.firstId(tick!, turn!, worker!) + BigInt(sequence!)
        const [a, b] = [fields(one), fields(other)]
        const read = by.fieldsOf(idOf(a))
        expect([read.tick, read.turn, read.workerId, read.sequence]).toEqual(a)
        expect(by.tickAt(read.timeMs)).toBe(read.tick)
        expect(by.tickAt(read.timeMs + by.tickMs - 0.5)).toBe(read.tick)
        expect(by.tickAt(read.timeMs - 0.5)).toBe(read.tick - 1)
        const differing = a.findIndex((value, at) => value !== b[at])
        expect(idOf(a) < idOf(b)).toBe(differing >= 0 && a[differing]! < b[differing]!)
      }),
    )
  })

  test.for<[what: string, options: ConstructorParameters<typeof SnowflakeLayout>[0], says: RegExp]>(
    [
      [
        'has more than 63 bits',
        { timeBits: 42 },
        /64 bits together, and there are 63: take 1 away/,
      ],
      ['has half a bit', { workerBits: 0.5 }, /workerBits is a whole number from 0/],
      ['has no sequence', { sequenceBits: 0 }, /sequenceBits is a whole number from 1/],
      ['has no tick', { tickMs: 0 }, /tickMs is a whole number/],
      ['has no epoch', { epochMs: Number.NaN }, /epochMs is a whole number/],
      [
        'outlasts dates',
        { timeBits: 52, workerBits: 1, sequenceBits: 1, tickMs: 1000 },
        /fewer timeBits/,
      ],
    ],
  )('one that %s is refused, and told how to mend it', ([, options, says]) => {
    const refused = (): SnowflakeLayout => new SnowflakeLayout(options)
    expect(refused).toThrow(says)
    expect(refused).toThrow(expect.objectContaining({ name: 'IdError', code: 'invalid-layout' }))
  })

  test('an id of more bits, or below zero, is none of it', () => {
    const small = new SnowflakeLayout({ timeBits: 10, workerBits: 2, sequenceBits: 4 })
    expect(small.fieldsOf(2n ** 16n - 1n).tick).toBe(1023)
    for (const wrong of [2n ** 16n, -1n]) {
      expect(() => small.fieldsOf(wrong)).toThrow(expect.objectContaining({ code: 'not-an-id' }))
    }
  })
})

describe('the forms', () => {
  const compare = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b)

  test('read what they wrote', () => {
    fc.assert(
      fc.property(id, (each) => {
        const { bigint, decimal, base62, bytes } = snowflakeForms
        expect(bigint.read(bigint.write(each))).toBe(each)
        expect(decimal.read(decimal.write(each))).toBe(each)
        expect(base62.read(base62.write(each))).toBe(each)
        expect(bytes.read(bytes.write(each))).toBe(each)
        expect(base62.write(each)).toHaveLength(11)
        expect(bytes.write(each)).toHaveLength(8)
      }),
    )
  })

  test('base 62 and bytes are ordered as the numbers are', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        const { base62, bytes } = snowflakeForms
        expect(base62.write(a) < base62.write(b)).toBe(a < b)
        expect(compare(bytes.write(a), bytes.write(b)) < 0).toBe(a < b)
      }),
    )
  })

  test.for<[what: string, read: () => bigint]>([
    ['a number with a sign', () => snowflakeForms.decimal.read('-1')],
    ['a number with a zero in front', () => snowflakeForms.decimal.read('01')],
    ['nothing', () => snowflakeForms.decimal.read('')],
    ['2^63', () => snowflakeForms.decimal.read(String(2n ** 63n))],
    ['2^63 as a bigint', () => snowflakeForms.bigint.read(2n ** 63n)],
    ['ten digits of base 62', () => snowflakeForms.base62.read('0123456789')],
    ['a dash', () => snowflakeForms.base62.read('0123456789-')],
    ['the last text of eleven digits', () => snowflakeForms.base62.read('zzzzzzzzzzz')],
    ['seven bytes', () => snowflakeForms.bytes.read(new Uint8Array(7))],
    [
      'eight bytes with the highest bit',
      () => snowflakeForms.bytes.read(new Uint8Array(8).fill(255)),
    ],
  ])('%s is no id', ([, read]) => {
    expect(read).toThrow(IdError)
    expect(read).toThrow(expect.objectContaining({ code: 'not-an-id' }))
  })
})
