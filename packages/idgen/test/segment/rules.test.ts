import { expect, test } from 'vitest'
import { leaf, segmentLastsMs, stepMax } from '../../src/segment/rules.ts'

const minute = 60_000
const history = { loads: 2, step: 1000, leastStep: 100, sinceMs: 0 }

test('the first two loads have as many ids as the store says', () => {
  expect(leaf.nextStep({ ...history, loads: 0 })).toBeUndefined()
  expect(leaf.nextStep({ ...history, loads: 1 })).toBeUndefined()
})

test('a segment that lasts under a quarter of an hour is doubled, up to a million', () => {
  expect(segmentLastsMs).toBe(15 * minute)
  expect(leaf.nextStep({ ...history, sinceMs: 15 * minute - 1 })).toBe(2000)
  expect(leaf.nextStep({ ...history, step: stepMax / 2 })).toBe(1_000_000)
  expect(leaf.nextStep({ ...history, step: stepMax / 2 + 1 })).toBe(500_001)
})

test('one that lasts up to half an hour stays', () => {
  expect(leaf.nextStep({ ...history, sinceMs: 15 * minute })).toBe(1000)
  expect(leaf.nextStep({ ...history, sinceMs: 30 * minute - 1 })).toBe(1000)
})

test('one that lasts longer is halved, down to what the store says', () => {
  expect(leaf.nextStep({ ...history, sinceMs: 30 * minute })).toBe(500)
  expect(leaf.nextStep({ ...history, step: 199, sinceMs: 30 * minute })).toBe(199)
  expect(leaf.nextStep({ ...history, step: 200, sinceMs: 30 * minute })).toBe(100)
})

test('a step that was raised in the store counts at once', () => {
  expect(leaf.nextStep({ ...history, leastStep: 5000, sinceMs: 20 * minute })).toBe(5000)
})

test('the next segment is loaded once more than a tenth is used', () => {
  expect(90 < leaf.loadsBelow(100)).toBe(false)
  expect(89 < leaf.loadsBelow(100)).toBe(true)
})
