import type { History, HistoryEvent, NodeId } from '@lockstep/process'
import type { Outcome } from './model.ts'

/** One operation of a history that may have had an effect. */
export interface Operation<Op, Value> {
  readonly id: number
  readonly client: NodeId
  readonly op: Op
  readonly outcome: Outcome<Value>
  /** Microseconds. */
  readonly calledAt: number
  /** Microseconds, and infinity for an unknown outcome: its effect may come at any later time. */
  readonly returnedAt: number
}

/** What can be wrong with a history. */
export type MalformedCode =
  | 'invoked-twice'
  | 'client-busy'
  | 'ended-without-invoke'
  | 'ended-twice'
  | 'ended-by-another'
  | 'time-went-back'

/** A history that no clients can have recorded. Nothing was judged. */
export class MalformedHistory extends Error {
  override readonly name = 'MalformedHistory'
  readonly code: MalformedCode
  /** The place in the history of the first event that cannot stand. */
  readonly index: number

  constructor(code: MalformedCode, index: number, text: string) {
    super(`event ${index} of the history: ${text}`)
    this.code = code
    this.index = index
  }
}

/** The same operation, had its client learnt nothing: it may take effect at any time, or never. */
export function withUnknownOutcome<Op, Value>(
  operation: Operation<Op, Value>,
): Operation<Op, Value> {
  return { ...operation, outcome: { known: false }, returnedAt: Number.POSITIVE_INFINITY }
}

/**
 * The operations of a history in the order of their invocations. Failed ones are left out, since
 * they certainly had no effect; those that ended as `info` or never ended have an unknown outcome.
 *
 * The events of different clients may be interleaved in any way; each client's own are in order.
 * Throws `MalformedHistory`.
 */
export function operationsOf<Op, Value>(history: History<Op, Value>): Operation<Op, Value>[] {
  const reader = new Reader<Op, Value>()
  history.forEach((event, index) => {
    if (event.type === 'invoke') reader.invoke(event, index)
    else reader.end(event, index)
  })
  return reader.operations()
}

type Invoke<Op, Value> = Extract<HistoryEvent<Op, Value>, { type: 'invoke' }>
type End<Op, Value> = Exclude<HistoryEvent<Op, Value>, { type: 'invoke' }>

interface Record<Op, Value> {
  readonly invoke: Invoke<Op, Value>
  end: End<Op, Value> | undefined
}

class Reader<Op, Value> {
  readonly #records = new Map<number, Record<Op, Value>>()
  readonly #open = new Map<NodeId, number>()
  readonly #lastAt = new Map<NodeId, number>()

  invoke(event: Invoke<Op, Value>, index: number): void {
    this.#advance(event, index)
    if (this.#records.has(event.id)) {
      throw new MalformedHistory('invoked-twice', index, `operation ${event.id} was invoked before`)
    }
    const open = this.#open.get(event.client)
    if (open !== undefined) {
      const text = `${event.client} invokes operation ${event.id} while its operation ${open} is open`
      throw new MalformedHistory('client-busy', index, text)
    }
    this.#records.set(event.id, { invoke: event, end: undefined })
    this.#open.set(event.client, event.id)
  }

  end(event: End<Op, Value>, index: number): void {
    const record = this.#records.get(event.id)
    if (record === undefined) {
      const text = `operation ${event.id} ends with ${event.type} and was never invoked`
      throw new MalformedHistory('ended-without-invoke', index, text)
    }
    if (record.end !== undefined) {
      const text = `operation ${event.id} ends with ${event.type} after it ended with ${record.end.type}`
      throw new MalformedHistory('ended-twice', index, text)
    }
    if (record.invoke.client !== event.client) {
      const text = `operation ${event.id} of ${record.invoke.client} is ended by ${event.client}`
      throw new MalformedHistory('ended-by-another', index, text)
    }
    this.#advance(event, index)
    record.end = event
    this.#open.delete(event.client)
  }

  operations(): Operation<Op, Value>[] {
    const operations: Operation<Op, Value>[] = []
    for (const { invoke, end } of this.#records.values()) {
      if (end?.type === 'fail') continue
      const { id, client, op, at: calledAt } = invoke
      operations.push(
        end?.type === 'ok'
          ? {
              id,
              client,
              op,
              outcome: { known: true, value: end.value },
              calledAt,
              returnedAt: end.at,
            }
          : {
              id,
              client,
              op,
              outcome: { known: false },
              calledAt,
              returnedAt: Number.POSITIVE_INFINITY,
            },
      )
    }
    return operations
  }

  #advance(event: HistoryEvent<Op, Value>, index: number): void {
    const last = this.#lastAt.get(event.client) ?? Number.NEGATIVE_INFINITY
    if (!(event.at >= last)) {
      const text = `the time of ${event.client} goes back from ${last} to ${event.at}`
      throw new MalformedHistory('time-went-back', index, text)
    }
    this.#lastAt.set(event.client, event.at)
  }
}
