import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Verdict } from '@lockstep/process'
import {
  encodeLink,
  type Lab,
  type Scenario,
  type Size,
  shrink,
  type SwarmReport,
  swarmScenario,
  swarmVerdict,
} from '@lockstep/sim'
import type { Command } from 'commander'
import { repeated, seed, wholeNumber } from './arguments.ts'
import { expectationOf } from './expectation.ts'
import { counted, document, say, table } from './output.ts'
import { pageUrl } from './page-url.ts'
import { progressBar } from './progress-bar.ts'
import { swarmInPool } from './swarm-pool.ts'
import { checkFlaws, labNamed } from './target.ts'
import { exit, UsageError } from './usage.ts'

interface SwarmCommandOptions {
  readonly runs: number
  readonly seed: number
  readonly flaw?: readonly string[]
  readonly workers: number
  readonly out?: string
  readonly json?: boolean
}

/** A violation that the swarm found, made small and written down. */
interface Found {
  readonly seed: number
  readonly verdict: Verdict
  readonly before: Size
  readonly after: Size
  readonly shrinkingRuns: number
  readonly file: string
  readonly command: string
  readonly link: string
}

export function addSwarm(program: Command): void {
  program
    .command('swarm')
    .description('Runs a lab under many seeds, each with faults of its own, and judges every run.')
    .argument('<lab>', "a lab; 'lockstep list' shows them")
    .option('--runs <number>', 'how many runs', wholeNumber(1, 10_000_000), 300)
    .option('--seed <number>', 'the first seed', seed, 0)
    .option('--flaw <name>', 'break a rule on purpose; may be given more than once', repeated)
    .option('--workers <number>', 'threads', wholeNumber(1, 256), availableParallelism())
    .option('--out <file>', 'where to write a violating scenario')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lockstep swarm raft --runs 1000 --flaw vote-twice')
    .action(swarmCommand)
}

async function swarmCommand(name: string, options: SwarmCommandOptions): Promise<void> {
  const { runs, workers, flaw: flaws = [] } = options
  const lab = labNamed(name)
  checkFlaws(lab, flaws)
  if (options.seed + runs > 2 ** 32) {
    throw new UsageError('Seeds end at 4294967295. Choose a smaller --seed or fewer --runs.')
  }
  const scenario = swarmScenario(lab, flaws)
  const began = performance.now()
  const bar = progressBar('runs', runs)
  const report = await swarmInPool({
    scenario,
    firstSeed: options.seed,
    runs,
    workers,
    onProgress: (done) => bar.update(done),
  }).finally(() => bar.stop())
  const seconds = (performance.now() - began) / 1000
  const found = await smallest(lab, scenario, report, options)
  const verdict = found?.verdict ?? swarmVerdict(report)
  const expected = expectationOf(flaws)
  const asExpected = verdict.is === expected.is
  const speed = { seconds, workers, stepsPerSecond: Math.round(report.steps / seconds) }
  if (options.json === true) {
    const events = { ...speed, eventsPerSecond: Math.round(report.rows / seconds) }
    document({
      ...summary(lab, options, report),
      verdict,
      expected,
      asExpected,
      speed: events,
      found,
    })
  } else {
    for (const line of lines(lab, report, verdict, expected.is, seconds, found)) say(line)
  }
  process.exitCode = asExpected ? exit.expected : exit.unexpected
}

function summary(lab: Lab, options: SwarmCommandOptions, report: SwarmReport): object {
  const { runs, steps, rows, operations, messages, marks } = report
  return {
    lab: lab.name,
    flaws: options.flaw ?? [],
    firstSeed: options.seed,
    runs,
    steps,
    events: rows,
    operations,
    messages,
    marks,
    marksNotReached: lab.marks.filter((mark) => marks[mark] === undefined),
    unknown: report.unknown,
  }
}

/** Shrinks the first violation of a swarm and writes it to a file. */
async function smallest(
  lab: Lab,
  scenario: Scenario,
  { violation }: SwarmReport,
  options: SwarmCommandOptions,
): Promise<Found | undefined> {
  if (violation === undefined) return undefined
  const bar = progressBar('shrinking', undefined)
  const shrunk = await shrink(
    lab,
    { ...scenario, seed: violation.seed },
    { onRun: (runs) => bar.update(runs) },
  ).finally(() => bar.stop())
  if (shrunk === undefined) {
    throw new Error(
      `seed ${violation.seed} violates in the swarm and not alone: the lab is not deterministic`,
    )
  }
  const file = options.out ?? `lockstep-${lab.name}-seed-${violation.seed}.json`
  write(file, shrunk.scenario)
  return {
    seed: violation.seed,
    verdict: shrunk.verdict,
    before: shrunk.before,
    after: shrunk.after,
    shrinkingRuns: shrunk.runs,
    file,
    command: `npx lockstep run ${file}`,
    link: encodeLink(shrunk.scenario),
  }
}

function write(file: string, scenario: Scenario): void {
  try {
    writeFileSync(file, `${JSON.stringify(scenario, null, 2)}\n`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`Cannot write ${file} (${reason}). Name another file with --out.`)
  }
}

function lines(
  lab: Lab,
  report: SwarmReport,
  verdict: Verdict,
  expected: Verdict['is'],
  seconds: number,
  found: Found | undefined,
): string[] {
  const judged = verdict.is === expected ? 'as expected' : `but it should be: ${expected}`
  const by = 'by' in verdict ? ` by ${verdict.by}` : ''
  const reached = lab.marks.map((mark): [string, number] => [mark, report.marks[mark] ?? 0])
  return [
    ...table([
      ['Verdict', `${verdict.is}${by}, ${judged}`],
      ['', verdict.text],
      ['Runs', `${report.runs}, ${report.steps} steps, ${report.operations} operations`],
      ['Speed', `${Math.round(report.steps / seconds)} steps a second`],
      ...reached.map(([mark, count], index) => [
        index === 0 ? 'Marks' : '',
        `${mark}: ${count === 0 ? 'never' : count}`,
      ]),
      ...(found === undefined ? [] : foundRows(found)),
    ]),
  ]
}

function foundRows({ seed: from, before, after, file, command, link }: Found): string[][] {
  const sizeOf = ({ faults, operations, nodes }: Size): string =>
    [counted(faults, 'fault'), counted(operations, 'operation'), counted(nodes, 'node')].join(', ')
  return [
    ['Found', `by seed ${from}: ${sizeOf(before)}`],
    ['Shrunk', `to ${sizeOf(after)}`],
    ['File', file],
    ['Replay', command],
    ['Link', pageUrl(link)],
  ]
}
