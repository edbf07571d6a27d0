import type { Experiment, Lab } from '@lockstep/sim'

/** What the playground shows of an area. Areas register here and nowhere else. */
export interface Area {
  readonly lab: Lab
  readonly experiments: readonly Experiment[]
}

export const areas: readonly Area[] = []
