import { isInstalled } from '@lockstep/servers'
import { expect, test } from 'vitest'
import { benchSegments } from '../../src/bench/ids/segments.ts'

test('the bench of segments measures every figure, and no caller gets an error', async () => {
  const options = { measureMs: 60, latencyMs: 5, callers: 200, pacePerSecond: 50_000 }
  const rows = await benchSegments(options)
  const rates = ['next()', 'nextSync()', 'nextBatch(2,000)'].flatMap((way) => [
    `${way}: ids a second`,
    `${way}: ids a CPU second`,
    `${way}: round trips a segment`,
  ])
  expect(rows.map(({ figure }) => figure)).toEqual([
    ...rates,
    '200 callers, step 100: errors',
    '200 callers, step 100: ms until all were served',
    'next() at 50,000 a second: segments',
    'next() at 50,000 a second: p99.9, ms',
    'next() at 50,000 a second: slowest, ms',
    ...(isInstalled('postgres') ? rates : []),
  ])
  const none = rows.filter(({ figure, value }) => !figure.endsWith('errors') && !(value > 0))
  expect(none).toEqual([])
  expect(rows.filter(({ figure, value }) => figure.endsWith('errors') && value !== 0)).toEqual([])
})
