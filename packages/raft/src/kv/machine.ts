import { unreachable } from '@lockstep/process'
import type { Command, Session } from '../command.ts'
import type { ClientResult } from '../messages.ts'
import type { Rules } from '../rules.ts'
import type { LogIndex } from '../term.ts'
import type { KvOp } from './operation.ts'
import { Sessions } from './sessions.ts'
import type { State } from './state.ts'
import { Store } from './store.ts'

const expired: ClientResult = { type: 'session-expired' }
const superseded: ClientResult = { type: 'superseded' }

/** The replicated state machine: the store, and the sessions that keep it from applying anything twice. */
export class Machine {
  readonly store: Store = new Store()
  readonly sessions: Sessions
  readonly #rules: Rules

  constructor(rules: Rules, sessionsMax: number) {
    this.#rules = rules
    this.sessions = new Sessions(sessionsMax)
  }

  /** Applies a committed command; `undefined` when nobody waits for its result. */
  apply(index: LogIndex, command: Command): ClientResult | undefined {
    switch (command.type) {
      case 'noop':
        return undefined
      case 'open':
        this.sessions.open(index)
        return { type: 'opened', session: index }
      case 'operate':
        return this.settled(command.session) ?? this.#operate(command.session, command.op)
      default:
        return unreachable(command)
    }
  }

  /** The state as it is now, to look at: what is applied later shows in it. */
  get state(): State {
    return { values: this.store.values.root, sessions: this.sessions.table }
  }

  /** The state as it is now, for good. */
  save(): State {
    const sessions = this.#rules.sessionsToSave(this.sessions.save())
    return { values: this.store.values.save(), sessions }
  }

  /** Goes on from a state that was saved. */
  restore({ values, sessions }: State): void {
    this.store.values.restore(values)
    this.sessions.restore(sessions)
  }

  /** The result of an operation that must not be applied, or not again; `undefined` for one that may. */
  settled(session: Session): ClientResult | undefined {
    const newest = this.sessions.newest(session.client)
    if (newest === undefined) return expired
    if (this.#rules.mayApply(session.seq, newest.seq)) return undefined
    if (session.seq < newest.seq || newest.value === null) return superseded
    return { type: 'applied', value: newest.value }
  }

  #operate(session: Session, op: KvOp): ClientResult {
    const value = this.store.apply(op)
    this.sessions.record(session.client, session.seq, value)
    return { type: 'applied', value }
  }
}
