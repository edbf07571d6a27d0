import type { Milliseconds, NodeId, Port } from '@lockstep/process'
import { LeaderSearch } from './client/leader-search.ts'
import { type MembershipOutcome, membershipOutcome } from './client/membership-outcome.ts'
import { failureOf, type Outcome, unknownAfter } from './client/outcome.ts'
import { Window } from './client/window.ts'
import type { Configuration, MembershipChange } from './configuration.ts'
import type { KvOp, KvValue } from './kv/operation.ts'
import type { LogIndex } from './term.ts'

/** Whom a client asks, and how patiently. */
export interface RaftClientOptions {
  /** The members of the cluster. */
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
}

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

const valueTypes = { get: 'value', put: 'done', delete: 'deleted', cas: 'swapped' } as const

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
  readonly #leader: LeaderSearch
  readonly #timeoutMs: Milliseconds
  readonly #pipelineMax: number
  #session: Session | undefined
  /** The request for a session that is under way; resolves with how an operation ends if there is none. */
  #opening: Promise<Outcome | undefined> | undefined
  /** Those that wait for their turn, in the order in which they came. */
  readonly #waiting: ((slot: Slot | undefined) => void)[] = []

  constructor(port: Port, options: RaftClientOptions) {
    const { nodes, attemptTimeoutMs = 500, backoffMs = 20 } = options
    this.#port = port
    this.#leader = new LeaderSearch(port, nodes, { attemptTimeoutMs, backoffMs })
    this.#timeoutMs = options.timeoutMs ?? 5000
    this.#pipelineMax = options.pipelineMax ?? 64
  }

  /** The key's value, `null` when it is missing. Linearizable. */
  async get(key: string): Promise<Outcome<string | null>> {
    return valueOf(await this.operate({ type: 'get', key }), 'value', (value) => value.value)
  }

  /** Gives the key a value. */
  async put(key: string, value: string): Promise<Outcome<undefined>> {
    return valueOf(await this.operate({ type: 'put', key, value }), 'done', () => undefined)
  }

  /** Removes the key. The value says whether it was there. */
  async delete(key: string): Promise<Outcome<boolean>> {
    return valueOf(await this.operate({ type: 'delete', key }), 'deleted', (value) => value.existed)
  }

  /** Writes `to` if the key holds `from`, where `null` is a missing key. The value says whether it did. */
  async cas(key: string, from: string | null, to: string): Promise<Outcome<boolean>> {
    return valueOf(
      await this.operate({ type: 'cas', key, from, to }),
      'swapped',
      (value) => value.swapped,
    )
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
    return membershipOutcome(await this.#leader.ask(request, deadline))
  }

  /** Who is in the cluster, as its leader has it; `undefined` when nobody took itself for the leader in time. */
  async members(): Promise<Configuration | undefined> {
    const deadline = this.#port.elapsed() + this.#timeoutMs
    const { result } = await this.#leader.ask({ type: 'Members' }, deadline)
    return result?.type === 'members' ? result.configuration : undefined
  }

  /** Runs one operation, once there is room for it. */
  async operate(op: KvOp): Promise<Outcome> {
    let deadline = this.#port.elapsed() + this.#timeoutMs
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
  async #attempt(slot: Slot, op: KvOp, deadline: Milliseconds): Promise<Outcome | undefined> {
    const { session, seq } = slot
    const { name, window } = session
    const { received } = window
    const request = { type: 'ClientRequest', session: { client: name, seq, received }, op }
    const answer = await this.#leader.ask(request, deadline)
    const { result } = answer
    window.end(seq)
    if (result?.type === 'session-expired' && this.#session === session) this.#session = undefined
    this.#wake()
    if (result?.type === 'applied' && result.value.type === valueTypes[op.type]) {
      return { type: 'ok', value: result.value }
    }
    const mayHaveHappened = op.type !== 'get' && (answer.maybe || result?.type === 'applied')
    if (mayHaveHappened) return unknownAfter(answer)
    return result?.type === 'session-expired' ? undefined : failureOf(answer)
  }

  /** Asks for a session, one request for all that need it. Returns how they end if there can be none. */
  #open(deadline: Milliseconds): Promise<Outcome | undefined> {
    this.#opening ??= this.#openOnce(deadline)
    return this.#opening
  }

  async #openOnce(deadline: Milliseconds): Promise<Outcome | undefined> {
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
}

function valueOf<Type extends KvValue['type'], Value>(
  outcome: Outcome,
  type: Type,
  pick: (value: Extract<KvValue, { type: Type }>) => Value,
): Outcome<Value> {
  if (outcome.type !== 'ok') return outcome
  if (!isOf(outcome.value, type)) throw new Error(`expected a value of type ${type}`)
  return { type: 'ok', value: pick(outcome.value) }
}

function isOf<Type extends KvValue['type']>(
  value: KvValue,
  type: Type,
): value is Extract<KvValue, { type: Type }> {
  return value.type === type
}
