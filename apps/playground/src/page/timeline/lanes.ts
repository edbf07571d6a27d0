import type { NodeId } from '@lockstep/process'
import { words } from '../words.ts'
import type { Run } from '../run/run.ts'
import { roleSpans, type Role } from '../run/roles.ts'
import { type CutSpan, cutSpans, type Span, spans } from '../run/spans.ts'

/** What the time line shows of a run besides its messages, gathered once per change of the run. */
export interface Story {
  readonly lanes: readonly { readonly id: NodeId; readonly roles: readonly Span<Role>[] }[]
  readonly phases: readonly Span<string>[]
  readonly cuts: readonly CutSpan[]
  readonly marks: readonly number[]
  readonly violations: readonly number[]
  /** Clients that did something. */
  readonly clients: readonly NodeId[]
}

/** Gathers the story of a run; times in microseconds. */
export function storyOf(run: Run): Story {
  const time = (row: number): number => run.trace.at[row] ?? 0
  return {
    lanes: run.everyNode.map((id) => ({ id, roles: roleSpans(run, id) })),
    phases: spans(run, run.states.phases.all.get('phase')),
    cuts: cutSpans(run),
    marks: run.marks.map(time),
    violations: run.violations.map(time),
    clients: run.opening.clients.filter((id) => run.active.has(id)),
  }
}

/** Where the rows of the time line stand, in pixels from its top. */
export interface Rows {
  readonly axis: number
  readonly phases: number
  readonly cuts: readonly number[]
  readonly lanes: ReadonlyMap<NodeId, number>
  readonly names: readonly (readonly [name: string, y: number])[]
  readonly marks: number
  readonly bottom: number
}

const axisHeight = 20
const phasesHeight = 14
export const cutHeight = 16
const cutLevelsMax = 4
const marksHeight = 12
const clientLanesMax = 6

/** Spreads lanes over the height that axis, phases, cuts and marks leave; many clients share one. */
export function rowsOf(
  height: number,
  nodes: readonly NodeId[],
  clients: readonly NodeId[],
  story: Story,
): Rows {
  const shared = clients.length > clientLanesMax
  const names = [...nodes, ...(shared ? [words.line.clients] : clients)]
  const levels = Math.min(cutLevelsMax, 1 + Math.max(-1, ...story.cuts.map(({ level }) => level)))
  const cuts = axisHeight + phasesHeight
  const top = cuts + levels * cutHeight + 2
  const room = Math.max(0, height - top - marksHeight)
  const gap = room / Math.max(1, names.length)
  const laneAt = (i: number): number => top + gap * (i + 0.5)
  return {
    axis: axisHeight / 2,
    phases: axisHeight + phasesHeight / 2,
    cuts: Array.from({ length: levels }, (_, level) => cuts + (level + 0.5) * cutHeight),
    lanes: new Map(
      [...nodes, ...clients].map((id, i) => [id, laneAt(Math.min(i, names.length - 1))]),
    ),
    names: names.map((name, i) => [name, laneAt(i)]),
    marks: height - marksHeight / 2,
    bottom: height,
  }
}
