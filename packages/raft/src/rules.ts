import type { Milliseconds, NodeId } from '@lockstep/process'
import type { Configuration } from './configuration.ts'
import type { Revision } from './kv/key-value.ts'
import type { TxnOp } from './kv/operation.ts'
import type { SessionTable } from './kv/sessions.ts'
import type { StoreState } from './kv/store.ts'
import type { Groups } from './quorum.ts'
import { asIndex, type LogIndex, type Term } from './term.ts'

/** When a promise may leave the node that makes it. */
export type When = 'synced' | 'now'

/**
 * Every safety decision of this package, each a pure function with its place in the paper: Ongaro
 * and Ousterhout, 'In Search of an Understandable Consensus Algorithm (Extended Version)', 2014;
 * 'thesis' is Ongaro's, of the same year.
 */
export interface Rules {
  /** §5.2: a node votes for one candidate a term, first come, first served. */
  mayVoteFor(candidate: NodeId, votedFor: NodeId | undefined): boolean

  /** §5.4.1: a voter refuses a candidate whose log is behind its own. The later last term wins, then the longer log. */
  isUpToDate(lastTerm: Term, lastIndex: LogIndex, ownTerm: Term, ownIndex: LogIndex): boolean

  /** Figure 2, 'persistent state': term and vote are on disk before a vote, one's own too, leaves the node. */
  whenToVote(): When

  /** Figure 2, 'persistent state': entries are on disk before they are acknowledged. */
  whenToAcknowledge(): When

  /** §5.3, log matching: a follower takes entries only behind one that it shares with the leader. */
  matchesPrevious(ownTerm: Term | undefined, prevTerm: Term): boolean

  /**
   * §5.3: the last own index that stays when an append arrives. `agreed` is the last one that the
   * append confirms, `conflict` the first one that it contradicts, 0 if none, `last` the end of the log.
   * Without a conflict all stays: the append may be an old one.
   */
  survives(agreed: LogIndex, conflict: LogIndex, last: LogIndex): LogIndex

  /** Thesis §10.2.1: a leader may send before its own disk is done, but counts itself only then. */
  countsOwn(durable: LogIndex, last: LogIndex): LogIndex

  /** §5.4.2, figure 8: only an entry of the leader's own term is committed by counting copies. */
  mayCommit(entryTerm: Term, currentTerm: Term): boolean

  /** Thesis §6.3: an operation is applied if it was not before, and the client does not have its answer. */
  mayApply(seq: number, received: number, wasApplied: boolean): boolean

  /** Thesis §6.3: sessions expire by the time in the log, not by that of the node, so on every node alike. */
  sessionTime(log: Milliseconds, own: Milliseconds): Milliseconds

  /** etcd, lease API: leases expire by one clock, here that of the log, so on every node alike. */
  leaseTime(log: Milliseconds, own: Milliseconds): Milliseconds

  /**
   * etcd, watch API: events come whole and without a gap. An answer that holds the events up to
   * revision `upTo` of a store that is at `revision` lets its watcher go on behind this revision.
   */
  watchedUpTo(upTo: Revision, revision: Revision): Revision

  /** etcd, transactions; §8: what a transaction compares is compared when it is applied, in the order of the log. */
  txnToPropose(txn: TxnOp, holds: (txn: TxnOp) => boolean): TxnOp

  /** §8: a leader cannot know by itself that it still leads, so it reads through the log or asks the others. */
  mayReadAlone(): boolean

  /** Thesis §6.4, step 1: a leader knows what is committed once an entry of its own term is. */
  mayServeReads(committedTerm: Term, currentTerm: Term): boolean

  /** Thesis §6.4, step 3: a read is answered after a majority answered a question that was sent after it. */
  isConfirmed(round: number, confirmed: number): boolean

  /**
   * Thesis §6.4.1: for how long after a majority was asked no other leader can be elected, by this
   * node's oscillator. Whoever answered votes for nobody for an election timeout, by its own one,
   * and each of them may be off from true time by that share, either way.
   */
  leaseMs(electionTimeoutMinMs: Milliseconds, clockDriftMax: number): Milliseconds

