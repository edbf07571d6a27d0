import type { NodeId, TraceEvent, TraceKind } from '@lockstep/process'
import { trueMicroseconds } from './clock.ts'

/**
 * What happened at one node, as the simulator's trace has it. `row` counts the events of this node
 * that were reported, so a gap means that a watcher was too slow to get them all; `step` equals it.
 * `at` is in microseconds since 1970. `cause` is a row of this node: the delivery, firing or sync
 * whose step did it. Of messages `value` is the sender's number; a `drop` has it as `data`.
 */
export type HostEvent = TraceEvent

const rareKinds = [
  'start',
  'stop',
  'mark',
  'cut',
  'mend',
  'slow',
  'lose',
  'stall',
  'clock',
] as const

/** An event of a kind that is rare enough to be told of all the time: no message, timer or write. */
export interface NodeEvent extends Pick<HostEvent, 'name' | 'value' | 'peer' | 'data'> {
  readonly kind: (typeof rareKinds)[number]
  readonly node: NodeId
}

/** Takes events in batches, at most one a turn. */
export type EventListener = (events: readonly HostEvent[]) => void

/** What an event may say beside its kind. */
export interface EventFields {
  readonly node?: NodeId
  readonly peer?: NodeId
  readonly name?: string
  readonly value?: number
  readonly cause?: number
  readonly data?: unknown
}

/**
 * Reports the events of a node while somebody listens, and costs nothing while nobody does. One
 * listener hears of the rare events from the start, at once.
 */
export class Tracer {
  readonly #id: NodeId
  readonly #listeners = new Set<EventListener>()
  readonly #onEvent: ((event: NodeEvent) => void) | undefined
  #rows = 0
  #batch: HostEvent[] = []

  constructor(id: NodeId, onEvent?: (event: NodeEvent) => void) {
    this.#id = id
    this.#onEvent = onEvent
  }

  /** Whether marks and other rare events are heard. */
  get hearsMarks(): boolean {
    return this.#onEvent !== undefined || this.watched
  }

  /** Ask this before making an event that is not rare. */
  get watched(): boolean {
    return this.#listeners.size > 0
  }

  /** Returns how to stop listening. */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Reports an event and returns its row, or -1 when nobody listens. */
  note(kind: TraceKind, fields: EventFields = {}): number {
    if (this.#onEvent !== undefined && isRare(kind)) {
      const { node = this.#id, peer, name = '', value = 0, data } = fields
      this.#onEvent({ kind, node, peer, name, value, data })
    }
    if (!this.watched) return -1
    const row = this.#rows++
    if (this.#batch.length === 0) setImmediate(() => this.#flush())
    this.#batch.push({
      row,
      at: trueMicroseconds(),
      step: row,
      kind,
      node: fields.node ?? this.#id,
      peer: fields.peer,
      cause: fields.cause ?? -1,
      name: fields.name ?? '',
      value: fields.value ?? 0,
      ...(fields.data === undefined ? {} : { data: fields.data }),
    })
    return row
  }

  #flush(): void {
    const batch = this.#batch
    this.#batch = []
    for (const listener of this.#listeners) listener(batch)
  }
}

function isRare(kind: TraceKind): kind is NodeEvent['kind'] {
  return rareKinds.some((rare) => rare === kind)
}
