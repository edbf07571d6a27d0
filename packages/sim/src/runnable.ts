import { ScenarioError } from './scenario-error.ts'
import type { Lab } from './lab.ts'
import type { Full } from './scenario.ts'

/** Throws a `ScenarioError` where a full scenario names what its lab does not have. */
export function checkRunnable<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  scenario: Full<Config, Op>,
): void {
  if (scenario.lab !== lab.name) {
    throw new ScenarioError('lab', `'${lab.name}'`, scenario.lab)
  }
  const flaws = lab.flaws.map(({ name }) => name)
  for (const [index, flaw] of scenario.flaws.entries()) {
    if (!flaws.includes(flaw)) {
      throw new ScenarioError(`flaws[${index}]`, `one of ${flaws.join(', ')}`, flaw)
    }
  }
  for (const [index, { at }] of scenario.faults.entries()) {
    if (at >= scenario.healMs) {
      throw new ScenarioError(
        `faults[${index}].at`,
        `a time before healMs (${scenario.healMs})`,
        at,
      )
    }
  }
}
