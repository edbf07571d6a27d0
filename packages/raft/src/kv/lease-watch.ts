import type { Context, Milliseconds } from '@lockstep/process'
import type { Mark } from '../marks.ts'
import type { Raft } from '../raft.ts'
import type { Store } from './store.ts'

type LeaseContext = Pick<Context, 'setTimer' | 'clearTimer' | 'mark'>

/** A timer is set again after so long at the latest; some worlds cannot wait for months. */
const waitMaxMs = 60_000

/**
 * The leader's eye on the leases: log time stands still while nothing is proposed, so when a lease
 * comes due the leader proposes that time goes on. The entry lets it expire, on every node alike.
 */
export class LeaseWatch {
  readonly #context: LeaseContext
  readonly #store: Store
  /** The expiry that is waited for, in log time. */
  #awaited: Milliseconds | undefined

  constructor(context: LeaseContext, store: Store) {
    this.#context = context
    this.#store = store
  }

  /** An entry was applied: as the leader, waits for the lease that is due next. */
  await(raft: Raft): void {
    const due = this.#store.nextExpiry
    if (due === this.#awaited || raft.role !== 'leader') return
    this.#awaited = due
    if (due === undefined) this.#context.clearTimer('lease')
    else this.#context.setTimer('lease', Math.min(waitMaxMs, Math.max(1, due - raft.time)))
  }

  /** The time that was waited for has come, or some of it. */
  timedOut(raft: Raft): void {
    const due = this.#awaited
    this.#awaited = undefined
    if (due === undefined || due > raft.time || raft.propose({ type: 'tick' }) === undefined) {
      return this.await(raft)
    }
    this.#awaited = due
    const name: Mark = 'let time go on for its leases'
    this.#context.mark(name, { due })
  }

  /** This node no longer leads. */
  deposed(): void {
    if (this.#awaited !== undefined) this.#context.clearTimer('lease')
    this.#awaited = undefined
  }
}
