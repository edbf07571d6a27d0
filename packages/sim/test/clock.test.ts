import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import { expect } from 'vitest'
import { SimClock } from '../src/clock.ts'

test.prop([
  fc.array(
    fc.record({ after: fc.nat(10_000), rate: fc.double({ min: 0.5, max: 2, noNaN: true }) }),
  ),
])('an oscillator never jumps, whatever happens to its rate', (changes) => {
  const clock = new SimClock(1, 0)
  let now = 0
  for (const { after, rate } of changes) {
    const before = clock.local(now)
    const old = clock.rate
    now += after
    expect(clock.local(now)).toBeCloseTo(before + after * old, 4)
    const reading = clock.local(now)
    clock.setRate(now, rate)
    expect(clock.local(now)).toBeCloseTo(reading, 4)
  }
})

test('a jump moves the wall clock and leaves the oscillator', () => {
  const clock = new SimClock(1, 500)
  const wall = clock.wall(1000)
  clock.jump(-300)
  expect(clock.wall(1000)).toBe(wall - 300)
  expect(clock.local(1000)).toBe(1000)
  expect(clock.offset(1000)).toBe(200)
})