  /**
   * Thesis §6.4.1: whoever answered a leader with a lease votes for nobody for an election timeout,
   * whatever it is asked for meanwhile. Otherwise a follower may forget its leader at any time.
   */
  mayForgetLeader(reads: 'index' | 'lease' | 'log'): boolean

  /** Thesis §6.4: a follower answers once it has applied all that the leader knew to be committed. */
  mayAnswerForwarded(applied: LogIndex, index: LogIndex): boolean

  /**
   * §7, figure 13: a snapshot brings something new only when it is ahead of what is committed here
   * and its last entry is not in the log. Otherwise the log, and what stands behind, stays.
   */
  needsSnapshot(index: LogIndex, commit: LogIndex, isInLog: boolean): boolean

  /** §7, figure 13: what follows a snapshot that a leader sent makes no sense without it, and is not on disk before it. */
  awaitsInstalled(): boolean

  /** Figure 2, 'persistent state': term and vote outlive the log that they stood in. */
  keepsVote(): boolean

  /** §6: in a joint configuration both majorities must agree, to elect and to commit. */
  mustAgree(groups: Groups): Groups

  /** Thesis §4.1: one change at a time, so the newest configuration is committed before the next one is appended. */
  isSettled(configurationIndex: LogIndex, commit: LogIndex): boolean

  /** Ongaro's correction of thesis §4.1, 2015: a leader changes the configuration once an entry of its own term is committed. */
  mayChange(committedTerm: Term, currentTerm: Term): boolean

  /** §6: a joint configuration is left once it is committed. */
  mayLeave(jointIndex: LogIndex, commit: LogIndex): boolean

  /** §7: a snapshot holds the configuration as of its last entry; `initial` is the one that the node was started with. */
  configurationToSave(configuration: Configuration, initial: Configuration): Configuration

  /** Thesis §6.3: the sessions are part of the state, and a snapshot holds them. */
  sessionsToSave(sessions: SessionTable): SessionTable

  /** §7: a snapshot holds all of the state: besides the keys their leases, revisions and history. */
  storeToSave(store: StoreState): StoreState
}

/** The rules as the paper has them. */
export const paper: Rules = {
  mayVoteFor: (candidate, votedFor) => votedFor === undefined || votedFor === candidate,
  isUpToDate: (lastTerm, lastIndex, ownTerm, ownIndex) =>
    lastTerm > ownTerm || (lastTerm === ownTerm && lastIndex >= ownIndex),
  whenToVote: () => 'synced',
  whenToAcknowledge: () => 'synced',
  matchesPrevious: (ownTerm, prevTerm) => ownTerm === prevTerm,
  survives: (_agreed, conflict, last) => (conflict === 0 ? last : asIndex(conflict - 1)),
  countsOwn: (durable) => durable,
  mayCommit: (entryTerm, currentTerm) => entryTerm === currentTerm,
  mayApply: (seq, received, wasApplied) => seq > received && !wasApplied,
  sessionTime: (log) => log,
  leaseTime: (log) => log,
  watchedUpTo: (upTo) => upTo,
  txnToPropose: (txn) => txn,
  mayReadAlone: () => false,
  mayServeReads: (committedTerm, currentTerm) => committedTerm === currentTerm,
  isConfirmed: (round, confirmed) => confirmed >= round,
  leaseMs: (timeoutMs, drift) => (timeoutMs * (1 - drift)) / (1 + drift),
  mayForgetLeader: (reads) => reads !== 'lease',
  mayAnswerForwarded: (applied, index) => applied >= index,
  needsSnapshot: (index, commit, isInLog) => index > commit && !isInLog,
  awaitsInstalled: () => true,
  keepsVote: () => true,
  mustAgree: (groups) => groups,
  isSettled: (configurationIndex, commit) => configurationIndex <= commit,
  mayChange: (committedTerm, currentTerm) => committedTerm === currentTerm,
  mayLeave: (jointIndex, commit) => jointIndex <= commit,
  configurationToSave: (configuration) => configuration,
  sessionsToSave: (sessions) => sessions,
  storeToSave: (store) => store,
}
