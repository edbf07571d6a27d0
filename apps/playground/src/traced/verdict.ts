import type { TracedRun } from '@lockstep/patterns/lab'
import type { Verdict } from '@lockstep/process'

/** Whether the calls of a traced run are the expected ones. */
export function verdictOf({ lines, difference }: TracedRun): Verdict {
  if (difference === undefined) {
    return { is: 'holds', text: `All ${lines.length} lines of the trace are the expected ones.` }
  }
  const { line, expected, seen } = difference
  const text = `Line ${line + 1} of the trace should be ${quoted(expected)}, and is ${quoted(seen)}.`
  return { is: 'violated', by: 'expected calls', text, step: line }
}

function quoted(line: string | undefined): string {
  return line === undefined ? 'the end' : `'${line.trim()}'`
}
