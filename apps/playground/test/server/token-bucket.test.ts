import { fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { TokenBucket } from '../../src/server/token-bucket.ts'

const burst = 5
const perSecond = 10

/** In no span of time more than the burst and the span's own tokens are given. */
function keepsTheRate(Bucket: typeof TokenBucket): boolean {
  const gaps = fc.array(fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 3_000 })), { maxLength: 60 })
  const property = fc.property(gaps, (afters) => {
    const bucket = new Bucket(burst, perSecond, 0)
    const taken: number[] = []
    let now = 0
    for (const after of afters) {
      now += after
      if (bucket.take(now)) taken.push(now)
    }
    return taken.every((from, first) =>
      taken.slice(first).every((to, more) => more + 1 <= burst + ((to - from) / 1000) * perSecond),
    )
  })
  return !fc.check(property, { numRuns: 500 }).failed
}

test('never gives more than its burst and its rate', () => {
  expect(keepsTheRate(TokenBucket)).toBe(true)
})

test('a bucket that holds more than its burst is caught', () => {
  class TooLarge extends TokenBucket {
    constructor(allowed: number, rate: number, now: number) {
      super(allowed + 3, rate, now)
    }
  }
  expect(keepsTheRate(TooLarge)).toBe(false)
})

test('gives several at once or none', () => {
  const bucket = new TokenBucket(10, 10, 0)
  expect([bucket.take(0, 7), bucket.take(0, 4), bucket.take(0, 3)]).toEqual([true, false, true])
  expect([bucket.take(500, 6), bucket.take(500, 5)]).toEqual([false, true])
})

test('gives again after a while', () => {
  const bucket = new TokenBucket(1, 1, 0)
  expect([bucket.take(0), bucket.take(999), bucket.take(1998)]).toEqual([true, false, true])
})
