import type { NodeId } from '@lockstep/process'
import type { Entry } from './command.ts'
import { type Address, isMember, isVoter } from './configuration.ts'
import type { RaftNode } from './node.ts'
import type { StoreBytes } from './kv/store.ts'
import type { Progress } from './progress.ts'
import type { Role } from './raft.ts'

/** A node as people see it. Bounded, so that looking at a long run stays cheap. */
export interface RaftView {
  readonly role: Role
  readonly term: number
  readonly votedFor: NodeId | null
  readonly leader: NodeId | null
  readonly commit: number
  readonly applied: number
  /** The highest index that is on disk with everything before it. */
  readonly durable: number
  readonly last: number
  /** The last entry that was let go; a snapshot covers it. */
  readonly base: number
  /** The last entry that the newest snapshot covers. */
  readonly snapshot: number
  /** Who votes, by the newest configuration in the log. */
  readonly voters: readonly NodeId[]
  /** While that is joint, who voted before. */
  readonly outgoing: readonly NodeId[]
  readonly learners: readonly NodeId[]
  /** Where members are found, as far as it was told when they were added. */
  readonly addresses: readonly Address[]
  /** What this node itself is; an outsider waits to be added, or was removed. */
  readonly membership: 'voter' | 'learner' | 'outsider'
  /** The newest entries, oldest first. */
  readonly log: readonly Entry[]
  /** The votes of a candidate, or those that made this leader. */
  readonly votes: { readonly granted: readonly NodeId[]; readonly needed: number } | null
  readonly followers: readonly {
    readonly id: NodeId
    readonly state: Progress['state']
    readonly match: number
    readonly next: number
    readonly inFlight: number
  }[]
  readonly keys: number
  /** About how many bytes the keys with their values take, the past that is kept beside them, and the log in memory. */
  readonly bytes: StoreBytes & { readonly log: number }
  /** The first keys in their order with their values. */
  readonly store: Readonly<Record<string, string>>
  readonly sessions: number
  readonly openRequests: number
  readonly refused: Readonly<Record<string, number>>
}

const entriesMax = 200
const keysMax = 100

function membershipOf({ id, raft: { log } }: RaftNode): RaftView['membership'] {
  if (isVoter(log.configuration, id)) return 'voter'
  return isMember(log.configuration, id) ? 'learner' : 'outsider'
}

/** Looks at a node. */
export function viewOf(node: RaftNode): RaftView {
  const { raft, machine, requests } = node
  const { log, ballot } = raft
  return {
    role: raft.role,
    term: raft.term,
    votedFor: raft.votedFor ?? null,
    leader: raft.leader ?? null,
    commit: raft.commit,
    applied: raft.applied,
    durable: log.durable,
    last: log.last,
    base: log.base,
    snapshot: raft.snapshot?.index ?? 0,
    ...log.configuration,
    membership: membershipOf(node),
    log: log.newest(entriesMax),
    votes: ballot === undefined ? null : { granted: [...ballot.granted], needed: ballot.needed },
    followers: raft.followers.map(({ id, state, match, next, inFlight }) => ({
      id,
      state,
      match,
      next,
      inFlight,
    })),
    keys: machine.store.size,
    bytes: { ...machine.store.bytes, log: node.logBytes.bytes },
    store: machine.store.first(keysMax),
    sessions: machine.sessions.size,
    openRequests: requests.open,
    refused: node.refusals.view(),
  }
}
