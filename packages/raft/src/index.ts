export { RaftClient, type RaftClientOptions } from './client.ts'
export type { MembershipOutcome } from './client/membership-outcome.ts'
export type { FailureCode, Outcome } from './client/outcome.ts'
export type {
  Abort,
  WatchAnswer,
  Watching,
  WatchOptions,
} from './client/watching.ts'
export type { Command, Entry, Session } from './command.ts'
export type {
  Address,
  ChangeRefusal,
  ChangeRefusalCode,
  Configuration,
  MembershipChange,
  MembershipStep,
} from './configuration.ts'
export { membersOf } from './configuration.ts'
export { type RaftConfig, type RaftOptions, raftDefaults } from './config.ts'
export { flaws, type RaftFlaw, rulesWith } from './flaws.ts'
export type { Change, KeyValue, Revision } from './kv/key-value.ts'
export type {
  AnswerTo,
  Compare,
  DeleteOptions,
  DeleteRangeResult,
  DeleteRangeStep,
  KvOp,
  KvValue,
  PutOptions,
  PutResult,
  PutStep,
  RangeOp,
  RangeOptions,
  RangeResult,
  RefusalCode,
  Refused,
  Sort,
  StoreOp,
  StoreValue,
  TimeToLive,
  TxnOp,
  TxnResult,
  TxnStep,
  TxnStepResult,
} from './kv/operation.ts'
export type { WatchEvent, WatchFilter } from './kv/watch-event.ts'
export { everyKey, type KeyRange, noEnd, prefixOf } from './kv/range.ts'
export { txnDepthMax } from './kv/well-formed.ts'
export { type Mark, marks } from './marks.ts'
export type {
  AdminRequest,
  AppendEntries,
  AppendResult,
  ChangeMembership,
  ClientRead,
  ClientReply,
  ClientRequest,
  ClientResult,
  InstallSnapshot,
  ConfirmLeader,
  LeaderConfirmed,
  ForgetLeader,
  Members,
  ReadFrom,
  ReadIndex,
  ReadIndexResult,
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
  Watch,
} from './messages.ts'
export { RaftNode, raft } from './node.ts'
export type { WalEntry } from './persistent-state.ts'
export type { Role } from './raft.ts'
export { paper, type Rules, type When } from './rules.ts'
export { raftShapes } from './shapes.ts'
export type { LogIndex, Term } from './term.ts'
export type { RaftView } from './view.ts'
