import type { NodeId } from '@lockstep/process'
import type { Run } from './run.ts'

/** A stretch of a run in which something held; `to` is Infinity while it still does. */
export interface Span<T> {
  readonly from: number
  readonly to: number
  readonly value: T
}

/** The stretches of a sequence of changes, in microseconds. */
export function spans<T>(
  run: Run,
  changes: { readonly rows: readonly number[]; readonly values: readonly T[] } | undefined,
): readonly Span<T>[] {
  if (changes === undefined) return []
  return changes.values.map((value, i) => {
    const next = changes.rows[i + 1]
    return {
      from: run.trace.at[changes.rows[i] ?? 0] ?? 0,
      to: next === undefined ? Number.POSITIVE_INFINITY : (run.trace.at[next] ?? 0),
      value,
    }
  })
}

/** Links that were cut in one step, until the last of them was mended. */
export interface CutSpan extends Span<readonly (readonly [from: NodeId, to: NodeId])[]> {
  readonly row: number
  /** 0, or higher where spans of a lower level overlap it. */
  readonly level: number
}

/** When links were cut, one span for all that were cut together. */
export function cutSpans(run: Run): readonly CutSpan[] {
  const byStep = new Map<number, { row: number; links: [NodeId, NodeId][]; to: number }>()
  for (const [key, changes] of run.states.links.all) {
    const [from = '', to = ''] = key.split('>')
    changes.values.forEach((link, i) => {
      if (!link.cut || changes.values[i - 1]?.cut === true) return
      const row = changes.rows[i] ?? 0
      const mended = changes.values.findIndex((later, j) => j > i && !later.cut)
      const until =
        mended < 0 ? Number.POSITIVE_INFINITY : (run.trace.at[changes.rows[mended] ?? 0] ?? 0)
      const step = run.trace.step[row] ?? row
      const group = byStep.get(step) ?? { row, links: [], to: 0 }
      byStep.set(step, group)
      group.links.push([from, to])
      group.row = Math.min(group.row, row)
      group.to = Math.max(group.to, until)
    })
  }
  const ends: number[] = []
  return [...byStep.values()]
    .sort((a, b) => a.row - b.row)
    .map(({ row, links, to }) => {
      const from = run.trace.at[row] ?? 0
      const free = ends.findIndex((end) => end <= from)
      const level = free < 0 ? ends.length : free
      ends[level] = to
      return { row, from, to, value: links, level }
    })
}
