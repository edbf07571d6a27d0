import type { HistoryEvent } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  judgeLinearizable,
  keyValue,
  type KvOp,
  type KvValue,
  severalKeys,
  type SeveralKeysOp,
  type SeveralKeysValue,
} from '../../src/index.ts'
import { generateHistory } from '../../src/workload.ts'

/** One client's operations, one after the other. */
function sequence(...ended: readonly (readonly [SeveralKeysOp, SeveralKeysValue])[]) {
  return ended.flatMap(([op, value], id): HistoryEvent<SeveralKeysOp, SeveralKeysValue>[] => [
    { type: 'invoke', at: 10 * id, client: 'c', id, op },
    { type: 'ok', at: 10 * id + 5, client: 'c', id, value },
  ])
}

const move: SeveralKeysOp = {
  type: 'write-if',
  holds: [{ key: 'a', value: '1' }],
  writes: [
    { key: 'a', value: null },
    { key: 'b', value: '1' },
  ],
}
const put: SeveralKeysOp = { type: 'put', key: 'a', value: '1' }
const read: SeveralKeysOp = { type: 'read', keys: ['a', 'b'] }
const wrote: SeveralKeysValue = { type: 'wrote', wrote: true }

function values(...held: readonly (string | null)[]): SeveralKeysValue {
  return { type: 'read', values: held }
}

describe('a store of several keys', () => {
  test('takes a write of two keys at one moment', () => {
    const history = sequence([put, { type: 'done' }], [move, wrote], [read, values(null, '1')])
    expect(judgeLinearizable(severalKeys, history).is).toBe('holds')
  })

  test.each([
    ['half of it', values('1', '1')],
    ['none of it', values('1', null)],
  ])('does not take a read that shows %s', (_, shown) => {
    const history = sequence([put, { type: 'done' }], [move, wrote], [read, shown])
    const verdict = judgeLinearizable(severalKeys, history)
    expect(verdict).toMatchObject({ is: 'violated' })
    expect(verdict.text).toContain('read a, b by c returned 1, ')
  })

  test('does not take a write whose condition did not hold', () => {
    expect(judgeLinearizable(severalKeys, sequence([move, wrote])).is).toBe('violated')
    const refused = sequence([move, { type: 'wrote', wrote: false }], [read, values(null, null)])
    expect(judgeLinearizable(severalKeys, refused).is).toBe('holds')
  })

  test('agrees with the judge of single keys where operations are of one key', () => {
    const workload = {
      clients: 3,
      operations: 12,
      keys: 2,
      values: 3,
      delayMax: 9,
      unknownShare: 0.2,
    }
    const draws = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), {
      minLength: 200,
      maxLength: 200,
    })
    let violated = 0
    fc.assert(
      fc.property(draws, fc.nat(11), fc.constantFrom('1', '2', null), (drawn, which, lie) => {
        let next = 0
        const honest = generateHistory(workload, () => drawn[next++ % drawn.length] as number)
        const told = honest.map(
          (event): HistoryEvent<KvOp, KvValue> =>
            event.type === 'ok' && event.id === which && event.value.type === 'value'
              ? { ...event, value: { type: 'value', value: lie } }
              : event,
        )
        const verdict = judgeLinearizable(keyValue, told).is
        if (verdict === 'violated') violated++
        expect(judgeLinearizable(severalKeys, told).is).toBe(verdict)
      }),
      { numRuns: 300 },
    )
    expect(violated).toBeGreaterThan(0)
  })
})
