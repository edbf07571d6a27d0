import type { NodeId } from '@lockstep/process'
import type { Raft, Role } from './raft.ts'
import type { Refusal } from './refusals.ts'
import type { Term } from './term.ts'

/** A node as its elections, reads and transfers see it: its state, and what they do to it. */
export interface Member {
  readonly state: Pick<
    Raft,
    | 'log'
    | 'term'
    | 'votedFor'
    | 'role'
    | 'leader'
    | 'commit'
    | 'applied'
    | 'followers'
    | 'snapshot'
  >
  /** Writes term and vote down and returns where. */
  adopt(term: Term, votedFor: NodeId | undefined): number
  /** Changes the role, after term and vote. */
  become(role: Role, leader: NodeId | undefined): void
  /** Follows in a term: a new one, or the own one of a candidate. */
  follow(term: Term, leader: NodeId | undefined): void
  /** Starts the election timeout anew. */
  awaitLeader(): void
  /** Leads the term in which these voted for it. */
  lead(votes: readonly NodeId[]): void
  /** As the leader, told another node to stand: nobody is kept from voting any longer. */
  endLease(): void
  /** A message was refused. */
  refused(reason: Refusal): void
}
