import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Candidate, NoStrategy, StrategySelector } from '../../src/behavioral/strategy.ts'

interface Plan {
  readonly priority: number
  readonly from: number
  readonly to: number
}

const plans = fc.array(
  fc.record({ priority: fc.integer({ min: -2, max: 2 }), from: fc.nat(9), to: fc.nat(9) }),
  { maxLength: 6 },
)

function candidate({ priority, from, to }: Plan, index: number): Candidate<number, number> {
  const supports = (input: number): boolean => from <= input && input <= to
  return { name: String(index), priority, supports, way: index }
}

type Select = (candidates: readonly Candidate<number, number>[], input: number) => number

/** The selection is what nobody beats; and who is raised never loses an input. */
function takesTheHighest(select: Select): fc.RunDetails<[Plan[], number, number]> {
  const property = fc.property(plans, fc.nat(9), fc.nat(5), (all, input, raised) => {
    const fits = all.map(({ from, to }) => from <= input && input <= to)
    const chosen = attempt(() => select(all.map(candidate), input))
    const supporting = all.flatMap((each, index) => (fits[index] ? [{ ...each, index }] : []))
    const [best] = supporting.toSorted((a, b) => b.priority - a.priority || a.index - b.index)
    expect(chosen).toBe(best?.index)
    if (chosen === undefined) return
    const up = all.map((each, index) =>
      index === raised ? { ...each, priority: each.priority + 1 } : each,
    )
    const then = attempt(() => select(up.map(candidate), input))
    expect(then === chosen || then === raised).toBe(true)
  })
  return fc.check(property, { numRuns: 300 })
}

function attempt(act: () => number): number | undefined {
  try {
    return act()
  } catch (error) {
    if (error instanceof NoStrategy) return undefined
    throw error
  }
}

describe('a selector', () => {
  test('takes the first of the highest priority that supports the input', () => {
    const result = takesTheHighest((all, input) => new StrategySelector(all).select(input))
    expect(fc.defaultReportMessage(result)).toBeUndefined()
  })

  test.each<[string, Select]>([
    [
      'ignores priorities',
      (all, input) =>
        new StrategySelector(all.map((each) => ({ ...each, priority: 0 }))).select(input),
    ],
    [
      'takes the last of equals',
      (all, input) => new StrategySelector(all.toReversed()).select(input),
    ],
    [
      'does not ask for support',
      (all, input) =>
        new StrategySelector(all.map((each) => ({ ...each, supports: () => true }))).select(input),
    ],
  ])('that %s is noticed', (_, mutant) => {
    expect(takesTheHighest(mutant).failed).toBe(true)
  })

  test('is not changed by one more candidate', () => {
    const none = new StrategySelector<number, string>([])
    const one = none.with({ name: 'any', supports: () => true, way: 'here' })
    expect(one.select(1)).toBe('here')
    expect(() => none.select(1)).toThrow(NoStrategy)
  })
})
