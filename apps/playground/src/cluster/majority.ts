import type { NodeId } from '@lockstep/process'

/**
 * Who of the voters would have to run as well, once a node is taken out, for anything to be committed:
 * nobody where a majority of those who are left runs, or where the node has no vote.
 */
export function missingWithout(
  voters: readonly NodeId[],
  without: NodeId,
  runs: (id: NodeId) => boolean,
): readonly NodeId[] {
  const left = voters.filter((id) => id !== without)
  if (left.length === voters.length) return []
  const silent = left.filter((id) => !runs(id))
  return 2 * (left.length - silent.length) > left.length ? [] : silent
}
