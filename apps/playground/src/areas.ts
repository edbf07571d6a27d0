import { raftLab } from '@lockstep/raft/lab'
import type { Experiment, Lab } from '@lockstep/sim'

/** What the playground shows of an area. Areas register here and nowhere else. */
export interface Area {
  readonly lab: Lab
  readonly experiments: readonly Experiment[]
  /** Settings for nodes that run as OS processes; absent where they cannot. */
  readonly live: Readonly<Record<string, unknown>> | undefined
}

export const areas: readonly Area[] = [
  {
    lab: raftLab,
    experiments: [],
    // Longer than the slowest sync of a busy disk, so that a live leader stays.
    live: { electionTimeoutMinMs: 300, electionTimeoutMaxMs: 600, heartbeatMs: 60 },
  },
]
