import type { Milliseconds, Port } from '@lockstep/process'
import type { Revision } from '../kv/key-value.ts'
import type { KeyRange } from '../kv/range.ts'
import type { WatchEvent, WatchFilter } from '../kv/watch-event.ts'
import { resultIn } from '../validate.ts'
import { inTurn, type KnownNodes } from './known-nodes.ts'

/** What ends a watch from outside: an `AbortSignal` is one. */
export interface Abort {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** How keys are watched. */
export interface WatchOptions extends WatchFilter {
  /** The first revision whose events are wanted; if not given, the one after all that is committed now. */
  readonly fromRevision?: Revision
  /** Says also up to which revision nothing happened to the keys. */
  readonly progress?: boolean
  readonly signal?: Abort
}

/** What a watcher gets: the events of whole revisions in their order, each once. */
export type WatchAnswer =
  /** `revision`: all events up to here were given. */
  | {
      readonly type: 'events'
      readonly revision: Revision
      readonly events: readonly WatchEvent[]
    }
  /** All events up to here were given. */
  | { readonly type: 'progress'; readonly revision: Revision }
  /** What came next is gone: the watch ends. Read the keys, and watch on from there. */
  | { readonly type: 'compacted'; readonly compacted: Revision }

/** Whom a watcher asks, and how patiently. */
export interface WatchPatience {
  readonly nodes: KnownNodes
  /** How long a node holds a question for which it has no events. */
  readonly waitMs: Milliseconds
  /** How long an answer may be on its way. */
  readonly attemptTimeoutMs: Milliseconds
  readonly backoffMs: Milliseconds
}

/** Asks the nodes of a cluster, one after another, what happened to some keys. */
export class Watching {
  readonly #port: Port
  readonly #patience: WatchPatience
  readonly #range: KeyRange
  readonly #filter: WatchFilter
  #target: number
  #next: Revision

  /** Begins at a revision. */
  constructor(
    port: Port,
    patience: WatchPatience,
    range: KeyRange,
    filter: WatchFilter,
    from: Revision,
  ) {
    const { noPut = false, noDelete = false, prevKv = false } = filter
    this.#port = port
    this.#patience = patience
    this.#range = range
    this.#filter = { noPut, noDelete, prevKv }
    this.#next = from
    this.#target = Math.floor(port.random('watched node') * patience.nodes.members.length)
  }

  /** The first revision that was not seen. */
  get next(): Revision {
    return this.#next
  }

  /** Asks one node once; `undefined` when it has no answer, and the next one is to be asked. */
  async ask(): Promise<WatchAnswer | undefined> {
    const { nodes, waitMs, attemptTimeoutMs, backoffMs } = this.#patience
    const request = {
      type: 'Watch',
      range: this.#range,
      filter: this.#filter,
      fromRevision: this.#next,
      waitMs,
    }
    const reply = await this.#port.call(
      inTurn(nodes.members, this.#target),
      request,
      waitMs + attemptTimeoutMs,
    )
    const result = reply === undefined ? undefined : resultIn(reply)
    if (result?.type === 'watch-compacted') {
      return { type: 'compacted', compacted: result.compacted }
    }
    if (result?.type !== 'watched' || result.next < this.#next) {
      if (reply === undefined) nodes.silent()
      this.#target++
      await this.#port.sleep(backoffMs * (0.5 + this.#port.random('backoff')))
      return undefined
    }
    this.#next = result.next
    const { events } = result
    const revision = result.next - 1
    return events.length === 0
      ? { type: 'progress', revision }
      : { type: 'events', revision, events }
  }
}

/** What a watcher is told, until it leaves, or is told to, or its client is given up, or what comes next was compacted. */
export async function* answersTo(
  watching: Watching,
  options: WatchOptions,
  client: Pick<Abort, 'aborted'> | undefined,
): AsyncGenerator<WatchAnswer, void, undefined> {
  const { progress, signal } = options
  const isOver = (): boolean => signal?.aborted === true || client?.aborted === true
  while (!isOver()) {
    const answer = await unlessAborted(watching.ask(), signal)
    if (answer === undefined || (answer.type === 'progress' && progress !== true)) continue
    yield answer
    if (answer.type === 'compacted') return
  }
}

/** What a promise resolves with, or `undefined` at once when the watch is ended. */
function unlessAborted<Value>(
  asked: Promise<Value>,
  signal: Abort | undefined,
): Promise<Value | undefined> {
  if (signal === undefined) return asked
  return new Promise((resolve) => {
    const listener = (): void => resolve(undefined)
    signal.addEventListener('abort', listener)
    void asked.then((value) => {
      signal.removeEventListener('abort', listener)
      resolve(value)
    })
  })
}
