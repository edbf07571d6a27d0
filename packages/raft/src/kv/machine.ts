import { type Milliseconds, unreachable } from '@lockstep/process'
import type { Entry, Session } from '../command.ts'
import type { ClientResult } from '../messages.ts'
import type { Rules } from '../rules.ts'
import type { LogIndex } from '../term.ts'
import type { StoreOp } from './operation.ts'
import { resultOf, type SessionLimits, Sessions } from './sessions.ts'
import type { State } from './state.ts'
import { Store, type StoreLimits } from './store.ts'

const expired: ClientResult = { type: 'session-expired' }
const superseded: ClientResult = { type: 'superseded' }
const overloaded: ClientResult = { type: 'overloaded' }

/** The replicated state machine: the store, and the sessions that keep it from applying anything twice. */
export class Machine {
  readonly store: Store
  readonly sessions: Sessions
  readonly #rules: Rules
  /** The time by which sessions expire. */
  #sessionTime: Milliseconds = 0

  constructor(rules: Rules, limits: SessionLimits & StoreLimits) {
    this.#rules = rules
    this.store = new Store(limits)
    this.sessions = new Sessions(limits)
  }

  /** The log's time when the last entry was applied. */
  get time(): Milliseconds {
    return this.store.now
  }

  /** Looks at the keys of entries that are applied next, and changes nothing. */
  foresee(entries: readonly Entry[]): void {
    const keys: string[] = []
    for (const { command } of entries) {
      if (command.type === 'operate' && 'key' in command.op) keys.push(command.op.key)
    }
    this.store.foresee(keys)
  }

  /**
   * Applies a committed entry, whose time first lets leases and idle sessions go that are due;
   * `undefined` when nobody waits for a result. `elapsed` is what the node's own clock shows, which
   * must not matter.
   */
  apply({ index, time, command }: Entry, elapsed: Milliseconds): ClientResult | undefined {
    this.store.advance(time, this.#rules.leaseTime(time, elapsed))
    this.#sessionTime = Math.max(this.#sessionTime, this.#rules.sessionTime(time, elapsed))
    this.sessions.expire(this.#sessionTime)
    switch (command.type) {
      case 'noop':
        // Keepers of leases had nobody to turn to: a new leader gives them their full time again.
        this.store.renewLeases()
        return undefined
      case 'tick':
      case 'configure':
        return undefined
      case 'open':
        this.sessions.open(index, this.#sessionTime)
        return { type: 'opened', session: index }
      case 'operate':
        return this.settled(command.session) ?? this.#operate(index, command.session, command.op)
      default:
        return unreachable(command)
    }
  }

  /** The state as it is now, to look at: what is applied later shows in it. */
  get state(): State {
    return { store: this.store.state, sessions: this.sessions.table }
  }

  /** The state as it is now, for good. */
  save(): State {
    const sessions = this.#rules.sessionsToSave(this.sessions.save())
    return { store: this.#rules.storeToSave(this.store.save()), sessions }
  }

  /** Goes on from a state that was saved. */
  restore({ store, sessions }: State): void {
    this.#sessionTime = store.now
    this.store.restore(store)
    this.sessions.restore(sessions)
  }

  /** The result of an operation that must not be applied, or not again; `undefined` for one that may. */
  settled(session: Session): ClientResult | undefined {
    const uses = this.sessions.get(session.client)
    if (uses === undefined) return expired
    const value = resultOf(uses, session.seq)
    if (!this.#rules.mayApply(session.seq, uses.received, value !== undefined)) {
      return value === undefined ? superseded : { type: 'applied', value }
    }
    return this.sessions.isFull(uses, session) ? overloaded : undefined
  }

  #operate(index: LogIndex, session: Session, op: StoreOp): ClientResult {
    const value = this.store.apply(op, index)
    this.sessions.record(session, value, this.#sessionTime)
    return { type: 'applied', value }
  }
}
