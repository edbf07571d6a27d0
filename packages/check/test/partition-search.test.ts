import type { History } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyValue, type Model, type Operation } from '../src/index.ts'
import type { Memo } from '../src/memo.ts'
import { operationsOf } from '../src/operation.ts'
import { PartitionSearch } from '../src/partition-search.ts'
import { isLinearizableByBruteForce } from './brute-force.ts'
import { mutex, queue } from './models.ts'
import { kvCall, mutexCall, queueCall, smallHistory } from './small-histories.ts'

const kvHistory = smallHistory(kvCall(['x']))
const { effect: _, ...keyValueWithoutEffects } = keyValue

function isLegal<Op, Value, State>(
  model: Model<Op, Value, State>,
  operations: readonly Operation<Op, Value>[],
  memo?: Memo<State>,
): boolean {
  return new PartitionSearch(model, operations, memo).run(Number.POSITIVE_INFINITY) === 'legal'
}

function agreement<Op, Value, State>(
  model: Model<Op, Value, State>,
  histories: fc.Arbitrary<History<Op, Value>>,
  judge: (operations: readonly Operation<Op, Value>[]) => boolean,
): fc.IProperty<[History<Op, Value>]> {
  return fc.property(histories, (history) => {
    expect(judge(operationsOf(history))).toBe(isLinearizableByBruteForce(model, history))
  })
}

describe('the search agrees with brute force', () => {
  test('on a key of a store', () => {
    fc.assert(
      agreement(keyValue, kvHistory, (ops) => isLegal(keyValue, ops)),
      { numRuns: 5_000 },
    )
  })

  test('on a key of a store whose model does not name effects', () => {
    const model = keyValueWithoutEffects
    fc.assert(
      agreement(model, kvHistory, (ops) => isLegal(model, ops)),
      { numRuns: 3_000 },
    )
  })

  test('on a queue', () => {
    const histories = smallHistory(queueCall)
    fc.assert(
      agreement(queue, histories, (ops) => isLegal(queue, ops)),
      { numRuns: 3_000 },
    )
  })

  test('on a mutex', () => {
    const histories = smallHistory(mutexCall)
    fc.assert(
      agreement(mutex, histories, (ops) => isLegal(mutex, ops)),
      { numRuns: 2_000 },
    )
  })

  test('on histories of which many are legal and many are not', () => {
    const histories = fc.sample(kvHistory, { numRuns: 2_000, seed: 1 })
    const legal = histories.filter((history) => isLinearizableByBruteForce(keyValue, history))
    expect(legal.length).toBeGreaterThan(400)
    expect(legal.length).toBeLessThan(1_600)
  })
})
