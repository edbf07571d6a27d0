import { type Milliseconds, unreachable } from '@lockstep/process'
import type { Entry, Session } from '../command.ts'
import type { ClientResult } from '../messages.ts'
import type { Rules } from '../rules.ts'
import type { KvOp } from './operation.ts'
import { type SessionLimits, Sessions } from './sessions.ts'
import type { State } from './state.ts'
import { Store } from './store.ts'

const expired: ClientResult = { type: 'session-expired' }
const superseded: ClientResult = { type: 'superseded' }
const overloaded: ClientResult = { type: 'overloaded' }

/** The replicated state machine: the store, and the sessions that keep it from applying anything twice. */
export class Machine {
  readonly store: Store = new Store()
  readonly sessions: Sessions
  readonly #rules: Rules
  #time: Milliseconds = 0

  constructor(rules: Rules, limits: SessionLimits) {
    this.#rules = rules
    this.sessions = new Sessions(limits)
  }

  /** The log's time when the last entry was applied. */
  get time(): Milliseconds {
    return this.#time
  }

  /**
   * Applies a committed entry, whose time lets idle sessions go first; `undefined` when nobody
   * waits for a result. `elapsed` is what the node's own clock shows, which must not matter.
   */
  apply({ index, time, command }: Entry, elapsed: Milliseconds): ClientResult | undefined {
    this.#time = Math.max(this.#time, this.#rules.sessionTime(time, elapsed))
    this.sessions.expire(this.#time)
    switch (command.type) {
      case 'noop':
      case 'configure':
        return undefined
      case 'open':
        this.sessions.open(index, this.#time)
        return { type: 'opened', session: index }
      case 'operate':
        return this.settled(command.session) ?? this.#operate(command.session, command.op)
      default:
        return unreachable(command)
    }
  }

  /** The state as it is now, to look at: what is applied later shows in it. */
  get state(): State {
    return { time: this.#time, values: this.store.values.root, sessions: this.sessions.table }
  }

  /** The state as it is now, for good. */
  save(): State {
    const sessions = this.#rules.sessionsToSave(this.sessions.save())
    return { time: this.#time, values: this.store.values.save(), sessions }
  }

  /** Goes on from a state that was saved. */
  restore({ time, values, sessions }: State): void {
    this.#time = time
    this.store.values.restore(values)
    this.sessions.restore(sessions)
  }

  /** The result of an operation that must not be applied, or not again; `undefined` for one that may. */
  settled(session: Session): ClientResult | undefined {
    const uses = this.sessions.get(session.client)
    if (uses === undefined) return expired
    const value = this.sessions.resultOf(session)
    if (!this.#rules.mayApply(session.seq, uses.received, value !== undefined)) {
      return value === undefined ? superseded : { type: 'applied', value }
    }
    return this.sessions.isFull(session) ? overloaded : undefined
  }

  #operate(session: Session, op: KvOp): ClientResult {
    const value = this.store.apply(op)
    this.sessions.record(session, value, this.#time)
    return { type: 'applied', value }
  }
}
