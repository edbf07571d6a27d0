import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { Draws } from '../src/draws.ts'

const seeds = fc.integer({ min: 0, max: 0xffff_ffff })
const names = fc.string({ minLength: 1, maxLength: 12 })

describe('draws', () => {
  test.prop([seeds, names, fc.integer({ min: 1, max: 50 })])(
    'a stream gives the same numbers again, whoever else draws in between',
    (seed, name, count) => {
      const alone = new Draws(seed)
      const disturbed = new Draws(seed)
      const expected = Array.from({ length: count }, () => alone.next(name))
      const found = Array.from({ length: count }, (_, index) => {
        disturbed.next(`${name}/other ${index}`)
        return disturbed.next(name)
      })
      expect(found).toEqual(expected)
      expect(expected.every((drawn) => drawn >= 0 && drawn < 1)).toBe(true)
    },
  )

  test.prop([seeds, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 })])(
    'a forced draw gives its number and moves no other',
    (seed, forced) => {
      const free = new Draws(seed)
      const bound = new Draws(
        seed,
        Object.fromEntries(forced.map((value, index) => [`loss n1>n2#${2 * index}`, value])),
      )
      for (let k = 0; k < 2 * forced.length; k++) {
        const drawn = free.next('loss n1>n2')
        expect(bound.next('loss n1>n2')).toBe(k % 2 === 0 ? forced[k / 2] : drawn)
      }
    },
  )

  test('draws are spread evenly', () => {
    const draws = new Draws(7)
    const buckets = Array.from({ length: 10 }, () => 0)
    for (let k = 0; k < 100_000; k++) {
      const bucket = Math.floor(draws.next('spread') * 10)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    }
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  test('neighbouring seeds and names give unrelated numbers', () => {
    const firsts = new Set<number>()
    for (let seed = 0; seed < 200; seed++) {
      for (let name = 0; name < 50; name++) firsts.add(new Draws(seed).next(`n${name}`))
    }
    expect(firsts.size).toBeGreaterThan(9_990)
  })

  test('a chance forced to 0 is a hit where the network loses nothing', () => {
    const draws = new Draws(1, { 'loss a>b#1': 0 })
    const stream = draws.stream('loss a>b')
    expect([stream.chance(0), stream.chance(0), stream.chance(0)]).toEqual([false, true, false])
  })
})
