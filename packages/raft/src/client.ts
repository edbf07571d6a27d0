import type { Milliseconds, NodeId, Port } from '@lockstep/process'
import { AnyNode } from './client/any-node.ts'
import { KnownNodes } from './client/known-nodes.ts'
import { LeaderSearch } from './client/leader-search.ts'
import { type MembershipOutcome, membershipOutcome } from './client/membership-outcome.ts'
import { type Answer, failureOf, type Outcome, unknownAfter } from './client/outcome.ts'
import { refusedOutcome } from './client/refused.ts'
import {
  type Abort,
  answersTo,
  type WatchAnswer,
  Watching,
  type WatchOptions,
  type WatchPatience,
} from './client/watching.ts'
import { Window } from './client/window.ts'
import type { Configuration, MembershipChange } from './configuration.ts'
import type { KeyValue, Revision } from './kv/key-value.ts'
import {
  type AnswerTo,
  answers,
  type DeleteOptions,
  type DeleteRangeResult,
  type PutOptions,
  type PutResult,
  type RangeOptions,
  type RangeResult,
  readIn,
  type StoreOp,
  type TimeToLive,
  type TxnOp,
  type TxnResult,
  type TxnStep,
  type TxnStepResult,
} from './kv/operation.ts'
import type { KeyRange } from './kv/range.ts'
import type { ReadFrom } from './messages.ts'
import type { WatchFilter } from './kv/watch-event.ts'
import type { LogIndex } from './term.ts'

/** Whom a client asks, and how patiently. */
export interface RaftClientOptions {
  /** Whom to ask first: the members of the cluster, or some of them. Those that join later are found by what these say. */
  readonly nodes: readonly NodeId[]
  /** How long one operation may take over all its attempts; 5000 if not given. */
  readonly timeoutMs?: Milliseconds
  /**
   * How long one node may take to answer before the next one is asked; 500 if not given. It doubles
   * with every attempt of an operation that got no answer, so that a slow cluster is not flooded.
   */
  readonly attemptTimeoutMs?: Milliseconds
  /** Mean pause before another attempt where nobody is known to lead; 20 if not given. */
  readonly backoffMs?: Milliseconds
  /**
   * How many operations may be under way; 64 if not given. Further ones wait for their turn. At most
   * the `sessionWindow` of the nodes.
   */
  readonly pipelineMax?: number
  /** How long a node may hold a watcher's question for which it has no events; 5000 if not given. */
  readonly watchWaitMs?: Milliseconds
  /**
   * Once it is aborted, what is under way asks no more, and ends by what is known of it: when the call
   * that is open ends, which the closing of its port sees to.
   */
  readonly signal?: Pick<Abort, 'aborted'>
}

/** How an operation ends that was not answered. */
type Unanswered = Exclude<Outcome, { readonly type: 'ok' }>

/** What the operations of one session have in common. */
interface Session {
  readonly name: LogIndex
  readonly window: Window
}

/** A place among the operations that are under way. */
interface Slot {
  readonly session: Session
  readonly seq: number
}

/**
 * A client of the replicated store: finds the leader, and asks again until it knows.
 *
 * A retry repeats the operation's session and number, so that it is applied once, whoever leads.
 * Operations that are under way together take effect in any order; whoever needs an order waits for
 * the first before asking for the second. A session that expired while nothing was under way is
 * replaced unnoticed. Nothing here rejects. One client a port: a node takes a port's second request
 * for a session for a retry of the first.
 */
export class RaftClient {
  readonly #port: Port
  readonly #nodes: KnownNodes
  readonly #leader: LeaderSearch
  readonly #any: AnyNode
  readonly #timeoutMs: Milliseconds
  readonly #watchPatience: WatchPatience
  readonly #pipelineMax: number
  readonly #signal: Pick<Abort, 'aborted'> | undefined
  #session: Session | undefined
  /** The request for a session that is under way; resolves with how an operation ends if there is none. */
  #opening: Promise<Unanswered | undefined> | undefined
  /** Those that wait for their turn, in the order in which they came. */
  readonly #waiting: ((slot: Slot | undefined) => void)[] = []

