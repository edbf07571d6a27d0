export { RaftClient, type RaftClientOptions } from './client.ts'
export type { FailureCode, Outcome } from './client/outcome.ts'
export type { Command, Entry, Session } from './command.ts'
export { type RaftConfig, type RaftOptions, raftDefaults } from './config.ts'
export { flaws, type RaftFlaw, rulesWith } from './flaws.ts'
export type { KvOp, KvValue } from './kv/operation.ts'
export { type Mark, marks } from './marks.ts'
export type {
  AppendEntries,
  AppendResult,
  ClientReply,
  ClientRequest,
  ClientResult,
  InstallSnapshot,
  ConfirmLeader,
  LeaderConfirmed,
  OpenSession,
  PeerMessage,
  PreVote,
  RaftMessage,
  RequestPreVote,
  RequestVote,
  SnapshotResult,
  TimeoutNow,
  TransferLeadership,
  Vote,
} from './messages.ts'
export { RaftNode, raft } from './node.ts'
export type { Role, WalEntry } from './raft.ts'
export { paper, type Rules, type When } from './rules.ts'
export type { LogIndex, Term } from './term.ts'
export type { RaftView } from './view.ts'
