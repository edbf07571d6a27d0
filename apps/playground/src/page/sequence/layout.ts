import type { SequenceDiagram, Step } from '@lockstep/patterns/lab'

/** Where the parts of a sequence diagram stand, in pixels. */
export interface SequenceLayout {
  readonly width: number
  readonly height: number
  /** The middle of each participant's lifeline. */
  readonly columns: ReadonlyMap<string, number>
  /** The line of each step, from the top. */
  readonly rows: readonly number[]
}

/** An arrow of a diagram, ready to be drawn. */
export interface Arrow {
  readonly from: number
  readonly to: number
  readonly y: number
  /** A call of a participant on itself loops out to the right. */
  readonly loops: boolean
  readonly label: { readonly x: number; readonly text: string; readonly answer: string }
}

const marginPx = 64
const gapMinPx = 112
const gapMaxPx = 220
const topPx = 30
const rowPx = 34
const scenePx = 44
const busyPx = 4
const loopPx = 34
/** The width of a letter of the labels. */
const letterPx = 7.25
const edgePx = 10

/** Spreads participants over the room that there is, and steps from top to bottom. */
export function arrangeSequence(diagram: SequenceDiagram, room: number): SequenceLayout {
  const { participants, steps } = diagram
  const gaps = Math.max(1, participants.length - 1)
  const gap = Math.max(gapMinPx, Math.min(gapMaxPx, (room - 2 * marginPx) / gaps))
  const needed = gap * (participants.length - 1) + 2 * marginPx
  const width = Math.max(room, needed)
  const left = marginPx + (width - needed) / 2
  let y = topPx - rowPx
  const rows = steps.map(({ type }) => (y += type === 'scene' ? scenePx : rowPx))
  return {
    width,
    height: y + rowPx,
    columns: new Map(participants.map((name, i) => [name, left + gap * i])),
    rows,
  }
}

/** The arrow of a step; scenes have none. */
export function arrowOf(
  diagram: SequenceDiagram,
  layout: SequenceLayout,
  row: number,
): Arrow | undefined {
  const step = diagram.steps[row]
  if (step === undefined || step.type === 'scene') return undefined
  const back = step.type === 'return' || step.type === 'throw'
  const [start, end] = back ? [step.callee, step.caller] : [step.caller, step.callee]
  const right = middle(layout, end) >= middle(layout, start)
  const loops = start === end
  const from = edge(diagram, layout, start, row, right)
  const to = edge(diagram, layout, end, row, loops || !right)
  const y = layout.rows[row] ?? 0
  const x = (loops ? from + loopPx : Math.min(from, to)) + 8
  return { from, to, y, loops, label: labelOf(step, x, layout.width) }
}

function middle({ columns }: SequenceLayout, name: string): number {
  return columns.get(name) ?? 0
}

/** The side of a lifeline that an arrow meets: that of the innermost call which is under way. */
function edge(
  { activations }: SequenceDiagram,
  layout: SequenceLayout,
  name: string,
  row: number,
  right: boolean,
): number {
  const busy = activations.filter(
    ({ participant, from, to }) => participant === name && from <= row && row <= to,
  )
  const level = busy.length === 0 ? 0 : Math.max(...busy.map((one) => one.level))
  const half = busy.length === 0 ? 0 : busyPx
  return middle(layout, name) + level * busyPx + (right ? half : -half)
}

/** A label begins at its arrow and may be longer; one that would leave the picture is moved, then cut. */
function labelOf(step: Exclude<Step, { type: 'scene' }>, x: number, width: number): Arrow['label'] {
  const called = step.text.startsWith('(') ? `${step.callee}${step.text}` : step.text
  const text = step.type === 'create' ? `new ${called}` : called
  const answer = answerOf(step)
  const length = (text.length + answer.length) * letterPx
  const moved = Math.max(edgePx, Math.min(x, width - edgePx - length))
  const letters = Math.floor((width - edgePx - moved) / letterPx)
  return { x: moved, text: cut(text, letters), answer: cut(answer, letters - text.length) }
}

function answerOf(step: Exclude<Step, { type: 'scene' }>): string {
  if (step.type !== 'call' && step.type !== 'create') return ''
  const { answer } = step
  if (answer?.threw === true) return ` ! ${answer.text}`
  return answer === undefined || answer.text === '' ? '' : ` → ${answer.text}`
}

function cut(text: string, letters: number): string {
  if (text.length <= letters) return text
  return letters < 2 ? '' : `${text.slice(0, letters - 1)}…`
}