  constructor(port: Port, options: RaftClientOptions) {
    const { nodes, attemptTimeoutMs = 500, backoffMs = 20, signal } = options
    const patience = { attemptTimeoutMs, backoffMs, signal }
    this.#port = port
    this.#timeoutMs = options.timeoutMs ?? 5000
    this.#nodes = new KnownNodes(nodes, port, this.#timeoutMs, () => this.members())
    this.#leader = new LeaderSearch(port, this.#nodes, patience)
    this.#any = new AnyNode(port, this.#nodes, patience)
    const waitMs = options.watchWaitMs ?? 5000
    this.#watchPatience = { nodes: this.#nodes, attemptTimeoutMs, backoffMs, waitMs }
    this.#pipelineMax = options.pipelineMax ?? 64
    this.#signal = signal
  }

  /**
   * The key's value, `null` when it is missing. Linearizable, and answered by the leader; with `any`
   * by a node that is drawn. With `stale` that node answers at once from what it has: the value may
   * be an old one, also older than what this client read before.
   */
  async get(key: string, from?: ReadFrom): Promise<Outcome<string | null>> {
    return mapped(await this.operate({ type: 'get', key }, from), ({ value }) => value)
  }

  /** Gives the key a value, and takes it out of its lease. */
  put(key: string, value: string): Promise<Outcome<undefined>>
  /** Gives the key a value, as the options say. The answer holds the revision. */
  put(key: string, value: string | undefined, options: PutOptions): Promise<Outcome<PutResult>>
  async put(
    key: string,
    value: string | undefined,
    options?: PutOptions,
  ): Promise<Outcome<PutResult | undefined>> {
    if (options === undefined) {
      return mapped(await this.operate({ type: 'put', key, value: value ?? '' }), () => undefined)
    }
    const step = {
      type: 'put',
      key,
      ...(value === undefined ? {} : { value }),
      ...options,
    } as const
    return this.#step(step, (result): result is PutResult => result.type === 'put')
  }

  /** Removes the key. The value says whether it was there. */
  async delete(key: string): Promise<Outcome<boolean>> {
    return mapped(await this.operate({ type: 'delete', key }), ({ existed }) => existed)
  }

  /** Removes the keys of a range, in one revision. */
  deleteRange(range: KeyRange, options: DeleteOptions = {}): Promise<Outcome<DeleteRangeResult>> {
    const step = { type: 'delete-range', ...range, ...options } as const
    return this.#step(step, (result): result is DeleteRangeResult => result.type === step.type)
  }

  /** Writes `to` if the key holds `from`, where `null` is a missing key. The value says whether it did. */
  async cas(key: string, from: string | null, to: string): Promise<Outcome<boolean>> {
    return mapped(await this.operate({ type: 'cas', key, from, to }), ({ swapped }) => swapped)
  }

  /** Reads the keys of a range, now or at a past revision. Linearizable. */
  range(range: KeyRange, options: RangeOptions = {}): Promise<Outcome<RangeResult>> {
    return this.operate({ type: 'range', ...range, ...options })
  }

  /** The key with its revisions and its lease, `null` when it is missing. Linearizable. */
  async keyValue(key: string): Promise<Outcome<KeyValue | null>> {
    return mapped(await this.range({ key }), ({ kvs }) => kvs[0] ?? null)
  }

  /** Does all of one branch, or of the other, in one revision. */
  txn(txn: Partial<Omit<TxnOp, 'type'>>): Promise<Outcome<TxnResult>> {
    const { compare = [], success = [], failure = [] } = txn
    return this.operate({ type: 'txn', compare, success, failure })
  }

  /** Lets the history before a revision go. */
  async compact(revision: Revision): Promise<Outcome<undefined>> {
    return mapped(await this.operate({ type: 'compact', revision }), () => undefined)
  }

