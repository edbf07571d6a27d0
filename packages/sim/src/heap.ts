/** What a heap orders: by time, and in order of arrival where times are equal. */
export interface Due {
  /** Microseconds. */
  at: number
  order: number
}

/** A binary heap of events; the earliest comes out first. */
export class Heap<Event extends Due> {
  readonly #events: Event[] = []

  get size(): number {
    return this.#events.length
  }

  peek(): Event | undefined {
    return this.#events[0]
  }

  push(event: Event): void {
    const events = this.#events
    let hole = events.length
    events.push(event)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = events[parent] as Event
      if (above.at < event.at || (above.at === event.at && above.order < event.order)) break
      events[hole] = above
      hole = parent
    }
    events[hole] = event
  }

  pop(): Event | undefined {
    const events = this.#events
    const first = events[0]
    const last = events.pop()
    if (last === undefined || events.length === 0) return first
    const size = events.length
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= size) break
      let below = events[child] as Event
      if (child + 1 < size) {
        const right = events[child + 1] as Event
        if (right.at < below.at || (right.at === below.at && right.order < below.order)) {
          child++
          below = right
        }
      }
      if (last.at < below.at || (last.at === below.at && last.order < below.order)) break
      events[hole] = below
      hole = child
    }
    events[hole] = last
    return first
  }
}
