import type { Milliseconds, NodeId } from '@lockstep/process'
import type { Entry, Session } from './command.ts'
import type { ChangeRefusalCode, Configuration, MembershipChange } from './configuration.ts'
import type { ReadOp, StoreOp, StoreValue } from './kv/operation.ts'
import type { Revision } from './kv/key-value.ts'
import type { KeyRange } from './kv/range.ts'
import type { WatchEvent, WatchFilter } from './kv/watch-event.ts'
import type { Chunk } from './snapshot.ts'
import type { LogIndex, Term } from './term.ts'

/** A node asks whether it would get a vote in `term`, the one after its own (thesis §9.6). */
export interface RequestPreVote {
  readonly type: 'RequestPreVote'
  readonly term: Term
  readonly lastIndex: LogIndex
  readonly lastTerm: Term
}

/** The answer to `RequestPreVote`: a grant names the term that was asked for, a refusal the voter's own. */
export interface PreVote {
  readonly type: 'PreVote'
  readonly term: Term
  readonly granted: boolean
}

/** A candidate asks for a vote (figure 2). */
export interface RequestVote {
  readonly type: 'RequestVote'
  readonly term: Term
  readonly lastIndex: LogIndex
  readonly lastTerm: Term
  /** The leader wants this election, so that voters that hear it vote all the same. */
  readonly isTransfer?: boolean
}

/** The leader hands over to this follower: it is to stand at once (thesis §3.10). */
export interface TimeoutNow {
  readonly type: 'TimeoutNow'
  readonly term: Term
}

/** The answer to `RequestVote`, in the voter's term. */
export interface Vote {
  readonly type: 'Vote'
  readonly term: Term
  readonly granted: boolean
}

/** The leader replicates entries behind `prevIndex`; without entries it is a heartbeat (figure 2). */
export interface AppendEntries {
  readonly type: 'AppendEntries'
  readonly term: Term
  readonly prevIndex: LogIndex
  readonly prevTerm: Term
  /** `entries[i]` stands at index `prevIndex + 1 + i`. */
  readonly entries: readonly Entry[]
  /** The leader's commit index. */
  readonly commit: LogIndex
}

/** The answer to `AppendEntries`, in the follower's term. */
export type AppendResult =
  | {
      readonly type: 'AppendResult'
      readonly term: Term
      readonly success: true
      /** Up to here the follower's log is durable and equal to the leader's. */
      readonly match: LogIndex
    }
  | {
      readonly type: 'AppendResult'
      readonly term: Term
      readonly success: false
      /** The `prevIndex` that did not match. */
      readonly rejected: LogIndex
      /** The follower's last entry that may match: at or before `rejected`, of no later term. */
      readonly hintIndex: LogIndex
      readonly hintTerm: Term
    }

/** The leader sends a piece of a snapshot; without items it only asks how far the follower is (figure 13). */
export interface InstallSnapshot extends Chunk {
  readonly type: 'InstallSnapshot'
  readonly term: Term
}

/** The answer to `InstallSnapshot` while the snapshot is not complete; then it is an `AppendResult`. */
export interface SnapshotResult {
  readonly type: 'SnapshotResult'
  readonly term: Term
  /** Which snapshot: the last entry that it covers. */
  readonly index: LogIndex
  /** How many of its items the follower has. */
  readonly received: number
}

/** The leader asks whether it still leads, so that it may answer reads from its own state (thesis §6.4). */
export interface ConfirmLeader {
  readonly type: 'ConfirmLeader'
  readonly term: Term
  /** Counts within the term, from 1. */
  readonly round: number
}

/** The answer to `ConfirmLeader`, in the follower's term. */
export interface LeaderConfirmed {
  readonly type: 'LeaderConfirmed'
  readonly term: Term
  /** The round that was asked; 0 for a no, from a node that knows of a later term. */
  readonly round: number
}

/** A follower asks its leader up to where it must have applied to answer reads of its own (thesis §6.4). */
export interface ReadIndex {
  readonly type: 'ReadIndex'
  readonly term: Term
  /** With `batch`, it names the question for good: a late answer to an earlier one must not count. */
  readonly incarnation: number
  readonly batch: number
}

/** The answer to `ReadIndex`, once the leader was confirmed. There is none from a node that does not lead. */
export interface ReadIndexResult {
  readonly type: 'ReadIndexResult'
  readonly term: Term
  readonly incarnation: number
  readonly batch: number
  /** What was committed when the leader was confirmed. */
  readonly index: LogIndex
}

/** A client asks for a session. */
export interface OpenSession {
  readonly type: 'OpenSession'
  readonly id: number
}

/**
 * When a node may answer a read: with `any` once it has made sure that it has applied all that was
 * committed, so that the read is linearizable; with `stale` at once, however old its state is.
 */
