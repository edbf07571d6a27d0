import { type Command, Option } from 'commander'
import { type CheckReport, checkIds } from '../../ids/check.ts'
import { wholeNumber } from '../arguments.ts'
import { expectationOf } from '../expectation.ts'
import { document, say } from '../output.ts'
import { progressBar } from '../progress-bar.ts'
import { exit } from '../usage.ts'

interface CheckCommandOptions {
  readonly number: number
  readonly processes: number
  readonly flaw?: string
  readonly json?: boolean
}

/** Makes real ids and lets the judges look at all of them. */
export function addCheck(id: Command): void {
  id.command('check')
    .description('Makes many Snowflake ids by the real clock, and judges all of them together.')
    .option('-n, --number <number>', 'how many in all', wholeNumber(1, 1_000_000_000), 10_000_000)
    .option('--processes <number>', 'OS processes, each with a worker id', wholeNumber(1, 256), 1)
    .addOption(
      new Option('--flaw <name>', 'do it wrong on purpose: one worker id for all').choices([
        'worker-shared',
      ]),
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  lockstep id check -n 100000000')
    .action(check)
}

async function check(options: CheckCommandOptions): Promise<void> {
  const { number: count, processes, flaw, json = false } = options
  const began = performance.now()
  const bar = progressBar('ids', count)
  const report = await checkIds({
    count,
    processes,
    isWorkerShared: flaw !== undefined,
    onProgress: (judged) => bar.update(judged),
  }).finally(() => bar.stop())
  const seconds = (performance.now() - began) / 1000
  const expected = expectationOf(flaw === undefined ? [] : [flaw])
  const verdicts = [report.unique, report.ordered, report.true]
  const is = verdicts.some((verdict) => verdict.is !== 'holds') ? 'violated' : 'holds'
  const asExpected = is === expected.is && report.ids === count
  if (json) document({ ...report, processes, seconds, expected, asExpected })
  else for (const line of lines(report, seconds)) say(line)
  process.exitCode = asExpected ? exit.expected : exit.unexpected
}

function lines({ ids, unique, ordered, true: truth }: CheckReport, seconds: number): string[] {
  return [
    ...[unique, ordered, truth].map(({ is, text }) => `${is}: ${text}`),
    `${seconds.toFixed(1)} s, ${Math.round(ids / seconds).toLocaleString('en')} ids a second made and judged`,
  ]
}
