import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import {
  encodeLink,
  type Experiment,
  type Run,
  run,
  type Scenario,
  ScenarioError,
} from '@lockstep/sim'
import type { Command } from 'commander'
import { repeated, seed } from './arguments.ts'
import { type Expectation, expectationOf, shortfall } from './expectation.ts'
import { document, say, table } from './output.ts'
import { pageUrl } from './page-url.ts'
import { runTraced, tracedTarget } from './run-traced.ts'
import { checkFlaws, resolveTarget, type Target } from './target.ts'
import { exit, UsageError } from './usage.ts'

interface RunOptions {
  readonly seed?: number
  readonly flaw?: readonly string[]
  readonly trace?: string
  readonly json?: boolean
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description('Runs an experiment or a scenario once and judges it.')
    .argument('<target>', 'an experiment, a scenario file, or a link')
    .option('--seed <number>', 'run it under another seed', seed)
    .option('--flaw <name>', 'break a rule on purpose; may be given more than once', repeated)
    .option('--trace <file>', 'write every event of the run to a file, one JSON object a line')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lockstep run raft-leader-crash --seed 7')
    .action(runCommand)
}

async function runCommand(name: string, options: RunOptions): Promise<void> {
  const traced = tracedTarget(name)
  if (traced !== undefined) return runTraced(traced, { ...options })
  const target = resolveTarget(name)
  const { lab, experiment } = target
  const scenario = adjusted(target, options)
  const rows = options.trace === undefined ? 'none' : 'all'
  const result = await run(lab, scenario, { keeping: { rows } }).catch((error: unknown) => {
    if (!(error instanceof ScenarioError)) throw error
    throw new UsageError(`This scenario cannot run. ${error.message}`)
  })
  if (options.trace !== undefined) await writeTrace(options.trace, result)
  const expected = expectationFor(options, scenario, experiment)
  const short = shortfall(result.verdict, expected, result.marks, experiment)
  if (options.json === true) document(report(name, scenario, result, expected, short))
  else for (const line of lines(name, scenario, result, experiment, short)) say(line)
  process.exitCode = short === undefined ? exit.expected : exit.unexpected
}

function adjusted({ lab, scenario }: Target, { seed: given, flaw = [] }: RunOptions): Scenario {
  checkFlaws(lab, flaw)
  return {
    ...scenario,
    ...(given === undefined ? {} : { seed: given }),
    ...(flaw.length === 0 ? {} : { flaws: flaw }),
  }
}

function expectationFor(
  options: RunOptions,
  scenario: Scenario,
  experiment: Experiment | undefined,
): Expectation {
  if (experiment !== undefined && options.flaw === undefined) return experiment.expect
  return expectationOf(scenario.flaws ?? [])
}

function report(
  target: string,
  scenario: Scenario,
  result: Run,
  expected: Expectation,
  short: string | undefined,
): unknown {
  const { verdict, verdicts, marks, steps, operations, messages, end, traceHash } = result
  return {
    target,
    lab: scenario.lab,
    seed: scenario.seed,
    flaws: scenario.flaws ?? [],
    verdict,
    verdicts,
    expected,
    asExpected: short === undefined,
    ...(short === undefined ? {} : { because: short }),
    marks: Object.fromEntries(marks),
    steps,
    events: result.trace.length,
    operations,
    messages,
    endMs: end / 1000,
    traceHash,
    link: encodeLink(scenario),
  }
}

function lines(
  target: string,
  scenario: Scenario,
  result: Run,
  experiment: Experiment | undefined,
  short: string | undefined,
): string[] {
  const { verdict, verdicts, marks, steps, operations, messages, end, traceHash } = result
  const flaws = scenario.flaws ?? []
  const title = experiment === undefined ? target : `${experiment.title} (${target})`
  const judged = short === undefined ? 'as expected' : `but ${short}`
  const by = 'by' in verdict ? ` by ${verdict.by}` : ''
  return [
    `${title}, seed ${scenario.seed}${flaws.length === 0 ? '' : `, flaw ${flaws.join(', ')}`}`,
    '',
    ...table([
      ['Verdict', `${verdict.is}${by}, ${judged}`],
      ...verdicts.map(({ text }) => ['', text]),
      ...[...marks].map(([mark, count], index) => [
        index === 0 ? 'Marks' : '',
        `${mark}: ${count}`,
      ]),
      [
        'Run',
        `${steps} steps, ${operations} operations, ${messages} messages, ${(end / 1e6).toFixed(1)} virtual seconds`,
      ],
      ['Trace', traceHash],
      ['Link', pageUrl(encodeLink(scenario))],
    ]),
  ]
}

async function writeTrace(file: string, { trace }: Run): Promise<void> {
  const out = createWriteStream(file)
  const done = finished(out).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `Cannot write ${file} (${error.code ?? error.message}). Name another file with --trace.`,
    )
  })
  for (const event of trace.events()) {
    if (!out.write(`${JSON.stringify(event)}\n`)) await Promise.race([once(out, 'drain'), done])
  }
  out.end()
  await done
}
