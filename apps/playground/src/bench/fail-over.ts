import { isInstalled } from '@lockstep/servers'
import type { Area } from '../areas.ts'
import { EtcdStore } from './etcd-store.ts'
import { RaftStore } from './raft-store.ts'

/** How long it took from the kill -9 of a leader to the next acknowledged put, in milliseconds. */
export interface FailOvers {
  readonly withDefaults: readonly number[]
  /** With the timeouts that etcd has when nobody tells it others. */
  readonly withEtcdsTimeouts: readonly number[]
  /** Empty where the machine has no etcd. */
  readonly etcd: readonly number[]
}

/** etcd draws an election timeout from the one that it is given up to twice that. */
const etcdsTimeouts = ['electionTimeoutMinMs=1000', 'electionTimeoutMaxMs=2000', 'heartbeatMs=100']

/** Kills leaders of fresh clusters, one trial of each after the other. */
export async function benchFailOvers(area: Area, trials: number): Promise<FailOvers> {
  const clusters: { stop(): Promise<void> }[] = []
  const noted = <Cluster extends { stop(): Promise<void> }>(cluster: Cluster): Cluster => {
    clusters.push(cluster)
    return cluster
  }
  try {
    const defaults = noted(await RaftStore.start(area))
    const equal = noted(await RaftStore.start(area, etcdsTimeouts))
    const etcd = isInstalled('etcd') ? noted(await EtcdStore.start()) : undefined
    const [lane] = await defaults.open(1, 1)
    const [equalLane] = await equal.open(1, 1)
    if (lane === undefined || equalLane === undefined) throw new Error('no lane was opened')
    const times = { withDefaults: [], withEtcdsTimeouts: [], etcd: [] } as Record<
      keyof FailOvers,
      number[]
    >
    for (let trial = 0; trial < trials; trial++) {
      times.withDefaults.push(await defaults.failOver(lane))
      times.withEtcdsTimeouts.push(await equal.failOver(equalLane))
      if (etcd !== undefined) times.etcd.push(await etcd.failOver())
    }
    return times
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()))
  }
}
