import { trace, type TracedExperiment, type TracedRun } from '@lockstep/patterns/lab'
import type { Verdict } from '@lockstep/process'
import { tracedAreas } from '../areas.ts'
import { verdictOf } from '../traced/verdict.ts'
import { shortfall } from './expectation.ts'
import { document, say, table } from './output.ts'
import { experimentUrl } from './page-url.ts'
import { exit, UsageError } from './usage.ts'

/** A traced experiment by its id, or by the link that opens it on the page. */
export function tracedTarget(target: string): TracedExperiment | undefined {
  const linked = URL.canParse(target) ? new URL(target).searchParams.get('experiment') : undefined
  return tracedAreas
    .flatMap(({ experiments }) => experiments)
    .find(({ id }) => id === target || id === linked)
}

/**
 * Runs a traced experiment, prints its calls and judges them. `given` are the options that were
 * given; throws a `UsageError` for one that a traced run cannot have.
 */
export async function runTraced(
  experiment: TracedExperiment,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { json = false, ...others } = given
  const [option] = Object.keys(others)
  if (option !== undefined) {
    throw new UsageError(
      `${experiment.id} is a traced run without a world: it takes --json, and no --${option}.`,
    )
  }
  const run = await trace(experiment)
  const verdict = verdictOf(run)
  const short = shortfall(verdict, { is: 'holds' }, new Map(), undefined)
  if (json === true) document(report(experiment, run, verdict))
  else for (const line of lines(experiment, run, verdict, short)) say(line)
  process.exitCode = short === undefined ? exit.expected : exit.unexpected
}

function report(experiment: TracedExperiment, run: TracedRun, verdict: Verdict): unknown {
  const { diagram, picture, lines: calls, difference } = run
  return {
    target: experiment.id,
    group: experiment.group,
    verdict,
    asExpected: difference === undefined,
    ...(difference === undefined ? {} : { difference }),
    calls,
    diagram,
    picture,
    link: experimentUrl(experiment.id),
  }
}

function lines(
  { id, title }: TracedExperiment,
  { lines: calls }: TracedRun,
  verdict: Verdict,
  short: string | undefined,
): string[] {
  return [
    `${title} (${id})`,
    '',
    ...calls.map((call) => `  ${call}`),
    '',
    ...table([
      ['Verdict', `${verdict.is}, ${short === undefined ? 'as expected' : `but ${short}`}`],
      ['', verdict.text],
      ['Link', experimentUrl(id)],
    ]),
  ]
}
