import type { Milliseconds } from '@lockstep/process'
import { type Configuration, membersOf } from './configuration.ts'
import type { KvOp } from './kv/operation.ts'
import type { LogIndex, Term } from './term.ts'

/** Which operation of which session: a retry repeats all of it. */
export interface Session {
  /** The session's name: the index of the entry that opened it. */
  readonly client: LogIndex
  /** 1 for the session's first operation, one more for each that follows. */
  readonly seq: number
  /** The client has the answers of all operations up to this one, and asks for none of them again. */
  readonly received: number
}

/** What an entry of the replicated log asks of the state machine. */
export type Command =
  /** Nothing: a new leader appends it to commit what earlier terms left (§8). */
  | { readonly type: 'noop' }
  /** From this entry on these are the members (thesis §4.1). The first entry of a cluster says who starts it. */
  | { readonly type: 'configure'; readonly configuration: Configuration }
  /** Opens a session, named by this entry's index. */
  | { readonly type: 'open' }
  | { readonly type: 'operate'; readonly session: Session; readonly op: KvOp }

/** An entry of the replicated log; the same object in memory, on the wire and on disk. */
export interface Entry {
  readonly type: 'entry'
  readonly index: LogIndex
  readonly term: Term
  /** The log's time when it was proposed; never below that of the entry before. */
  readonly time: Milliseconds
  readonly command: Command
}

const entryBytes = 32

/** About how many bytes an entry takes on the wire. */
export function bytesOf({ command }: Pick<Entry, 'command'>): number {
  if (command.type === 'configure') {
    return entryBytes * (1 + membersOf(command.configuration).length)
  }
  if (command.type !== 'operate') return entryBytes
  const op = command.op
  const bytes = entryBytes + 32 + op.key.length
  if (op.type === 'put') return bytes + op.value.length
  if (op.type === 'cas') return bytes + (op.from?.length ?? 0) + op.to.length
  return bytes
}
