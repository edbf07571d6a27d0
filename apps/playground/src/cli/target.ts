import { existsSync, readFileSync } from 'node:fs'
import {
  decodeLink,
  type Experiment,
  type Lab,
  parseScenario,
  type Scenario,
  ScenarioError,
} from '@lockstep/sim'
import { type Area, areas } from '../areas.ts'
import { UsageError } from './usage.ts'

/** What `lockstep run` was asked to run. */
export interface Target {
  readonly lab: Lab
  readonly scenario: Scenario
  /** Absent for a file or a link. */
  readonly experiment: Experiment | undefined
}

/** Finds an experiment by its id, a scenario file by its path, or a scenario in a link. */
export function resolveTarget(target: string): Target {
  const experiment = areas.flatMap(({ experiments }) => experiments).find(({ id }) => id === target)
  if (experiment !== undefined) {
    return { lab: labNamed(experiment.scenario.lab), scenario: experiment.scenario, experiment }
  }
  const scenario = readScenario(target)
  return { lab: labNamed(scenario.lab), scenario, experiment: undefined }
}

/** The area whose lab has that name. Throws a `UsageError`. */
export function areaNamed(name: string): Area {
  const area = areas.find(({ lab }) => lab.name === name)
  if (area === undefined) {
    const names = areas.map(({ lab }) => lab.name).join(', ')
    throw new UsageError(`There is no lab called '${name}'. Choose one of: ${names}.`)
  }
  return area
}

export function labNamed(name: string): Lab {
  return areaNamed(name).lab
}

/** Throws a `UsageError` for a flaw that the lab does not have. */
export function checkFlaws(lab: Lab, flaws: readonly string[]): void {
  const names = lab.flaws.map(({ name }) => name)
  const unknown = flaws.find((flaw) => !names.includes(flaw))
  if (unknown !== undefined) {
    throw new UsageError(
      `The lab '${lab.name}' has no flaw called '${unknown}'. Choose one of: ${names.join(', ')}.`,
    )
  }
}

function readScenario(target: string): Scenario {
  const labs = areas.map(({ lab }) => lab)
  try {
    return parseScenario(readData(target), labs)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    throw new UsageError(`This scenario cannot run. ${error.message}`)
  }
}

function readData(target: string): unknown {
  const fragment = target.indexOf('#')
  if (fragment >= 0) return decodeLink(target.slice(fragment + 1))
  if (!existsSync(target)) {
    throw new UsageError(
      `There is no experiment and no file called '${target}'. 'lockstep list' shows the experiments.`,
    )
  }
  try {
    return JSON.parse(readFileSync(target, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${target} is no JSON file: ${reason}`)
  }
}
