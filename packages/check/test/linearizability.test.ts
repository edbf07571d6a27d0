import type { History } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkLinearizable,
  judgeLinearizable,
  keyValue,
  type KvOp,
  type KvValue,
  type Model,
} from '../src/index.ts'
import { mix } from '../src/hash.ts'
import { applyKv } from '../src/models/key-value.ts'
import { generateHistory, type Workload } from '../src/workload.ts'
import { isLinearizableByBruteForce } from './brute-force.ts'
import { done, found, get, kvHistory, put } from './kv-history.ts'
import { queue } from './models.ts'
import { kvCall, smallHistory } from './small-histories.ts'

function randomFrom(seed: number): () => number {
  let draws = 0
  return () => (mix(seed ^ mix(++draws)) >>> 0) / 2 ** 32
}

function generate(workload: Partial<Workload>, seed: number): History<KvOp, KvValue> {
  const defaults = { clients: 4, operations: 8, keys: 2, values: 2, delayMax: 5, unknownShare: 0.2 }
  return generateHistory({ ...defaults, ...workload }, randomFrom(seed))
}

/** The whole store as one state, not divided by keys. */
const wholeStore: Model<KvOp, KvValue, ReadonlyMap<string, string | null>> = {
  init: new Map(),
  step(store, op, outcome) {
    const after = keyValue.step(store.get(op.key) ?? null, op, outcome)
    return after === undefined ? undefined : new Map(store).set(op.key, after)
  },
  equal: (a, b) =>
    [...a.keys(), ...b.keys()].every((key) => (a.get(key) ?? null) === (b.get(key) ?? null)),
  hash: () => 0,
  describe: () => '',
}

describe('histories of an atomic store', () => {
  test('are linearizable, whatever overlaps and whatever stays unknown', () => {
    const seeds = fc.integer()
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 60 }), (seed, operations) => {
        const { verdict } = checkLinearizable(keyValue, generate({ operations }, seed))
        expect(verdict.is).toBe('holds')
      }),
      { numRuns: 500 },
    )
  })

  test('with one answer changed are judged as by brute force, either way', () => {
    const counts = { holds: 0, violated: 0, unknown: 0 }
    for (let seed = 0; seed < 600; seed++) {
      const history = generate({ keys: 1 }, seed)
      const changed = history.map((event) =>
        event.type === 'ok' && event.value.type === 'value' && event.id % 3 === seed % 3
          ? { ...event, value: found(event.value.value === '0' ? '1' : '0') }
          : event,
      )
      const { is } = judgeLinearizable(keyValue, changed)
      expect(is === 'holds').toBe(isLinearizableByBruteForce(keyValue, changed))
      counts[is]++
    }
    expect(counts.holds).toBeGreaterThan(100)
    expect(counts.violated).toBeGreaterThan(100)
  })

  test('with 10,000 operations of 16 clients over many keys are judged', () => {
    const large = { clients: 16, operations: 10_000, keys: 100, values: 50, delayMax: 1_000 }
    const history = generate({ ...large, unknownShare: 0.01 }, 1)
    expect(judgeLinearizable(keyValue, history)).toEqual({
      is: 'holds',
      text: 'Linearizable: 10,000 operations on 100 keys',
    })
  })

  test('with one stale read among 1,000 operations on one key are found out', () => {
    const large = { clients: 4, operations: 1_000, keys: 1, values: 1_000_000, delayMax: 1_000 }
    const history = generate({ ...large, unknownShare: 0 }, 2)
    const writes = history.filter((event) => event.type === 'invoke' && event.op.type === 'put')
    const [old] = writes
    const late = history.findLast((event) => event.type === 'ok' && event.value.type === 'value')
    const value = old?.type === 'invoke' && old.op.type === 'put' ? old.op.value : ''
    const changed = history.map((event) =>
      event === late && event.type === 'ok' ? { ...event, value: found(value) } : event,
    )
    const { verdict, evidence } = checkLinearizable(keyValue, changed)
    expect(verdict.is).toBe('violated')
    expect(evidence?.minimal).toBe(true)
    expect(evidence?.core.map(({ id }) => id)).toContain(old?.id)
    expect(evidence?.core.map(({ id }) => id)).toContain(late?.id)
    expect(evidence?.core.length).toBeLessThan(5)
  })
})

test('judging key by key agrees with judging the whole store', () => {
  const history = smallHistory(kvCall(['x', 'y']), 6)
  fc.assert(
    fc.property(history, (events) => {
      const apart = events.map((event, i) => ({ ...event, at: event.at * 100 + i }))
      const { is } = judgeLinearizable(keyValue, apart)
      expect(is === 'holds').toBe(isLinearizableByBruteForce(wholeStore, apart))
    }),
    { numRuns: 1_000 },
  )
})

describe('the verdict says in words', () => {
  test('what was looked at, when it holds', () => {
    const history = kvHistory(['c1', 0, 1, put('x', '1'), done])
    expect(judgeLinearizable(keyValue, history)).toEqual({
      is: 'holds',
      text: 'Linearizable: 1 operation on 1 key',
    })
    expect(judgeLinearizable(queue, []).text).toBe('Linearizable: 0 operations')
  })

  test('which read is stale', () => {
    const history = kvHistory(
      ['c0', 0, 5, put('x', '0'), done],
      ['c1', 0, 10, put('x', '1'), done],
      ['c2', 20, 30, put('x', '2'), done],
      ['c4', 25, 60, put('x', '3'), done],
      ['c3', 40, 50, get('x'), found('1')],
    )
    expect(judgeLinearizable(keyValue, history)).toEqual({
      is: 'violated',
      by: 'linearizability',
      text: 'Not linearizable: key x: get by c3 returned 1 after put 1 by c1 and put 2 by c2',
      operations: [1, 2, 4],
    })
  })

  test('which operation nothing can explain', () => {
    const history = kvHistory(['c3', 40, 50, get('x'), found('9')])
    expect(judgeLinearizable(keyValue, history).text).toBe(
      'Not linearizable: key x: get by c3 returned 9, which no other operation can explain',
    )
  })

  test('where the values come from when reads go back', () => {
    const history = kvHistory(
      ['c1', 0, 100, put('x', '1'), 'info'],
      ['c2', 10, 20, get('x'), found('1')],
      ['c3', 30, 40, get('x'), found(null)],
    )
    expect(judgeLinearizable(keyValue, history).text).toBe(
      'Not linearizable: key x: get by c3 returned nothing after get by c2 returned 1, at the same time as put 1 by c1 (outcome unknown)',
    )
  })
})

test('applying operations one by one is what the model allows', () => {
  fc.assert(
    fc.property(fc.array(kvCall(['x'])), (calls) => {
      let state: string | null = null
      for (const { op } of calls) {
        const [after, value] = applyKv(state, op)
        expect(keyValue.step(state, op, { known: true, value })).toBe(after)
        state = after
      }
    }),
  )
})
