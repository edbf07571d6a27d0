import type { Milliseconds } from '@lockstep/process'
import { type Configuration, membersOf } from './configuration.ts'
import type { StoreOp } from './kv/operation.ts'
import { opBytes } from './kv/size.ts'
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
  /** Lets the log's time go on, so that what is due comes to its end. */
  | { readonly type: 'tick' }
  /** Opens a session, named by this entry's index. */
  | { readonly type: 'open' }
  | { readonly type: 'operate'; readonly session: Session; readonly op: StoreOp }

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
  if (command.type !== 'configure') return entryBytes + payloadOf(command)
  return entryBytes * (1 + membersOf(command.configuration).length)
}

/** About how many bytes a client's operation adds to an entry; 0 where there is none. */
export function payloadOf(command: Command): number {
  return command.type === 'operate' ? 32 + opBytes(command.op) : 0
}
