import type { Context, Milliseconds, NodeId } from '@lockstep/process'
import type { RaftConfig } from '../config.ts'
import type { Mark } from '../marks.ts'
import type { ClientReply, ClientResult, Watch } from '../messages.ts'
import type { Rules } from '../rules.ts'
import type { Change, Revision } from './key-value.ts'
import { kvBytes } from './size.ts'
import type { Store } from './store.ts'
import { eventOf, revisionOf, type WatchEvent } from './watch-event.ts'

/** A question that waits for its events. */
interface Held {
  readonly client: NodeId
  readonly watch: Watch
  /** The next revision that it has not seen. */
  from: Revision
  readonly dueAt: Milliseconds
}

/** No question is held longer. */
const waitMaxMs = 60_000

/**
 * The watchers' questions: what happened to these keys from that revision on?
 *
 * Any node answers, from what it has applied, which is committed: at once if there is something, and
 * otherwise as soon as there is, or when the time is up. An answer holds whole revisions and says
 * which one comes next. So a watcher that asks on from there misses nothing and sees nothing twice,
 * whichever nodes it asks and whatever becomes of them; nothing of it needs to be remembered here.
 */
export class Watches {
  readonly #context: Context<ClientReply>
  readonly #store: Store
  readonly #rules: Rules
  readonly #config: Pick<RaftConfig, 'watchesMax' | 'watchBytesMax'>
  readonly #held = new Set<Held>()
  /** The revision up to which those that wait have seen everything. */
  #seen: Revision
  #timerAt: Milliseconds | undefined

  constructor(context: Context<ClientReply>, store: Store, rules: Rules, config: RaftConfig) {
    this.#context = context
    this.#store = store
    this.#rules = rules
    this.#config = config
    this.#seen = store.revision
  }

  /** How many questions wait. */
  get size(): number {
    return this.#held.size
  }

  receive(client: NodeId, watch: Watch): void {
    const { watchesMax } = this.#config
    const dueAt = this.#context.elapsed() + Math.min(waitMaxMs, watch.waitMs)
    const held: Held = { client, watch, from: watch.fromRevision, dueAt }
    if (this.#answer(held)) return
    if (this.#held.size >= watchesMax) {
      this.#mark('refused an overload', { watches: this.#held.size })
      return this.#reply(held, { type: 'overloaded' })
    }
    this.#held.add(held)
    this.#awaitTime(dueAt)
  }

  /** An entry was applied: answers those for whom it did something. */
  applied(): void {
    const { revision } = this.#store
    if (revision === this.#seen) return
    if (this.#held.size > 0) this.#show([...this.#store.history.since(this.#seen + 1)])
    this.#seen = revision
  }

  /** The store goes on from another state: those that wait look at all that they have not seen. */
  restored(): void {
    this.#seen = this.#store.revision
    for (const held of this.#held) if (this.#answer(held)) this.#held.delete(held)
  }

  /** Time is up for some. */
  timedOut(): void {
    this.#timerAt = undefined
    const now = this.#context.elapsed()
    for (const held of this.#held) {
      if (held.dueAt > now) this.#awaitTime(held.dueAt)
      else {
        this.#held.delete(held)
        this.#reply(held, { type: 'watched', events: [], next: this.#next(held) })
      }
    }
  }

  #show(changes: readonly Change[]): void {
    for (const held of this.#held) {
      const { range, filter } = held.watch
      const isNews = changes.some(
        (change) => change.revision >= held.from && eventOf(change, range, filter) !== undefined,
      )
      if (isNews && this.#answer(held)) this.#held.delete(held)
      else held.from = this.#next(held)
    }
  }

  /** Answers if there is something to say. */
  #answer(held: Held): boolean {
    const { compacted, revision } = this.#store
    if (held.from < compacted) {
      this.#mark('cancelled a watch of a compacted revision', { from: held.from, compacted })
      this.#reply(held, { type: 'watch-compacted', compacted })
      return true
    }
    const { events, upTo } = this.#eventsFor(held)
    if (events.length === 0) {
      held.from = this.#next(held)
      return false
    }
    if (upTo < revision) this.#mark('answered a watch in parts', { upTo, revision })
    const next = this.#rules.watchedUpTo(upTo, revision) + 1
    this.#reply(held, { type: 'watched', events, next })
    return true
  }

  /** The events of whole revisions, of about as many bytes as an answer may have, and how far they reach. */
  #eventsFor({ watch, from }: Held): { events: WatchEvent[]; upTo: Revision } {
    const events: WatchEvent[] = []
    let bytes = 0
    for (const change of this.#store.history.since(from)) {
      const event = eventOf(change, watch.range, watch.filter)
      if (event === undefined) continue
      const last = events.at(-1)
      const isNext = last !== undefined && revisionOf(last) < change.revision
      if (isNext && bytes >= this.#config.watchBytesMax) {
        return { events, upTo: revisionOf(last) }
      }
      events.push(event)
      bytes +=
        32 + kvBytes(change.after) + (watch.filter.prevKv === true ? kvBytes(change.before) : 0)
    }
    return { events, upTo: this.#store.revision }
  }

  /** The revision that comes behind all that a question without events has seen. */
  #next({ from }: Held): Revision {
    return Math.max(from, this.#store.revision + 1)
  }

  #awaitTime(dueAt: Milliseconds): void {
    if (this.#timerAt !== undefined && this.#timerAt <= dueAt) return
    this.#timerAt = dueAt
    this.#context.setTimer('watch', Math.max(1, dueAt - this.#context.elapsed()))
  }

  #reply({ client, watch }: Held, result: ClientResult): void {
    this.#context.send(client, { type: 'ClientReply', re: watch.id, result })
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}
