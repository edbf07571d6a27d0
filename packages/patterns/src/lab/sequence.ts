/**
 * The sequence diagram of a traced run, as plain data: steps from top to bottom, and how long each
 * participant is busy.
 */
import type { Moment } from './tracer.ts'

/** What came back from a call at once, within the same step. */
export interface Answer {
  readonly threw: boolean
  /** Empty for nothing. */
  readonly text: string
}

/** One arrow of a diagram, or the title of a scene. */
export type Step =
  | { readonly type: 'scene'; readonly title: string }
  | {
      readonly type: 'call' | 'create'
      readonly caller: string
      readonly callee: string
      /** `get('a')`; for a callee that is a function, only what stands in parentheses: `('a')`. */
      readonly text: string
      readonly depth: number
      /** Absent where something else happened before the call was over. */
      readonly answer?: Answer
    }
  | {
      readonly type: 'return' | 'throw'
      readonly caller: string
      readonly callee: string
      readonly text: string
      readonly depth: number
    }

/** A stretch of steps, both ends included, in which a participant is busy with one call. */
export interface Activation {
  readonly participant: string
  readonly from: number
  readonly to: number
  /** How many calls it was in the middle of already. */
  readonly level: number
}

/** A diagram: time runs along the steps. */
export interface SequenceDiagram {
  readonly participants: readonly string[]
  readonly steps: readonly Step[]
  readonly activations: readonly Activation[]
}

/**
 * Draws up the diagram of a run: a call and its answer are one step if nothing happened in between.
 *
 * @example
 * ```ts
 * import { sequenceOf, Tracer } from '@lockstep/patterns/lab'
 *
 * const trace = new Tracer(['client', 'list'])
 * trace.between('client', 'list', new Set([1])).has(1)
 * const { steps, activations } = sequenceOf(['client', 'list'], trace.moments)
 * if (steps.length !== 1 || activations[0]?.participant !== 'list') throw new Error('one call')
 * ```
 */
export function sequenceOf(
  participants: readonly string[],
  moments: readonly Moment[],
): SequenceDiagram {
  const steps: Step[] = []
  const activations: Activation[] = []
  /** Activations of calls that are under way, by the moment of the call. */
  const open = new Map<
    number,
    { readonly begun: Begun; readonly from: number; readonly level: number }
  >()
  const close = (call: number, to: number): void => {
    const known = open.get(call)
    if (known === undefined) return
    const { begun, from, level } = known
    open.delete(call)
    activations.push({ participant: begun.callee, from, to, level })
  }
  for (const [index, moment] of moments.entries()) {
    if (moment.type === 'scene') steps.push(moment)
    else if ('method' in moment) {
      const busy = [...open.values()].filter(({ begun }) => begun.callee === moment.callee)
      open.set(moment.call, { begun: moment, from: steps.length, level: busy.length })
      const answer = answerAt(moments[index + 1], moment.call)
      steps.push(stepOf(moment, answer))
    } else {
      const begun = open.get(moment.call)?.begun
      if (begun !== undefined && moment.call !== index - 1) steps.push(backOf(begun, moment))
      close(moment.call, steps.length - 1)
    }
  }
  for (const call of open.keys()) close(call, steps.length - 1)
  return { participants, steps, activations: activations.toSorted((a, b) => a.from - b.from) }
}

type Begun = Extract<Moment, { readonly type: 'call' | 'create' }>
type Over = Extract<Moment, { readonly type: 'return' | 'throw' }>

function stepOf({ type, caller, callee, method, args, depth }: Begun, answer?: Answer): Step {
  const text = `${method}(${args})`
  return { type, caller, callee, text, depth, ...(answer === undefined ? {} : { answer }) }
}

function backOf({ caller, callee, depth }: Begun, { type, value }: Over): Step {
  return { type, caller, callee, text: value, depth }
}

function answerAt(moment: Moment | undefined, call: number): Answer | undefined {
  if (moment?.type !== 'return' && moment?.type !== 'throw') return undefined
  return moment.call === call ? { threw: moment.type === 'throw', text: moment.value } : undefined
}

/**
 * A step as a line: `caller -> callee.method(args): result`, `caller <- callee: result`.
 *
 * `!` stands before what was thrown. Indented by two spaces for each call that it is within.
 *
 * @example
 * ```ts
 * import { lineOf } from '@lockstep/patterns/lab'
 *
 * const answer = { threw: false, text: '7' }
 * const step = { type: 'call', caller: 'a', callee: 'b', text: 'get()', depth: 1, answer } as const
 * if (lineOf(step) !== '  a -> b.get(): 7') throw new Error(lineOf(step))
 * ```
 */
export function lineOf(step: Step): string {
  if (step.type === 'scene') return `== ${step.title} ==`
  const { caller, callee, text } = step
  const indent = '  '.repeat(step.depth)
  switch (step.type) {
    case 'return':
      return `${indent}${caller} <- ${callee}${text && `: ${text}`}`
    case 'throw':
      return `${indent}${caller} <- ${callee} ! ${text}`
    case 'call':
    case 'create':
      break
  }
  const dot = text.startsWith('(') ? '' : '.'
  const called = step.type === 'create' ? `new ${callee}${text}` : `${callee}${dot}${text}`
  return `${indent}${caller} -> ${called}${answered(step.answer)}`
}

function answered(answer: Answer | undefined): string {
  if (answer?.threw === true) return ` ! ${answer.text}`
  return answer === undefined || answer.text === '' ? '' : `: ${answer.text}`
}
