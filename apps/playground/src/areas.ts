import { experiments as idExperiments, idLab } from '@lockstep/idgen/lab'
import { experiments as patterns, type TracedExperiment } from '@lockstep/patterns/lab'
import { raftDefaults } from '@lockstep/raft'
import { experiments, newcomer, raftLab } from '@lockstep/raft/lab'
import type { Build } from '@lockstep/process'
import type { Experiment, Full, Lab } from '@lockstep/sim'

/** What the playground shows of an area that runs in a world. Areas register here and nowhere else. */
export interface Area {
  readonly lab: Lab
  readonly experiments: readonly Experiment[]
  /** Settings for nodes that run as OS processes; absent where they cannot. */
  readonly live: Readonly<Record<string, unknown>> | undefined
  /** How to build a node that joins a live cluster, where that is another than its founders. */
  newcomer?(scenario: Full): Build
}

/**
 * The library's own settings instead of the lab's. Real disks stall now and then, so an election waits
 * ten times longer than the worst of them.
 */
const raftLive = {
  ...raftDefaults,
  electionTimeoutMinMs: 500,
  electionTimeoutMaxMs: 1_000,
  heartbeatMs: 100,
  attemptTimeoutMs: 1_000,
}

export const areas: readonly Area[] = [
  { lab: raftLab, experiments, live: raftLive, newcomer },
  { lab: idLab, experiments: idExperiments, live: undefined },
]

/**
 * What the playground shows of an area without a network: experiments that run at once, whose calls
 * are traced and drawn as a sequence diagram. They have no seed, no faults and no flaws.
 */
export interface TracedArea {
  readonly name: string
  readonly title: string
  readonly experiments: readonly TracedExperiment[]
}

export const tracedAreas: readonly TracedArea[] = [
  { name: 'patterns', title: 'Design patterns and principles', experiments: patterns },
]