  /** Grants a lease, which lives at least as long as the cluster's shortest. `id` 0 lets the store choose. */
  async grant(
    ttlMs: Milliseconds,
    id = 0,
  ): Promise<Outcome<{ readonly lease: number; readonly ttlMs: Milliseconds }>> {
    const outcome = await this.operate({ type: 'grant', lease: id, ttlMs })
    return mapped(outcome, ({ lease, ttlMs: granted }) => ({ lease, ttlMs: granted }))
  }

  /** Ends a lease and removes its keys. */
  async revoke(lease: number): Promise<Outcome<undefined>> {
    return mapped(await this.operate({ type: 'revoke', lease }), () => undefined)
  }

  /** Gives a lease its full time again. The value is that time; 0 when there is no such lease. */
  async keepAlive(lease: number): Promise<Outcome<Milliseconds>> {
    return mapped(await this.operate({ type: 'keep-alive', lease }), ({ ttlMs }) => ttlMs)
  }

  /** How long a lease still has, and which keys go with it. */
  timeToLive(lease: number, keys = false): Promise<Outcome<TimeToLive>> {
    return this.operate({ type: 'time-to-live', lease, keys })
  }

  /** The ids of all leases. */
  async leases(): Promise<Outcome<readonly number[]>> {
    return mapped(await this.operate({ type: 'leases' }), ({ leases }) => leases)
  }

