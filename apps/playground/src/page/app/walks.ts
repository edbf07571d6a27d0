import { countUpTo } from '../run/changes.ts'
import type { Run } from '../run/run.ts'
import { nextStop, previousStop } from '../conditions/stops.ts'
import { words } from '../words.ts'
import type { App } from './context.ts'
import type { Track } from '../run/track.ts'
import { sentencesMatching } from './sentences.ts'
import type { Workshop } from './workshop.ts'

/** Goes to the next (1) or previous (-1) event of the selected node. */
export function goToNodeEvent(workshop: Workshop, by: 1 | -1): void {
  const selection = workshop.selection()
  const run = workshop.run()
  if (run === undefined || selection?.kind !== 'node') {
    workshop.notices.tell(words.do.selectFirst)
    return
  }
  const { row } = workshop.player.moment
  const from = by === 1 ? row : run.eventFrom(row, -1) + 1
  go(workshop, run.rowOfNode(selection.id, from, by))
}

/** Goes to the next or previous mark, or scene of a traced run. */
export function goToMark(workshop: Workshop, by: 1 | -1): void {
  const run = workshop.run()
  const traced = workshop.traced()
  const { row } = workshop.player.moment
  if (run !== undefined) go(workshop, beside(run.marks, run, row, by))
  else if (traced !== undefined) go(workshop, beside(traced.scenes, traced, row, by))
}

/** Goes to the next or previous sentence of the event list, as it is filtered. */
export function goToSentence({ workshop, view }: App, by: 1 | -1): void {
  const run = workshop.run()
  if (workshop.traced() !== undefined) workshop.player.step(by)
  if (run === undefined) return
  const rows = sentencesMatching(run, view.query()).map(({ row }) => row)
  go(workshop, beside(rows, run, workshop.player.moment.row, by))
}

/** Goes to the next or previous event after which a watched condition has become true. */
export function goToStop(workshop: Workshop, by: 1 | -1): void {
  const run = workshop.run()
  const { stops } = workshop.watches
  if (run === undefined) return
  if (stops.length === 0) {
    workshop.notices.tell(words.watches.noStops)
    return
  }
  const { row } = workshop.player.moment
  const stop = by === 1 ? nextStop(run, stops, row, run.length - 1) : previousStop(run, stops, row)
  if (stop === undefined) workshop.notices.tell(words.watches.noMore)
  else go(workshop, stop.row)
}

/** Goes to where the first violation was seen. */
export function goToViolation(workshop: Workshop): void {
  const run = workshop.run()
  const row = run === undefined ? undefined : firstViolation(workshop, run)
  if (row === undefined) workshop.notices.tell(words.verdict.noViolation)
  else go(workshop, row)
}

/** The row of an invariant that broke, or of the end of the operations that cannot be explained. */
function firstViolation(workshop: Workshop, run: Run): number | undefined {
  const broken = run.violations[0]
  if (broken !== undefined) return broken
  const verdict = workshop.recording.judged()?.verdict
  if (verdict?.is !== 'violated') return undefined
  if (verdict.step !== undefined) {
    const row = run.trace.step.indexOf(verdict.step)
    if (row >= 0) return row
  }
  const ends = run.operations
    .filter(({ id }) => verdict.operations?.includes(id))
    .map(({ invokedAt, endedAt }) => endedAt ?? invokedAt)
  return ends.length === 0 ? run.trace.length - 1 : run.trace.rowAt(Math.max(...ends))
}

/** The nearest of some rows after the event that is shown, or before it. */
function beside(rows: readonly number[], run: Track, row: number, by: 1 | -1): number | undefined {
  if (by === 1) return rows[countUpTo(rows, row)]
  return rows[countUpTo(rows, run.eventFrom(row, -1)) - 1]
}

function go(workshop: Workshop, row: number | undefined): void {
  if (row === undefined) return
  workshop.player.pause()
  workshop.player.seekRow(row)
}
