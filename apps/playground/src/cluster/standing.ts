import type { NodeState } from '@lockstep/host'
import type { NodeId } from '@lockstep/process'
import type { Lab, Summary } from '@lockstep/sim'
import type { Cluster, NodeStatus } from './cluster.ts'

/** A node as people see it: what the supervisor knows, and what the node says when it is asked. */
export interface Standing extends NodeStatus {
  readonly state: NodeState | undefined
  readonly summary: Summary | undefined
}

/** Asks every node that can answer. */
export async function standings(cluster: Cluster, lab: Lab): Promise<readonly Standing[]> {
  return Promise.all(
    cluster.status().map(async (status) => {
      const state = await cluster
        .control(status.id)
        ?.look()
        .catch(() => undefined)
      return { ...status, state, summary: state && lab.views.summary(state.view) }
    }),
  )
}

/** Who leads now, as far as the nodes themselves know: of several, the one of the latest epoch. */
export async function leaderOf(cluster: Cluster, lab: Lab): Promise<NodeId | undefined> {
  const leaders = (await standings(cluster, lab)).filter(
    ({ summary }) => summary?.shape === 'leader',
  )
  return leaders.toSorted((a, b) => (b.summary?.epoch ?? 0) - (a.summary?.epoch ?? 0))[0]?.id
}
