import type { Message, Milliseconds, NodeId, Port } from '@lockstep/process'
import type { KvOp, KvValue } from './kv/operation.ts'
import type { ClientResult } from './messages.ts'
import type { LogIndex } from './term.ts'
import { resultIn } from './validate.ts'

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
}

/** How an operation ended. */
export type Outcome<Value = KvValue> =
  | { readonly type: 'ok'; readonly value: Value }
  /** It had no effect and will have none, provided that the links do not double messages. */
  | {
      readonly type: 'failed'
      readonly code: 'overloaded' | 'no-leader' | 'timeout'
      readonly text: string
    }
  /** It may have had an effect, or may still have one. */
  | {
      readonly type: 'unknown'
      readonly code: 'timeout' | 'session-expired'
      readonly text: string
    }

/** What came of asking the cluster: an answer that ends the asking, or none in time. */
interface Answer {
  readonly result: ClientResult | undefined
  /** Whether some copy of the request may have been, or may still be, proposed. */
  readonly maybe: boolean
}

const valueTypes = { get: 'value', put: 'done', delete: 'deleted', cas: 'swapped' } as const
const hintsMax = 2

/**
 * A client of the replicated store: finds the leader, and asks again until it knows.
 *
 * A retry repeats the operation's session and number, so that it is applied once, whoever leads.
 * One operation is under way at a time; further ones wait for their turn. Nothing here rejects. One
 * client a port: a node takes a port's second request for a session for a retry of the first.
 */
export class RaftClient {
  readonly #port: Port
  readonly #nodes: readonly NodeId[]
  readonly #timeoutMs: Milliseconds
  readonly #attemptTimeoutMs: Milliseconds
  readonly #backoffMs: Milliseconds
  /** The node that is asked next. */
  #target: number
  #session: LogIndex | undefined
  #seq = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(port: Port, options: RaftClientOptions) {
    this.#port = port
    this.#nodes = options.nodes
    this.#timeoutMs = options.timeoutMs ?? 5000
    this.#attemptTimeoutMs = options.attemptTimeoutMs ?? 500
    this.#backoffMs = options.backoffMs ?? 20
    this.#target = Math.floor(port.random('first node') * options.nodes.length)
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
    const { result } = await this.#ask(request, deadline)
    return result?.type === 'transferring'
  }

  /** Runs one operation after those that were asked for before. */
  operate(op: KvOp): Promise<Outcome> {
    const turn = this.#turn.then(() => this.#operate(op))
    this.#turn = turn
    return turn
  }

  async #operate(op: KvOp): Promise<Outcome> {
    const deadline = this.#port.elapsed() + this.#timeoutMs
    for (;;) {
      const opening = await this.#open(deadline)
      if (opening !== undefined) return opening
      this.#seq++
      const session = { client: this.#session, seq: this.#seq, received: this.#seq - 1 }
      const request = { type: 'ClientRequest', session, op }
      const { result, maybe } = await this.#ask(request, deadline)
      if (result?.type === 'applied' && result.value.type === valueTypes[op.type]) {
        return { type: 'ok', value: result.value }
      }
      const mayHaveHappened = op.type !== 'get' && (maybe || result?.type === 'applied')
      if (result?.type === 'session-expired') {
        this.#session = undefined
        if (!mayHaveHappened) continue
        const text = 'the session expired before the operation was known to be applied'
        return { type: 'unknown', code: 'session-expired', text }
      }
      return mayHaveHappened ? unknown : failure(result, maybe)
    }
  }

  /** Makes sure that there is a session. Returns how the operation ends if there can be none. */
  async #open(deadline: Milliseconds): Promise<Outcome | undefined> {
    if (this.#session !== undefined) return undefined
    const { result, maybe } = await this.#ask({ type: 'OpenSession' }, deadline)
    if (result?.type !== 'opened') return failure(result, maybe)
    this.#session = result.session
    this.#seq = 0
    return undefined
  }

  /** Asks one node after another until an answer ends the asking or the deadline comes. */
  async #ask(request: Message, deadline: Milliseconds): Promise<Answer> {
    let maybe = false
    let hints = 0
    let patience = this.#attemptTimeoutMs
    for (;;) {
      const left = deadline - this.#port.elapsed()
      if (left <= 0) return { result: undefined, maybe }
      const target = this.#nodes[this.#target] as NodeId
      const reply = await this.#port.call(target, request, Math.min(left, patience))
      const result = reply === undefined ? undefined : resultIn(reply)
      if (result?.type === 'not-leader') {
        const hint = result.leader === null ? -1 : this.#nodes.indexOf(result.leader)
        if (hint >= 0 && hint !== this.#target && hints++ < hintsMax) {
          this.#target = hint
          continue
        }
      } else if (result?.type === 'transferring' && request.type !== 'TransferLeadership') {
        const next = this.#nodes.indexOf(result.to)
        if (next >= 0) this.#target = next
        await this.#pause()
        continue
      } else if (result === undefined) {
        maybe = true
        patience *= 2
      } else if (result.type === 'deposed') maybe = true
      else return { result, maybe }
      hints = 0
      this.#target = (this.#target + 1) % this.#nodes.length
      await this.#pause()
    }
  }

  #pause(): Promise<void> {
    return this.#port.sleep(this.#backoffMs * (0.5 + this.#port.random('backoff')))
  }
}

const unknown: Outcome = {
  type: 'unknown',
  code: 'timeout',
  text: 'no answer in time; the operation may have been applied, or may still be',
}

function failure(result: ClientResult | undefined, maybe: boolean): Outcome & { type: 'failed' } {
  if (result?.type === 'overloaded') {
    return { type: 'failed', code: 'overloaded', text: 'the leader has too many open requests' }
  }
  if (maybe) return { type: 'failed', code: 'timeout', text: 'no answer in time; nothing was done' }
  return { type: 'failed', code: 'no-leader', text: 'no node took itself for the leader in time' }
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
