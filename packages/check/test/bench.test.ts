import { expect, test } from 'vitest'
import { benchLinearizability } from '../src/bench.ts'

test('the bench checks histories that hold, and reads time only from its clock', () => {
  let time = 0
  const rows = benchLinearizability(() => (time += 500))
  expect(rows.map(({ verdict }) => verdict)).toEqual(rows.map(() => 'holds'))
  expect(rows.map(({ milliseconds }) => milliseconds)).toEqual(rows.map(() => 500))
  expect(
    rows.every(({ operations, operationsPerSecond }) => operationsPerSecond === operations * 2),
  ).toBe(true)
})
