import type { NodeId } from '@lockstep/process'
import type { Summary } from '@lockstep/sim'
import type { Run } from './run.ts'
import type { Span } from './spans.ts'
import type { Life } from './states.ts'

/** What a node was for a while. */
export interface Role {
  readonly life: Life
  readonly shape: Summary['shape'] | undefined
  readonly epoch: number
}

/** What a node was, from the start of the run on; equal neighbours are one span. */
export function roleSpans(run: Run, node: NodeId): readonly Span<Role>[] {
  const lives = run.states.lives.all.get(node)
  const summaries = run.summaries.all.get(node)
  const rows = [...new Set([...(lives?.rows ?? []), ...(summaries?.rows ?? [])])].sort(
    (a, b) => a - b,
  )
  const found: { from: number; to: number; value: Role }[] = []
  for (const row of rows) {
    const summary = summaries?.after(row)
    const value: Role = {
      life: lives?.after(row) ?? 'down',
      shape: summary?.shape,
      epoch: summary?.epoch ?? 0,
    }
    const at = run.trace.at[row] ?? 0
    const last = found.at(-1)
    if (last !== undefined && isSame(last.value, value)) continue
    if (last !== undefined) last.to = at
    found.push({ from: at, to: Number.POSITIVE_INFINITY, value })
  }
  return found
}

function isSame(a: Role, b: Role): boolean {
  if (a.life !== b.life) return false
  return a.life === 'down' || (a.shape === b.shape && a.epoch === b.epoch)
}
