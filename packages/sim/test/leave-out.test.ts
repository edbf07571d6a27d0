import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import { expect } from 'vitest'
import { LeaveOut } from '../src/leave-out.ts'

test.prop([
  fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 60 }),
  fc.infiniteStream(fc.boolean()),
])('what is left is what is needed, and nothing else', (all, coins) => {
  const needed = all.filter(() => coins.next().value)
  const has = (list: readonly number[]): boolean => needed.every((item) => list.includes(item))
  const { counterexample } = fc.check(
    fc.property(new LeaveOut(all), (list) => !has(list)),
    { numRuns: 1 },
  )
  expect(counterexample?.[0]).toEqual(needed)
})

test('a thousand items with two needed ones take few questions', () => {
  const all = Array.from({ length: 1000 }, (_, index) => index)
  let asked = 0
  const property = fc.property(new LeaveOut(all), (list) => {
    asked++
    return !(list.includes(17) && list.includes(803))
  })
  expect(fc.check(property, { numRuns: 1 }).counterexample?.[0]).toEqual([17, 803])
  expect(asked).toBeLessThan(100)
})
