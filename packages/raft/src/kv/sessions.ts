import type { LogIndex } from '../term.ts'
import type { KvValue } from './operation.ts'
import { emptyTree, greatestKey, pairsOf, type Tree, valueAt, withKey, withoutKey } from './tree.ts'

/** A session's newest operation and what it came to. */
export interface Newest {
  /** 0 while the session has done nothing. */
  readonly seq: number
  readonly value: KvValue | null
  /** Grows with every use of any session. */
  readonly used: number
}

/** All sessions as plain data. To keep this is to keep the sessions as they are now. */
export interface SessionTable {
  readonly newest: Tree<LogIndex, Newest>
  /** The sessions by their last use. */
  readonly byUse: Tree<number, LogIndex>
}

/** A table without sessions. */
export const noSessions: SessionTable = { newest: emptyTree, byUse: emptyTree }

/** The table with that session in it. */
export function withSession(table: SessionTable, session: LogIndex, newest: Newest): SessionTable {
  const before = valueAt(table.newest, session)
  const byUse = before === undefined ? table.byUse : withoutKey(table.byUse, before.used)
  return {
    newest: withKey(table.newest, session, newest),
    byUse: withKey(byUse, newest.used, session),
  }
}

/**
 * What each client did last, replicated beside the store, so that a retried operation is applied
 * once (thesis §6.3).
 *
 * A session is named by the index of the log entry that opened it, and a name never returns: a late
 * copy of a request of a session that is gone finds nothing and is refused. There are at most `max`
 * sessions; the one whose last operation is oldest in the log goes first, on every node alike.
 */
export class Sessions {
  table: SessionTable = noSessions
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.table.newest.size
  }

  /** Opens the session of that name and lets the oldest go if there is no room. */
  open(session: LogIndex): void {
    this.#use(session, 0, null)
    if (this.size <= this.#max) return
    for (const [used, oldest] of pairsOf(this.table.byUse)) {
      const { newest, byUse } = this.table
      this.table = { newest: withoutKey(newest, oldest), byUse: withoutKey(byUse, used) }
      return
    }
  }

  /** The newest operation of a session; `undefined` when there is no such session. */
  newest(session: LogIndex): Newest | undefined {
    return valueAt(this.table.newest, session)
  }

  /** Notes the newest operation of a session, which makes it the last to go. */
  record(session: LogIndex, seq: number, value: KvValue): void {
    this.#use(session, seq, value)
  }

  #use(session: LogIndex, seq: number, value: KvValue | null): void {
    const used = (greatestKey(this.table.byUse) ?? 0) + 1
    this.table = withSession(this.table, session, { seq, value, used })
  }
}