  /**
   * Watches the keys of a range: the events of whole revisions in their order, without a gap and none
   * twice, whichever nodes come and go. Ends when its consumer leaves, when it is told to, or when the
   * events that come next were compacted.
   */
  async *watch(
    range: KeyRange,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchAnswer, void, undefined> {
    let from = options.fromRevision
    while (from === undefined) {
      if (options.signal?.aborted === true || this.#signal?.aborted === true) return
      const now = await this.range(range, { countOnly: true })
      if (now.type === 'ok') from = now.value.revision + 1
    }
    yield* answersTo(this.watcher(range, options, from), options, this.#signal)
  }

  /** A watcher that asks when it is told to; `watch` asks by itself. */
  watcher(range: KeyRange, filter: WatchFilter, from: Revision): Watching {
    return new Watching(this.#port, this.#watchPatience, range, filter, from)
  }

  /** Asks the leader to hand over to another member. Says whether it began to; it gives up after an election timeout. */
  async handOver(to: NodeId): Promise<boolean> {
    const deadline = this.#port.elapsed() + this.#timeoutMs
    const request = { type: 'TransferLeadership', to }
    const { result } = await this.#leader.ask(request, deadline)
    return result?.type === 'transferring'
  }

  /** Changes who is in the cluster: learners and voters come and go, all steps of a change at once. */
  async changeMembership(change: MembershipChange): Promise<MembershipOutcome> {
    const deadline = this.#port.elapsed() + this.#timeoutMs
    const request = { type: 'ChangeMembership', change }
    const outcome = membershipOutcome(await this.#leader.ask(request, deadline))
    if (outcome.type === 'ok') this.#nodes.learn(outcome.configuration)
    return outcome
  }

  /** Who is in the cluster, as its leader has it; `undefined` when nobody took itself for the leader in time. */
  async members(): Promise<Configuration | undefined> {
    const deadline = this.#port.elapsed() + this.#timeoutMs
    const { result } = await this.#leader.ask({ type: 'Members' }, deadline)
    if (result?.type !== 'members') return undefined
    this.#nodes.learn(result.configuration)
    return result.configuration
  }

  /** Runs one operation, once there is room for it. `from` says who may answer a read beside the leader. */
  async operate<Op extends StoreOp>(
    op: Op,
    from?: ReadFrom,
  ): Promise<Outcome<AnswerTo[Op['type']]>> {
    let deadline = this.#port.elapsed() + this.#timeoutMs
    if (from !== undefined && readIn(op) !== undefined) {
      const request = { type: 'ClientRead', op, from }
      const answer = await this.#any.ask(request, deadline)
      return appliedIn(answer, op) ?? failureOf(answer)
    }
    for (;;) {
      const session = this.#session
      if (session === undefined) {
        const failure = await this.#open(deadline)
        if (failure !== undefined) return failure
        continue
      }
      let slot = this.#take(session)
      if (slot === undefined) {
        slot = await new Promise<Slot | undefined>((resolve) => this.#waiting.push(resolve))
        deadline = this.#port.elapsed() + this.#timeoutMs
      }
      const outcome = slot === undefined ? undefined : await this.#attempt(slot, op, deadline)
      if (outcome !== undefined) return outcome
    }
  }

  /** Runs an operation in a session; `undefined` when the session is gone and nothing was done. */
  async #attempt<Op extends StoreOp>(
    slot: Slot,
    op: Op,
    deadline: Milliseconds,
  ): Promise<Outcome<AnswerTo[Op['type']]> | undefined> {
    const { session, seq } = slot
    const { name, window } = session
    const { received } = window
    const request = { type: 'ClientRequest', session: { client: name, seq, received }, op }
    const answer = await this.#leader.ask(request, deadline)
    const { result } = answer
    window.end(seq)
    if (result?.type === 'session-expired' && this.#session === session) this.#session = undefined
    this.#wake()
    const applied = appliedIn(answer, op)
    if (applied !== undefined) return applied
    const mayHaveHappened = readIn(op) === undefined && (answer.maybe || result?.type === 'applied')
    if (mayHaveHappened) return unknownAfter(answer)
    return result?.type === 'session-expired' ? undefined : failureOf(answer)
  }

  /** Asks for a session, one request for all that need it. Returns how they end if there can be none. */
  #open(deadline: Milliseconds): Promise<Unanswered | undefined> {
    this.#opening ??= this.#openOnce(deadline)
    return this.#opening
  }

  async #openOnce(deadline: Milliseconds): Promise<Unanswered | undefined> {
    const answer = await this.#leader.ask({ type: 'OpenSession' }, deadline)
    this.#opening = undefined
    const { result } = answer
    if (result?.type !== 'opened') return failureOf(answer)
    this.#session = { name: result.session, window: new Window(this.#pipelineMax) }
    return undefined
  }

  /** A number for an operation; `undefined` when it must wait. */
  #take(session: Session): Slot | undefined {
    if (this.#waiting.length > 0 || !session.window.hasRoom) return undefined
    return { session, seq: session.window.begin() }
  }

  /** Something ended: gives those that wait what room there is, or lets them ask for a session. */
  #wake(): void {
    const session = this.#session
    while (this.#waiting.length > 0 && session?.window.hasRoom !== false) {
      this.#waiting.shift()?.(session && { session, seq: session.window.begin() })
    }
  }

  /** Runs one step as a transaction of its own. */
  async #step<Result extends TxnStepResult>(
    step: TxnStep,
    isAnswer: (result: TxnStepResult) => result is Result,
  ): Promise<Outcome<Result>> {
    const outcome = await this.txn({ success: [step] })
    return mapped(outcome, ({ results: [result] }) => {
      if (result === undefined || !isAnswer(result)) throw new Error(`expected a ${step.type}`)
      return result
    })
  }
}

/** How an operation ended whose answer came; `undefined` when none did, or none that fits. */
function appliedIn<Op extends StoreOp>(
  { result }: Answer,
  op: Op,
): Outcome<AnswerTo[Op['type']]> | undefined {
  if (result?.type !== 'applied') return undefined
  const { value } = result
  if (value.type === 'refused') return refusedOutcome(value)
  return answers<Op['type']>(value, op.type) ? { type: 'ok', value } : undefined
}

function mapped<From, To>(outcome: Outcome<From>, pick: (value: From) => To): Outcome<To> {
  return outcome.type === 'ok' ? { type: 'ok', value: pick(outcome.value) } : outcome
}
