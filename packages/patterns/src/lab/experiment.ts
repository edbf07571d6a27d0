import { type ClassPicture, classPictureOf, type TypeSpec } from './class-picture.ts'
import { lineOf, type SequenceDiagram, sequenceOf } from './sequence.ts'
import { Tracer } from './tracer.ts'

/** A pattern at work: real components, who takes part, and the calls that must be seen. */
export interface TracedExperiment {
  readonly id: string
  readonly title: string
  readonly group: 'creational' | 'structural' | 'behavioral' | 'principles'
  /** Two to five sentences: what happens, and why it matters. */
  readonly story: string
  /** What to watch for, in order; each a sentence. */
  readonly watch: readonly string[]
  /** The participants from left to right, each with its type. */
  readonly participants: Readonly<Record<string, string>>
  /** Those of the types that are not actors. */
  readonly types: Readonly<Record<string, TypeSpec>>
  /** Runs the components, with stand-ins of the tracer between them. */
  readonly run: (trace: Tracer) => void | Promise<void>
  /** The expected calls, one a line, as `lineOf` writes them; indented as a whole as one likes. */
  readonly calls: string
}

/** What a traced run showed. */
export interface TracedRun {
  readonly diagram: SequenceDiagram
  readonly picture: ClassPicture
  /** The steps of the diagram as lines. */
  readonly lines: readonly string[]
  /** The first line that is not the expected one; absent when all are. */
  readonly difference?: Difference
}

/** Where the calls left what was expected. */
export interface Difference {
  /** Counted from 0. */
  readonly line: number
  readonly expected: string | undefined
  readonly seen: string | undefined
}

/**
 * Runs an experiment, and compares its calls with the expected ones. Rejects with what it throws.
 *
 * @example
 * ```ts
 * import { experiments, trace } from '@lockstep/patterns/lab'
 *
 * const experiment = experiments.find(({ id }) => id === 'pattern-observer')
 * if (experiment === undefined || (await trace(experiment)).difference !== undefined) throw new Error('not it')
 * ```
 */
export async function trace(experiment: TracedExperiment): Promise<TracedRun> {
  const { participants, types, run, calls } = experiment
  const names = Object.keys(participants)
  const tracer = new Tracer(names)
  await run(tracer)
  const diagram = sequenceOf(names, tracer.moments)
  const picture = classPictureOf(participants, types, tracer.moments)
  const lines = diagram.steps.map(lineOf)
  const difference = differenceOf(expectedLines(calls), lines)
  return { diagram, picture, lines, ...(difference === undefined ? {} : { difference }) }
}

function differenceOf(
  expected: readonly string[],
  seen: readonly string[],
): Difference | undefined {
  const length = Math.max(expected.length, seen.length)
  for (let line = 0; line < length; line++) {
    if (expected[line] !== seen[line]) return { line, expected: expected[line], seen: seen[line] }
  }
  return undefined
}

/** The lines of a text, without what it is indented by as a whole and without empty ones. */
function expectedLines(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const indent = Math.min(...lines.map((line) => line.search(/\S/)))
  return lines.map((line) => line.slice(indent))
}
