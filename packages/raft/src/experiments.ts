import { diskExperiments } from './experiments/disks.ts'
import { electionExperiments } from './experiments/elections.ts'
import { membershipExperiments } from './experiments/membership.ts'
import { readExperiments } from './experiments/reads.ts'
import { replicationExperiments } from './experiments/replication.ts'
import type { RaftExperiment } from './experiments/steady.ts'
import { storeExperiments } from './experiments/store.ts'

/** The experiments, in the order in which they teach. */
export const experiments: readonly RaftExperiment[] = [
  ...electionExperiments,
  ...replicationExperiments,
  ...diskExperiments,
  ...readExperiments,
  ...membershipExperiments,
  ...storeExperiments,
]
