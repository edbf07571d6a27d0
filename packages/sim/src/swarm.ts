import type { Verdict } from '@lockstep/process'
import type { ExecutionOptions } from './execution.ts'
import type { Lab } from './lab.ts'
import { run } from './run.ts'
import type { Scenario } from './scenario.ts'

/** Which runs a swarm makes: one scenario under many seeds. */
export interface SwarmOptions extends ExecutionOptions {
  readonly firstSeed: number
  readonly runs: number
  /** Called after every run; returning `false` ends the swarm early. */
  readonly onRun?: (sofar: SwarmReport) => boolean | undefined
}

/** What the runs of a swarm saw together. */
export interface SwarmReport {
  readonly runs: number
  readonly steps: number
  readonly rows: number
  readonly operations: number
  readonly messages: number
  /** How often each mark was reached, over all runs. */
  readonly marks: Readonly<Record<string, number>>
  /** The first violation, by seed. */
  readonly violation: { readonly seed: number; readonly verdict: Verdict } | undefined
  /** Runs that ended unknown, with the first reason. */
  readonly unknown: { readonly runs: number; readonly text: string } | undefined
}

const nothing: SwarmReport = {
  runs: 0,
  steps: 0,
  rows: 0,
  operations: 0,
  messages: 0,
  marks: {},
  violation: undefined,
  unknown: undefined,
}

/** What a swarm of a lab runs, with these rules broken: the lab's own scenario, where the flaws show. */
export function swarmScenario<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  flaws: readonly string[],
): Scenario<Config, Op> {
  if (flaws.length === 0) return lab.scenario
  const places = lab.flaws.filter(({ name }) => flaws.includes(name)).map(({ where }) => where)
  return Object.assign({}, lab.scenario, ...places, { flaws }) as Scenario<Config, Op>
}

/** Runs one scenario under consecutive seeds, and stops at the first violation. */
export async function swarm<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  scenario: Scenario<Config, Op>,
  { firstSeed, runs, onRun, ...options }: SwarmOptions,
): Promise<SwarmReport> {
  let report = nothing
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const one = await run(
      lab,
      { ...scenario, seed },
      { keeping: { rows: 'none', hash: 'none' }, ...options },
    )
    report = mergeSwarms(report, {
      runs: 1,
      steps: one.steps,
      rows: one.trace.length,
      operations: one.operations,
      messages: one.messages,
      marks: Object.fromEntries(one.marks),
      violation: one.verdict.is === 'violated' ? { seed, verdict: one.verdict } : undefined,
      unknown: one.verdict.is === 'unknown' ? { runs: 1, text: one.verdict.text } : undefined,
    })
    if (report.violation !== undefined || onRun?.(report) === false) break
  }
  return report
}

/** Puts two reports together, whatever their order. */
export function mergeSwarms(a: SwarmReport, b: SwarmReport): SwarmReport {
  const marks = { ...a.marks }
  for (const [name, count] of Object.entries(b.marks)) marks[name] = (marks[name] ?? 0) + count
  return {
    runs: a.runs + b.runs,
    steps: a.steps + b.steps,
    rows: a.rows + b.rows,
    operations: a.operations + b.operations,
    messages: a.messages + b.messages,
    marks,
    violation: earlier(a.violation, b.violation),
    unknown:
      a.unknown === undefined || b.unknown === undefined
        ? (a.unknown ?? b.unknown)
        : { runs: a.unknown.runs + b.unknown.runs, text: a.unknown.text },
  }
}

function earlier(
  a: SwarmReport['violation'],
  b: SwarmReport['violation'],
): SwarmReport['violation'] {
  if (a === undefined || b === undefined) return a ?? b
  return a.seed <= b.seed ? a : b
}

/** The verdict on a whole swarm. */
export function swarmVerdict(report: SwarmReport): Verdict {
  const { violation, unknown, runs, operations, steps } = report
  if (violation !== undefined) return violation.verdict
  if (unknown !== undefined) {
    return { is: 'unknown', by: 'swarm', text: `${unknown.runs} of ${runs} runs: ${unknown.text}` }
  }
  return { is: 'holds', text: `Held in ${runs} runs: ${operations} operations, ${steps} steps` }
}
