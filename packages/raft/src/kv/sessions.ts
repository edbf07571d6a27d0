import type { LogIndex } from '../term.ts'
import type { KvValue } from './operation.ts'
import { emptyTree, pairsOf, type Tree, TreeMap } from './tree.ts'

/** A session's newest operation and what it came to. */
export interface Newest {
  /** 0 while the session has done nothing. */
  readonly seq: number
  readonly value: KvValue | null
  /** Grows with every use of any session. */
  readonly used: number
}

/** All sessions as plain data. */
export interface SessionTable {
  readonly newest: Tree<LogIndex, Newest>
  /** The sessions by their last use. */
  readonly byUse: Tree<number, LogIndex>
}

/** A table without sessions. */
export const noSessions: SessionTable = { newest: emptyTree, byUse: emptyTree }

/**
 * What each client did last, replicated beside the store, so that a retried operation is applied
 * once (thesis §6.3).
 *
 * A session is named by the index of the log entry that opened it, and a name never returns: a late
 * copy of a request of a session that is gone finds nothing and is refused. There are at most `max`
 * sessions; the one whose last operation is oldest in the log goes first, on every node alike.
 */
export class Sessions {
  readonly #newest: TreeMap<LogIndex, Newest> = new TreeMap()
  readonly #byUse: TreeMap<number, LogIndex> = new TreeMap()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#newest.size
  }

  /** The sessions as they are now, to look at: later changes show in it. */
  get table(): SessionTable {
    return { newest: this.#newest.root, byUse: this.#byUse.root }
  }

  /** The sessions as they are now, for good. */
  save(): SessionTable {
    return { newest: this.#newest.save(), byUse: this.#byUse.save() }
  }

  /** Goes on from sessions that were saved. */
  restore({ newest, byUse }: SessionTable): void {
    this.#newest.restore(newest)
    this.#byUse.restore(byUse)
  }

  /** Opens the session of that name and lets the oldest go if there is no room. */
  open(session: LogIndex): void {
    this.#use(session, 0, null)
    if (this.size <= this.#max) return
    for (const [used, oldest] of pairsOf(this.#byUse.root)) {
      this.#newest.delete(oldest)
      this.#byUse.delete(used)
      return
    }
  }

  /** The newest operation of a session; `undefined` when there is no such session. */
  newest(session: LogIndex): Newest | undefined {
    return this.#newest.get(session)
  }

  /** Notes the newest operation of a session, which makes it the last to go. */
  record(session: LogIndex, seq: number, value: KvValue): void {
    this.#use(session, seq, value)
  }

  #use(session: LogIndex, seq: number, value: KvValue | null): void {
    const before = this.#newest.get(session)
    const used = (this.#byUse.greatest ?? 0) + 1
    if (before !== undefined) this.#byUse.delete(before.used)
    this.#newest.set(session, { seq, value, used })
    this.#byUse.set(used, session)
  }
}
