import type { NodeId, TraceEvent, TraceKind } from '@lockstep/process'

/** An event on its way into the merged trace. Times are microseconds since 1970. */
export interface LiveEvent {
  readonly at: number
  readonly kind: TraceKind
  readonly node: NodeId | undefined
  readonly peer: NodeId | undefined
  readonly name: string
  readonly value: number
  /** Its place in its source's own count, to which `cause` refers; -1 where there is none. */
  readonly row: number
  readonly cause: number
  readonly data?: unknown
}

interface Source {
  readonly id: NodeId
  readonly waiting: LiveEvent[]
  /** Where the source's own rows came to stand. */
  readonly rows: Map<number, number>
}

/** How many rows are remembered for what refers to them. */
const rememberedMax = 50_000

/**
 * One trace of what several processes report, in one order with causes across them.
 *
 * Each source reports in order and a little late, so events wait until everybody had time to speak.
 * Clocks of processes on one machine differ by less than a message takes, and not always: a
 * delivery therefore waits for its sending, whatever the clocks say, and time never goes back.
 */
export class LiveTrace {
  readonly #startedAt: number
  readonly #emit: (event: TraceEvent) => void
  readonly #sources = new Map<NodeId, Source>()
  /** The rows of messages that are under way, by sender, receiver and number. */
  readonly #sent = new Map<string, number>()
  /** Which source holds a sending that is not in the trace yet. */
  readonly #unsent = new Map<string, Source>()
  readonly #reporting = new Set<NodeId>()
  /** Sources whose head waits for a sending elsewhere. */
  readonly #held = new Set<Source>()
  #lastAt = 0
  #length = 0

  constructor(startedAt: number, emit: (event: TraceEvent) => void) {
    this.#startedAt = startedAt
    this.#emit = emit
  }

  get length(): number {
    return this.#length
  }

  /** Takes events of a source, in its order. */
  add(id: NodeId, events: readonly LiveEvent[]): void {
    const source = this.#source(id)
    for (const event of events) {
      source.waiting.push(event)
      if (event.kind === 'send') this.#unsent.set(messageKey(event), source)
    }
  }

  /** A process begins, or begins anew: its rows and message numbers count from 0. */
  began(id: NodeId): void {
    this.#source(id).rows.clear()
    this.#reporting.add(id)
  }

  /** A process is gone, and with it what it did not report any more. */
  ended(id: NodeId): void {
    this.#reporting.delete(id)
  }

  /**
   * Brings everything into the trace that happened before an instant (microseconds since 1970).
   * A delivery from after `patience` waits for its sending, and all that is later with it.
   */
  flush(until: number, patience: number = until): void {
    for (;;) {
      const next = this.#earliest(until)
      const head = next?.waiting[0]
      if (next === undefined || head === undefined) return
      if (head.at >= patience && this.#isEarly(head)) return
      this.#take(next)
    }
  }

  /** Whether it is the delivery of a message whose sender will still report that it sent it. */
  #isEarly(event: LiveEvent): boolean {
    const { kind, peer } = event
    if (kind !== 'deliver' || peer === undefined || !this.#reporting.has(peer)) return false
    const key = messageKey(event)
    return !this.#sent.has(key) && !this.#unsent.has(key)
  }

  #earliest(until: number): Source | undefined {
    let earliest: Source | undefined
    let at = until
    for (const source of this.#sources.values()) {
      const head = source.waiting[0]
      if (head === undefined || head.at >= at) continue
      at = head.at
      earliest = source
    }
    return earliest
  }

  /** Moves the head of a source into the trace, and before it the sending that it is the end of. */
  #take(source: Source): void {
    const head = source.waiting[0]
    if (head === undefined) return
    const key = endsMessage(head) ? messageKey(head) : undefined
    const sender = key === undefined ? undefined : this.#unsent.get(key)
    if (key !== undefined && sender !== undefined && sender !== source && !this.#held.has(sender)) {
      this.#held.add(source)
      while (this.#unsent.has(key) && sender.waiting.length > 0) this.#take(sender)
      this.#held.delete(source)
    }
    source.waiting.shift()
    // Who gave up on a message cannot know whether it arrived.
    if (head.kind === 'drop' && key !== undefined && !this.#sent.has(key)) return
    this.#append(source, head)
  }

  #append(source: Source, event: LiveEvent): void {
    const row = this.#length++
    this.#lastAt = Math.max(this.#lastAt, event.at - this.#startedAt)
    const key = messageKey(event)
    let cause = source.rows.get(event.cause) ?? -1
    if (event.kind === 'send') {
      this.#unsent.delete(key)
      remember(this.#sent, key, row)
    } else if (endsMessage(event)) {
      cause = this.#sent.get(key) ?? -1
      this.#sent.delete(key)
    }
    if (event.row >= 0) remember(source.rows, event.row, row)
    const { kind, node, peer, name, value, data } = event
    this.#emit({
      row,
      at: this.#lastAt,
      step: row,
      kind,
      node,
      peer,
      cause,
      name,
      value: kind === 'arm' ? Math.max(0, value - this.#startedAt) : value,
      ...(data === undefined ? {} : { data }),
    })
  }

  #source(id: NodeId): Source {
    let source = this.#sources.get(id)
    if (source === undefined) {
      source = { id, waiting: [], rows: new Map() }
      this.#sources.set(id, source)
    }
    return source
  }
}

function endsMessage({ kind }: LiveEvent): boolean {
  return kind === 'deliver' || kind === 'drop'
}

/** A message by its ends and its sender's number, which a drop carries as its data. */
function messageKey({ kind, node, peer, value, data }: LiveEvent): string {
  if (kind === 'deliver') return `${peer}>${node}#${value}`
  return `${node}>${peer}#${kind === 'drop' ? String(data) : value}`
}

function remember<Key>(rows: Map<Key, number>, key: Key, row: number): void {
  rows.set(key, row)
  if (rows.size <= rememberedMax) return
  for (const oldest of rows.keys()) {
    rows.delete(oldest)
    return
  }
}
