import { expect, test } from 'vitest'
import { median, medianRatio } from '../../src/bench/rounds.ts'

test.for([
  [[3, 1, 2], 2],
  [[10, 9, 2, 1], 5.5],
  [[], Number.NaN],
] as const)('the median of %j is %d', ([values, expected]) => {
  expect(median(values)).toBe(expected)
})

test('a ratio is that of the rounds, not that of the medians', () => {
  // The machine was ten times as slow in the second round.
  expect(medianRatio([100, 10, 90], [50, 2, 60])).toBe(2)
})
