import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IndexPages } from '../../src/lab/index-pages.ts'

const key = (number: number): string => String(number).padStart(6, '0')

it('fills its leaves with keys that grow, and touches the last ones only', () => {
  const pages = new IndexPages()
  for (let first = 0; first < 3200; first += 32) {
    const keys = Array.from({ length: 32 }, (_, index) => key(first + index))
    expect(pages.insert(keys).touched).toBeLessThanOrEqual(2)
  }
  expect(pages.insert([])).toEqual({ touched: 0, leaves: 100, fill: 1 })
})

it('holds every key once, in leaves that are at most full', () => {
  const keys = fc.uniqueArray(fc.integer({ min: 0, max: 99_999 }), { maxLength: 400 })
  const property = fc.property(keys, (numbers) => {
    const pages = new IndexPages()
    pages.insert(numbers.map(key))
    const { leaves, fill } = pages.insert([])
    expect(Math.round(fill * leaves * 32)).toBe(numbers.length)
    expect(fill).toBeLessThanOrEqual(1)
    expect(leaves).toBeLessThanOrEqual(Math.ceil(numbers.length / 16) + 1)
  })
  fc.assert(property)
})
