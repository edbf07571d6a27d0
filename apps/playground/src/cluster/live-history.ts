import type { History, HistoryEvent, NodeId, Recorder } from '@lockstep/process'

/**
 * The history of all clients of a live cluster. `now` is the one clock that they share, in
 * microseconds; `onEvent` hears of each event as it is noted.
 */
export class LiveHistory {
  readonly #events: HistoryEvent[] = []
  readonly #now: () => number
  readonly #onEvent: (event: HistoryEvent) => void
  #lastId = 0

  constructor(now: () => number, onEvent: (event: HistoryEvent) => void = () => {}) {
    this.#now = now
    this.#onEvent = onEvent
  }

  get events(): History {
    return this.#events
  }

  /**
   * A recorder for one client. After an operation that ended unknown it goes on under a fresh name,
   * since that operation may still be under way.
   */
  recorder(name: NodeId): Recorder {
    let client = name
    let lives = 1
    const note = (event: HistoryEvent): void => {
      this.#events.push(event)
      this.#onEvent(event)
    }
    return {
      invoke: (op) => {
        const id = ++this.#lastId
        note({ type: 'invoke', at: this.#now(), client, id, op })
        return id
      },
      ok: (id, value) => note({ type: 'ok', at: this.#now(), client, id, value }),
      fail: (id, why) => note({ type: 'fail', at: this.#now(), client, id, why }),
      info: (id, why) => {
        note({ type: 'info', at: this.#now(), client, id, why })
        lives += 1
        client = `${name}.${lives}`
      },
    }
  }
}
