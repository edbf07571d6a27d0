import type { NodeId } from '@lockstep/process'
import type { Command, Entry } from './command.ts'
import type { PeerMessage } from './messages.ts'
import type { Raft, Role } from './raft.ts'
import type { Refusal } from './refusals.ts'
import type { When } from './rules.ts'
import type { SavedSnapshot } from './snapshot.ts'
import type { LogIndex, Term } from './term.ts'

/** A node as its parts see it, each of which has one concern: its state, and what they do to it. */
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
  /** Appends an entry that the leader sent. */
  append(entry: Entry): void
  /** As the leader, appends a command of its term, to be sent on at the next `flush`. */
  appendOwn(command: Command): LogIndex
  /** Commits and applies up to an index of the log. */
  commitUpTo(index: LogIndex): void
  /** As the leader, commits what a quorum holds. */
  advanceCommit(): void
  /** As the leader, lets a follower know at once what is committed. */
  tellCommit(id: NodeId): void
  /** Goes on from a snapshot that a leader sent. */
  resume(saved: SavedSnapshot): void
  /** Lets a promise out: at once, or when all that was written before is durable. */
  promise(when: When, to: NodeId, message: PeerMessage): void
  /** A message was refused. */
  refused(reason: Refusal): void
}
