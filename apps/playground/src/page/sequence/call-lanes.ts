import type { SequenceDiagram } from '@lockstep/patterns/lab'

/** The lane of each activation: as deep as its call, or the next one that is free for all of it. */
export function callLanes({ steps, activations }: SequenceDiagram): readonly number[] {
  /** Where each lane is free again. */
  const free: number[] = []
  return activations.map(({ from, to }) => {
    const step = steps[from]
    let lane = step === undefined || step.type === 'scene' ? 0 : step.depth
    while ((free[lane] ?? 0) > from) lane += 1
    free[lane] = to + 1
    return lane
  })
}
