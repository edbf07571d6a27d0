import type { LogIndex } from '../term.ts'
import type { KvValue } from './operation.ts'

/** A session's newest operation and what it came to. */
export interface Newest {
  /** 0 while the session has done nothing. */
  readonly seq: number
  readonly value: KvValue | undefined
}

const untouched: Newest = { seq: 0, value: undefined }

/**
 * What each client did last, replicated beside the store, so that a retried operation is applied
 * once (thesis §6.3).
 *
 * A session is named by the index of the log entry that opened it, and a name never returns: a late
 * copy of a request of a session that is gone finds nothing and is refused. There are at most `max`
 * sessions; the one whose last operation is oldest in the log goes first, on every node alike.
 */
export class Sessions {
  readonly #newest = new Map<LogIndex, Newest>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#newest.size
  }

  /** Opens the session of that name and lets the oldest go if there is no room. */
  open(session: LogIndex): void {
    this.#newest.set(session, untouched)
    if (this.#newest.size <= this.#max) return
    for (const oldest of this.#newest.keys()) {
      this.#newest.delete(oldest)
      return
    }
  }

  /** The newest operation of a session; `undefined` when there is no such session. */
  newest(session: LogIndex): Newest | undefined {
    return this.#newest.get(session)
  }

  /** Notes the newest operation of a session, which makes it the last to go. */
  record(session: LogIndex, seq: number, value: KvValue): void {
    this.#newest.delete(session)
    this.#newest.set(session, { seq, value })
  }
}