export type ReadFrom = 'any' | 'stale'

/** A client asks for an operation. A retry carries the same session. */
export interface ClientRequest {
  readonly type: 'ClientRequest'
  readonly id: number
  readonly session: Session
  readonly op: StoreOp
}

/** A client asks for a read of a node that need not lead, and needs no session for it. */
export interface ClientRead {
  readonly type: 'ClientRead'
  readonly id: number
  readonly op: ReadOp
  readonly from: ReadFrom
}

/** A client asks the leader to hand over to another member. */
export interface TransferLeadership {
  readonly type: 'TransferLeadership'
  readonly id: number
  readonly to: NodeId
}

/** A client asks the leader to change who is in the cluster. */
export interface ChangeMembership {
  readonly type: 'ChangeMembership'
  readonly id: number
  readonly change: MembershipChange
}

/** A client asks the leader who is in the cluster. */
export interface Members {
  readonly type: 'Members'
  readonly id: number
}

/**
 * A client asks a follower to forget who leads, so that it votes although it hears a leader. It is
 * for whoever knows that the leader is gone, and does not want to wait for an election timeout.
 */
export interface ForgetLeader {
  readonly type: 'ForgetLeader'
  readonly id: number
}

/** What a client may ask beside operations of the store: of the leader, as it is. */
export type AdminRequest = TransferLeadership | ChangeMembership | Members

/** A client asks any node what happened to some keys from a revision on. */
export interface Watch {
  readonly type: 'Watch'
  readonly id: number
  readonly range: KeyRange
  readonly filter: WatchFilter
  readonly fromRevision: Revision
  /** How long to wait for events where there are none. */
  readonly waitMs: Milliseconds
}

/** The answer to the request with that id. */
export interface ClientReply {
  readonly type: 'ClientReply'
  readonly re: number
  readonly result: ClientResult
}

/** How a request ended on the node that was asked. */
export type ClientResult =
  | { readonly type: 'opened'; readonly session: LogIndex }
  | { readonly type: 'applied'; readonly value: StoreValue }
  /** The events of whole revisions, all of those below `next`. */
  | { readonly type: 'watched'; readonly events: readonly WatchEvent[]; readonly next: Revision }
  /** The events that were asked for are gone. */
  | { readonly type: 'watch-compacted'; readonly compacted: Revision }
  /** Nothing was done. `leader` is who leads as far as this node knows. */
  | { readonly type: 'not-leader'; readonly leader: NodeId | null }
  /** Nothing was done, since the leader hands over to that node; to whom asked for that, it was begun, or is done. */
  | { readonly type: 'transferring'; readonly to: NodeId }
  /** The members are these now: that is committed, and in use. */
  | { readonly type: 'changed'; readonly configuration: Configuration }
  /** Nothing was done: the change cannot be made, or not now. */
  | { readonly type: 'change-refused'; readonly code: ChangeRefusalCode; readonly text: string }
  /** The configuration that the leader uses; it may still fall back to another one while it is not committed. */
  | {
      readonly type: 'members'
      readonly configuration: Configuration
      readonly committed: boolean
    }
  /** Nothing was done: no other voter has that name. */
  | { readonly type: 'unknown-member' }
  /** This node takes nobody for the leader now, until one speaks. */
  | { readonly type: 'leader-forgotten' }
  /** Nothing was done: the node leads itself, or promised a leader with a lease to vote for nobody. */
  | {
      readonly type: 'forget-refused'
      readonly code: 'leads' | 'reads-by-lease'
      readonly text: string
    }
  /** Nothing was done: an entry of the log may have at most so many bytes. */
  | { readonly type: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  /** Nothing was done: too many requests are pending, of all clients or of the session. */
  | { readonly type: 'overloaded' }
  /** This node no longer leads: the request may or may not be applied. To ask again is safe. */
  | { readonly type: 'deposed' }
  /** The session is gone: an earlier copy of the request may have been applied, this one is not. */
  | { readonly type: 'session-expired' }
  /** A later operation of the session was applied: an earlier copy may have been, this one is not. */
  | { readonly type: 'superseded' }

/** What Raft nodes say to each other. */
export type PeerMessage =
  | RequestPreVote
  | PreVote
  | RequestVote
  | Vote
  | TimeoutNow
  | AppendEntries
  | AppendResult
  | InstallSnapshot
  | SnapshotResult
  | ConfirmLeader
  | LeaderConfirmed
  | ReadIndex
  | ReadIndexResult

/** What a node receives. */
export type ToNode =
  | PeerMessage
  | OpenSession
  | ClientRequest
  | ClientRead
  | Watch
  | ForgetLeader
  | AdminRequest

/** Every message of this package. */
export type RaftMessage = ToNode | ClientReply
