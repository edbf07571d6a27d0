import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { snowflakeFlaws } from '../../src/snowflake/flaws.ts'
import { sound } from '../../src/snowflake/rules.ts'
import { anyPlan, type Outcome, run } from './workers.ts'

const runs = process.env['LOCKSTEP_LONG'] === undefined ? 1_000 : 20_000

/** What an outcome breaks, by judge. */
function broken(outcome: Outcome): string[] {
  const verdicts = [outcome.unique, outcome.ordered, outcome.true]
  return [
    ...verdicts.flatMap((verdict) => (verdict.is === 'violated' ? [verdict.text] : [])),
    ...outcome.brokenPromises,
  ]
}

describe('workers with bad clocks and bad disks', () => {
  test('never give an id twice, nor out of order, nor with a wrong time or worker, and say truly when to ask again', async () => {
    const seen = new Map<string, number>()
    let count = 0
    await fc.assert(
      fc.asyncProperty(anyPlan, async (each) => {
        const outcome = await run(each, sound)
        expect(broken(outcome)).toEqual([])
        count += outcome.count
        for (const [code, times] of Object.entries(outcome.refused)) {
          seen.set(code, (seen.get(code) ?? 0) + times)
        }
      }),
      { numRuns: runs },
    )
    // What was never refused was never tried.
    expect(count).toBeGreaterThan(runs * 20)
    for (const code of ['clock-behind', 'exhausted', 'unavailable']) {
      expect(seen.get(code) ?? 0).toBeGreaterThan(runs / 20)
    }
  })

  const unleased = snowflakeFlaws.filter(({ name }) => name !== 'lease-not-fenced')
  test.for(unleased.map((flaw) => [flaw.name, flaw] as const))(
    '%s is found',
    async ([, { breaks }]) => {
      const rules = { ...sound, ...breaks }
      const found = await fc.check(
        fc.asyncProperty(anyPlan, async (each) => broken(await run(each, rules)).length === 0),
        { seed: 1, numRuns: runs, endOnFailure: true },
      )
      expect(found.counterexample).not.toBeNull()
    },
  )
})
