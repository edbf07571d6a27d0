import type { Verdict } from '@lockstep/process'
import type { Experiment } from '@lockstep/sim'

/** The verdict that a run or a swarm must reach. */
export interface Expectation {
  readonly is: Verdict['is']
  readonly by?: string
}

/** Correct code holds; code with a rule broken on purpose is caught. */
export function expectationOf(flaws: readonly string[]): Expectation {
  return { is: flaws.length > 0 ? 'violated' : 'holds' }
}

/** Why a verdict is not the expected one, in words; `undefined` when it is. */
export function shortfall(
  verdict: Verdict,
  expected: Expectation,
  marks: ReadonlyMap<string, number>,
  experiment: Experiment | undefined,
): string | undefined {
  if (verdict.is !== expected.is) return `it should be: ${expected.is}`
  if (verdict.is === 'violated' && expected.by !== undefined && verdict.by !== expected.by) {
    return `it should be violated by: ${expected.by}`
  }
  const missing = experiment?.marks?.find((mark) => !marks.has(mark))
  return missing === undefined ? undefined : `the run never reached: ${missing}`
}
