import { describe, expect, test } from 'vitest'
import { checkLinearizable, keyValue, LinearizabilitySearch } from '../src/index.ts'
import { beside, done, found, get, hardKey, kvHistory, put } from './kv-history.ts'

const staleKey = kvHistory(
  ['c1', 0, 10, put('stale', '1'), done],
  ['c2', 20, 30, put('stale', '2'), done],
  ['c3', 40, 50, get('stale'), found('1')],
)
const legalKey = kvHistory(
  ['d1', 0, 10, put('fine', '1'), done],
  ['d2', 20, 30, get('fine'), found('1')],
)

describe('a violation', () => {
  test('is found quickly beside a key that would take for ever', () => {
    const result = checkLinearizable(keyValue, beside(hardKey('hard', 40), staleKey))
    expect(result.verdict.is).toBe('violated')
    expect(result.evidence?.partition).toBe('stale')
    expect(result.steps).toBeLessThan(100_000)
    expect(result.partitions.map(({ name, answer }) => [name, answer])).toEqual([
      ['hard', 'unknown'],
      ['stale', 'illegal'],
    ])
  })

  test('is found beside keys that ate all the memory there is', () => {
    const history = beside(hardKey('hard', 40), hardKey('harder', 50), staleKey)
    const search = new LinearizabilitySearch(keyValue, history, { memoEntriesMax: 10 })
    while (search.run(1) === 'running') expect(search.result().steps).toBeLessThan(10_000)
    expect(search.result().verdict.is).toBe('violated')
  })
})

describe('the verdict is unknown', () => {
  const history = beside(hardKey('hard', 40), legalKey)

  test('at the limit of steps, and says so', () => {
    const { verdict, steps, partitions } = checkLinearizable(keyValue, history, {
      stepsMax: 50_000,
    })
    expect(steps).toBe(50_000)
    expect(verdict).toEqual({
      is: 'unknown',
      by: 'linearizability',
      text: 'Unknown: key hard: 41 operations, and the limit of 50,000 steps was reached; 1 of 2 keys is linearizable',
    })
    expect(partitions.map(({ answer }) => answer)).toEqual(['unknown', 'legal'])
  })

  test('at the limit of memory, and says so', () => {
    const { verdict, memoEntries } = checkLinearizable(keyValue, history, { memoEntriesMax: 1_000 })
    expect(memoEntries).toBeLessThanOrEqual(1_001)
    expect(verdict.text).toBe(
      'Unknown: key hard: 41 operations, and the limit of 1,000 remembered configurations was reached; 1 of 2 keys is linearizable',
    )
  })

  test('when the search is told to stop', () => {
    let asked = 0
    const { verdict, steps } = checkLinearizable(keyValue, history, {
      keepGoing: () => ++asked < 3,
    })
    expect(verdict.text).toContain('key hard: 41 operations, and the search was told to stop')
    expect(steps).toBeLessThan(100_000)
  })

  test('until the search has ended', () => {
    const search = new LinearizabilitySearch(keyValue, history)
    expect(search.run(1_000)).toBe('running')
    expect(search.result().verdict.text).toContain('and the search has not ended')
    search.stop('nobody waits for it')
    expect(search.run(1_000)).toBe('unknown')
    expect(search.result().verdict.text).toContain('and nobody waits for it')
  })
})

test('a search in small slices comes to the result of one in a single slice', () => {
  const history = beside(hardKey('hard', 8), legalKey, staleKey)
  const sliced = new LinearizabilitySearch(keyValue, history)
  while (sliced.run(3) === 'running') expect(sliced.result().steps).toBeLessThan(100_000)
  expect(sliced.run(3)).toBe('illegal')
  expect(sliced.result().verdict).toEqual(checkLinearizable(keyValue, history).verdict)
})
