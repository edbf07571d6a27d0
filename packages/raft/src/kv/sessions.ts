import type { Milliseconds } from '@lockstep/process'
import type { Session } from '../command.ts'
import type { LogIndex } from '../term.ts'
import type { StoreValue } from './operation.ts'
import { emptyTree, pairsOf, type Tree, TreeMap } from './tree.ts'

/** What an operation came to. */
interface Recorded {
  readonly seq: number
  readonly value: StoreValue
}

/** What is kept of a session. */
export interface Uses {
  /** The client has the answers of all operations up to this one, so nothing is kept of them. */
  readonly received: number
  /** What the operations behind that came to, as far as they were applied; in ascending order. */
  readonly results: readonly Recorded[]
  /** Grows with every use of any session. */
  readonly used: number
  /** When it was used last, by the log's time. */
  readonly at: Milliseconds
}

/** A session that no saved table holds, which may be changed in place. */
interface OwnUses {
  received: number
  results: Recorded[]
  used: number
  at: Milliseconds
}

/** All sessions as plain data. */
export interface SessionTable {
  readonly uses: Tree<LogIndex, Uses>
  /** Each session once, by its last use or one before it: who looks for the oldest puts that right. */
  readonly byUse: Tree<number, LogIndex>
}

/** A table without sessions. */
export const noSessions: SessionTable = { uses: emptyTree, byUse: emptyTree }

/** How many sessions there may be, how long they stay, and how much is kept of each. */
export interface SessionLimits {
  readonly sessionsMax: number
  readonly sessionTimeoutMs: Milliseconds
  readonly sessionWindow: number
}

/**
 * What each client did last, replicated beside the store, so that a retried operation is applied
 * once (thesis §6.3).
 *
 * A session is named by the index of the log entry that opened it, and a name never returns: a late
 * copy of a request of a session that is gone finds nothing and is refused. A client may have
 * several operations under way, which are applied in any order: results are kept until the client
 * says that it has them. A session that was idle for a time goes, and the one that was idle longest
 * goes when there are too many: by the log's time and order, so on every node alike.
 */
export class Sessions {
  readonly #uses: TreeMap<LogIndex, Uses> = new TreeMap()
  readonly #byUse: TreeMap<number, LogIndex> = new TreeMap()
  readonly #limits: SessionLimits
  /** What is kept of the sessions that changed since the table was saved last. */
  #own = new Map<LogIndex, OwnUses>()
  /** The newest use of any session that is here; 0 when there is none. */
  #lastUsed = 0
  /** No session expires before this time. */
  #expiresFrom: Milliseconds = 0

  constructor(limits: SessionLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#uses.size
  }

  /** The sessions as they are now, to look at: later changes show in it. */
  get table(): SessionTable {
    return { uses: this.#uses.root, byUse: this.#byUse.root }
  }

  /** The sessions as they are now, for good. */
  save(): SessionTable {
    this.#own = new Map()
    return { uses: this.#uses.save(), byUse: this.#byUse.save() }
  }

  /** Goes on from sessions that were saved. */
  restore({ uses, byUse }: SessionTable): void {
    this.#own = new Map()
    this.#uses.restore(uses)
    this.#byUse.restore(byUse)
    this.#lastUsed = 0
    for (const [, { used }] of pairsOf(uses)) this.#lastUsed = Math.max(this.#lastUsed, used)
    this.#expiresFrom = 0
  }

  /** Opens the session of that name and lets the oldest go if there is no room. */
  open(session: LogIndex, now: Milliseconds): void {
    this.#use(session, now)
    this.#expiresFrom = Math.min(this.#expiresFrom, now + this.#limits.sessionTimeoutMs)
    if (this.size <= this.#limits.sessionsMax) return
    const oldest = this.#oldest()
    if (oldest !== undefined) this.#forget(oldest)
  }

  /** Lets the sessions go that were idle for too long. Returns how many these were. */
  expire(now: Milliseconds): number {
    let expired = 0
    while (this.#expiresFrom <= now) {
      const oldest = this.#oldest()
      const at = oldest === undefined ? undefined : this.#uses.get(oldest)?.at
      this.#expiresFrom = at === undefined ? Infinity : at + this.#limits.sessionTimeoutMs
      if (oldest === undefined || this.#expiresFrom > now) break
      this.#forget(oldest)
      expired++
    }
    return expired
  }

  /** What is kept of a session; `undefined` when there is no such session. */
  get(session: LogIndex): Uses | undefined {
    return this.#own.get(session) ?? this.#uses.get(session)
  }

  /** Whether a session would keep more than it may if this operation were applied. */
  isFull(uses: Uses, { seq, received }: Session): boolean {
    return seq > Math.max(received, uses.received) + this.#limits.sessionWindow
  }

  /** Notes what an operation of an open session came to. */
  record({ client, seq, received }: Session, value: StoreValue, now: Milliseconds): void {
    const uses = this.#use(client, now)
    const { results } = uses
    uses.received = Math.max(uses.received, received)
    let kept = 0
    for (const result of results) {
      if (result.seq > uses.received && result.seq !== seq) results[kept++] = result
    }
    let at = kept
    while (at > 0 && (results[at - 1] as Recorded).seq > seq) {
      results[at] = results[at - 1] as Recorded
      at--
    }
    results[at] = { seq, value }
    results.length = kept + 1
  }

  #use(session: LogIndex, now: Milliseconds): OwnUses {
    const used = ++this.#lastUsed
    const own = this.#own.get(session)
    if (own !== undefined) {
      own.used = used
      own.at = now
      return own
    }
    const before = this.#uses.get(session)
    if (before === undefined) this.#byUse.set(used, session)
    const { received = 0, results = [] } = before ?? {}
    const uses: OwnUses = { received, results: [...results], used, at: now }
    this.#uses.set(session, uses)
    this.#own.set(session, uses)
    return uses
  }

  /** The session that was idle longest. Those that were used since they were put in their place are put in another one. */
  #oldest(): LogIndex | undefined {
    for (;;) {
      const { least } = this.#byUse
      const session = least === undefined ? undefined : this.#byUse.get(least)
      if (least === undefined || session === undefined) return undefined
      const used = this.#uses.get(session)?.used
      if (used === least) return session
      this.#byUse.delete(least)
      if (used !== undefined) this.#byUse.set(used, session)
    }
  }

  #forget(session: LogIndex): void {
    const uses = this.#uses.get(session)
    if (uses === undefined) return
    this.#uses.delete(session)
    this.#byUse.delete(uses.used)
    this.#own.delete(session)
    if (this.size === 0) this.#lastUsed = 0
  }
}

/** What an operation came to; `undefined` when that is not known, or no longer. */
export function resultOf({ results }: Uses, seq: number): StoreValue | undefined {
  for (let i = results.length - 1; i >= 0; i--) {
    const result = results[i] as Recorded
    if (result.seq === seq) return result.value
    if (result.seq < seq) return undefined
  }
  return undefined
}
