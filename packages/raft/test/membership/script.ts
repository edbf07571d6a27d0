import type { NodeId } from '@lockstep/process'
import type { Configuration, MembershipChange, MembershipStep } from '../../src/configuration.ts'
import type { ClientResult } from '../../src/index.ts'
import { Cluster, type ClusterOptions, type Sent } from '../../src/testing/index.ts'

export const config = { preVote: true, checkQuorum: true }

/** A cluster that n1 leads: the first nodes are voters, the others wait to be added. */
export function clusterOf(
  voters: number,
  size: number,
  options: ClusterOptions = { config },
): Cluster {
  const disks = Array.from({ length: size }, () => [])
  const cluster = new Cluster(disks, { ...options, voters })
  cluster.campaign('n1')
  cluster.replies.length = 0
  return cluster
}

/** Reads 'v4 l5 p3 d2 r1' as add a voter, add a learner, promote, demote, remove. */
export function steps(words: string): MembershipStep[] {
  const letters = {
    v: 'add-voter',
    l: 'add-learner',
    p: 'promote',
    d: 'demote',
    r: 'remove',
  } as const
  return words.split(' ').map((word) => ({
    type: letters[word.charAt(0) as keyof typeof letters],
    id: `n${word.slice(1)}`,
  }))
}

let requests = 0

/** Asks a node for a change; nothing is delivered. */
export function ask(
  cluster: Cluster,
  to: NodeId,
  words: string,
  how: Partial<MembershipChange> = {},
): void {
  const asked: MembershipChange = { steps: steps(words), ...how }
  const message = { type: 'ChangeMembership', id: ++requests, change: asked }
  cluster.ask(to, `admin ${requests}`, message)
}

/** Asks n1 for a change, delivers all, and returns the answer. */
export function change(
  cluster: Cluster,
  words: string,
  how: Partial<MembershipChange> = {},
): ClientResult | undefined {
  const before = cluster.replies.length
  ask(cluster, 'n1', words, how)
  cluster.deliver()
  return cluster.replies.slice(before).at(-1)?.result
}

/** '(1 2 3)&&(1) learners 4'. */
export function shown({ voters, outgoing, learners }: Configuration): string {
  const list = (some: readonly NodeId[]): string => some.map((id) => id.slice(1)).join(' ')
  const halves = outgoing.length === 0 ? '' : `&&(${list(outgoing)})`
  return `(${list(voters)})${halves}${learners.length === 0 ? '' : ` learners ${list(learners)}`}`
}

/** The configuration that each node uses. */
export function used(cluster: Cluster, ...ids: NodeId[]): string[] {
  return ids.map((id) => shown(cluster.at(id).raft.log.configuration))
}

export function roles(cluster: Cluster): string[] {
  return [...cluster.hosts.values()].map(({ raft }) => `${raft.role} ${raft.term}`)
}

export function commits(cluster: Cluster): number[] {
  return [...cluster.hosts.values()].map(({ raft }) => raft.commit)
}

/** Every message to or from one of these. */
export function about(...ids: NodeId[]): (sent: Sent) => boolean {
  return ({ from, to }) => ids.includes(from) || ids.includes(to)
}
