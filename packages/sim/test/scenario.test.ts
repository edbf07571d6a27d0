import { test } from '@fast-check/vitest'
import {
  decodeLink,
  encodeLink,
  parseScenario,
  run,
  type Lab,
  type Scenario,
  ScenarioError,
  writeOut,
} from '@lockstep/sim'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { counterLab } from './counter-lab.ts'

const lab: Lab = counterLab
const good: Scenario = counterLab.scenario
const full: Scenario = writeOut(counterLab, { ...counterLab.scenario, seed: 5 })

function refusal(change: object): string {
  try {
    parseScenario({ ...full, ...change }, [lab])
  } catch (error) {
    if (error instanceof ScenarioError) return error.message
    throw error
  }
  return 'taken'
}

describe('reading a scenario', () => {
  test.prop([fc.integer({ min: 0, max: 0xffff_ffff })], { numRuns: 30 })(
    'what is written out is read again, through JSON and through a link',
    (seed) => {
      const written: Scenario = writeOut(counterLab, { ...counterLab.scenario, seed })
      expect(parseScenario(JSON.parse(JSON.stringify(written)), [lab])).toEqual(written)
      expect(parseScenario(decodeLink(`#${encodeLink(written)}`), [lab])).toEqual(written)
      expect(parseScenario(good, [lab])).toEqual(good)
    },
  )

  test('a bad field is refused with its path, what was expected and what was found', () => {
    expect(refusal({ seed: -1 })).toBe('seed: expected at least 0, found -1')
    expect(refusal({ nodes: 2.5 })).toBe('nodes: expected a whole number, found 2.5')
    expect(refusal({ lab: 'raaft' })).toBe('lab: expected \'counter\', found "raaft"')
    expect(refusal({ faults: [{ do: 'cut', from: 'n1', at: 5 }] })).toMatch(
      /^faults\[0\]\.to: expected/,
    )
    expect(refusal({ faults: [{ do: 'explode', at: 5 }] })).toMatch(/^faults\[0\]\.do: expected/)
    expect(refusal({ work: { script: [[0, 5, { type: 'sub' }]], timeoutMs: 9 } })).toMatch(
      /^work\.script\[0\]\[2\]\.type: expected/,
    )
    expect(refusal({ colour: 'red' })).toBe('colour: expected no such field, found "red"')
    expect(refusal({ flaws: ['nonsense'] })).toMatch(/^flaws\[0\]: expected "answer-early"/)
    expect(refusal({})).toBe('taken')
    expect(() => parseScenario([1], [lab])).toThrow('scenario: expected an object')
  })

  test.prop([fc.json()])(
    'anything else is refused, and nothing but a refusal comes out',
    (json) => {
      expect(() => parseScenario(JSON.parse(json), [lab])).toThrow(ScenarioError)
    },
  )

  test('a fault after the heal and a flaw that the lab has not are refused before the run', async () => {
    const late = {
      ...counterLab.scenario,
      faults: [{ do: 'pause', node: 'n1', at: 2000 } as const],
    }
    await expect(run(counterLab, late)).rejects.toThrow(
      'faults[0].at: expected a time before healMs',
    )
    const unknown = { ...counterLab.scenario, flaws: ['nonsense'] }
    await expect(run(counterLab, unknown)).rejects.toThrow('flaws[0]: expected one of answer-early')
  })
})

describe('links', () => {
  test.prop([fc.string()])('a damaged link is refused', (text) => {
    expect(() => parseScenario(decodeLink(text), [lab])).toThrow(ScenarioError)
  })

  test('a short scenario makes a short link', () => {
    expect(encodeLink(good).length).toBeLessThan(400)
  })
})
