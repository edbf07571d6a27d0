import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { ExpressionError } from '@lockstep/patterns/behavioral/interpreter/errors'
import type { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
import {
  encodeLink,
  type Experiment,
  type Lab,
  type Run,
  run,
  type Scenario,
  ScenarioError,
} from '@lockstep/sim'
import type { Command } from 'commander'
import { type FirstHold, runUntil } from '../conditions/run-until.ts'
import { condition, repeated, seed } from './arguments.ts'
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
  readonly until?: Expression
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
    .option(
      '--until <condition>',
      "say where a condition holds first, such as nodes.n1.role == 'leader'",
      condition,
    )
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
  const { result, first } = await runOnce(lab, scenario, rows, options.until).catch(asUsage)
  if (options.trace !== undefined) await writeTrace(options.trace, result)
  const expected = expectationFor(options, scenario, experiment)
  const missed = options.until !== undefined && first === undefined
  const short =
    shortfall(result.verdict, expected, result.marks, experiment) ??
    (missed ? 'the condition never held' : undefined)
  const until = options.until && { condition: options.until.text, first }
  if (options.json === true) document(report(name, scenario, result, expected, short, until))
  else for (const line of lines(name, scenario, result, experiment, short, until)) say(line)
  process.exitCode = short === undefined ? exit.expected : exit.unexpected
}

/** A condition, and where it held first. */
interface Until {
  readonly condition: string
  readonly first: FirstHold | undefined
}

async function runOnce(
  lab: Lab,
  scenario: Scenario,
  rows: 'none' | 'all',
  until: Expression | undefined,
): Promise<{ readonly result: Run; readonly first: FirstHold | undefined }> {
  const options = { keeping: { rows } }
  if (until !== undefined) return runUntil(lab, scenario, options, until)
  return { result: await run(lab, scenario, options), first: undefined }
}

function asUsage(error: unknown): never {
  if (error instanceof ScenarioError)
    throw new UsageError(`This scenario cannot run. ${error.message}`)
  if (error instanceof ExpressionError)
    throw new UsageError(`The condition cannot be evaluated. ${error.message}`)
  throw error
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
  until: Until | undefined,
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
    ...(until === undefined
      ? {}
      : { until: { condition: until.condition, first: until.first ?? null } }),
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
  until: Until | undefined,
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
      ...(until === undefined ? [] : [['Until', untilText(until)]]),
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

function untilText({ condition: text, first }: Until): string {
  if (first === undefined) return `${text} never held`
  return `${text} held first at step ${first.step}, ${first.atMs.toFixed(3)} ms`
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
