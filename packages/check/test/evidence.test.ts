import type { History } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLinearizable, keyValue, type KvOp, type KvValue } from '../src/index.ts'
import { isLinearizableByBruteForce } from './brute-force.ts'
import { kvCall, smallHistory } from './small-histories.ts'

type Kv = History<KvOp, KvValue>

function only(history: Kv, ids: ReadonlySet<number>): Kv {
  return history.filter(({ id }) => ids.has(id))
}

/** The history, had nobody learnt anything from operations other than these. */
function unknownBut(history: Kv, ids: ReadonlySet<number>): Kv {
  return history.filter(({ type, id }) => type !== 'ok' || ids.has(id))
}

/** Not linearizable, with the ids of the evidence. */
function violations(seed: number): readonly { history: Kv; core: number[]; context: number[] }[] {
  const histories = fc.sample(smallHistory(kvCall(['x']), 7), { numRuns: 1_500, seed })
  return histories.flatMap((history) => {
    const { evidence } = checkLinearizable(keyValue, history)
    if (evidence === undefined) return []
    expect(evidence.minimal).toBe(true)
    const { core, context } = evidence
    return [{ history, core: core.map(({ id }) => id), context: context.map(({ id }) => id) }]
  })
}

const isLegal = (history: Kv): boolean => isLinearizableByBruteForce(keyValue, history)

describe('the evidence', () => {
  const found = violations(5)

  test('is there for many histories, and takes more than one operation in many', () => {
    expect(found.length).toBeGreaterThan(300)
    expect(found.filter(({ core }) => core.length > 1).length).toBeGreaterThan(100)
    expect(found.filter(({ context }) => context.length > 0).length).toBeGreaterThan(20)
  })

  test('is not linearizable, whatever the other operations did', () => {
    for (const { history, core } of found) {
      expect(isLegal(unknownBut(history, new Set(core)))).toBe(false)
    }
  })

  test('is not linearizable taken by itself', () => {
    for (const { history, core, context } of found) {
      expect(isLegal(only(history, new Set([...core, ...context])))).toBe(false)
    }
  })

  test('is minimal: had nobody learnt anything from any one of it, all could be explained', () => {
    for (const { history, core } of found) {
      for (const id of core) {
        const less = new Set(core.filter((other) => other !== id))
        expect(isLegal(unknownBut(history, less))).toBe(true)
      }
    }
  })

  test('holds in its context all that such an explanation needs', () => {
    for (const { history, core, context } of found) {
      const shown = only(history, new Set([...core, ...context]))
      for (const id of core) {
        const less = new Set(core.filter((other) => other !== id))
        expect(isLegal(unknownBut(shown, less))).toBe(true)
      }
    }
  })

  test('is no longer sure to be minimal when its steps ran out', () => {
    const { history } = found.find(({ core }) => core.length > 1) ?? { history: [] }
    const { evidence, verdict } = checkLinearizable(keyValue, history, { evidenceStepsMax: 0 })
    expect(verdict.is).toBe('violated')
    expect(evidence?.minimal).toBe(false)
    const core = new Set(evidence?.core.map(({ id }) => id))
    expect(isLegal(unknownBut(history, core))).toBe(false)
  })
})
