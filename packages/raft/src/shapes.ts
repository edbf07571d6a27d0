import type { Shapes } from '@lockstep/process'
import type { Command, Entry, Session } from './command.ts'
import type { KeyValue } from './kv/key-value.ts'
import type { KvValue, StoreOp } from './kv/operation.ts'
import type { Item } from './kv/state.ts'
import type {
  AppendEntries,
  AppendResult,
  ClientRead,
  ClientReply,
  ClientRequest,
  ClientResult,
  ConfirmLeader,
  ReadIndex,
  ReadIndexResult,
} from './messages.ts'

/** A key of any of the objects that a type stands for. */
type KeyOf<T> = T extends unknown ? keyof T : never
type Keys<T> = readonly KeyOf<T>[]

/** What puts and reads are made of, and a snapshot on its way: each as the code makes it. */
export const raftShapes: Shapes = [
  ['type', 'session', 'op', 'id'] satisfies Keys<ClientRequest>,
  ['client', 'seq', 'received'] satisfies Keys<Session>,
  ['type', 'key', 'value'] satisfies Keys<StoreOp>,
  ['type', 'key'] satisfies Keys<StoreOp>,
  ['type', 'key', 'from', 'to'] satisfies Keys<StoreOp>,
  ['type', 'op', 'from', 'id'] satisfies Keys<ClientRead>,
  ['type', 're', 'result'] satisfies Keys<ClientReply>,
  ['type', 'value'] satisfies Keys<ClientResult>,
  ['type'] satisfies Keys<KvValue>,
  ['type', 'existed'] satisfies Keys<KvValue>,
  ['type', 'swapped'] satisfies Keys<KvValue>,
  ['type', 'index', 'term', 'time', 'command'] satisfies Keys<Entry>,
  ['type', 'session', 'op'] satisfies Keys<Command>,
  ['type', 'term', 'prevIndex', 'prevTerm', 'entries', 'commit'] satisfies Keys<AppendEntries>,
  ['type', 'term', 'success', 'match'] satisfies Keys<AppendResult>,
  ['type', 'term', 'round'] satisfies Keys<ConfirmLeader>,
  ['type', 'term', 'incarnation', 'batch'] satisfies Keys<ReadIndex>,
  ['type', 'term', 'incarnation', 'batch', 'index'] satisfies Keys<ReadIndexResult>,
  ['type', 'kv'] satisfies Keys<Item>,
  ['key', 'value', 'createRevision', 'modRevision', 'version', 'lease'] satisfies Keys<KeyValue>,
]
