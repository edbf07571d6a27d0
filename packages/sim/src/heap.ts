/** What a heap orders: by time, and in order of arrival where times are equal. */
export interface Due {
  /** Microseconds. */
  at: number
  order: number
}

/**
 * A binary heap of events; the earliest comes out first.
 *
 * The keys stand in arrays of their own: events are of many shapes, and looking into each of them
 * at every comparison is what a simulator would spend its time on.
 */
export class Heap<Event extends Due> {
  #size = 0
  #at = new Float64Array(1024)
  #order = new Float64Array(1024)
  readonly #events: (Event | undefined)[] = []

  get size(): number {
    return this.#size
  }

  /** When the earliest event is due; `undefined` in an empty heap. */
  get nextAt(): number | undefined {
    return this.#size === 0 ? undefined : this.#at[0]
  }

  push(event: Event): void {
    if (this.#size === this.#at.length) this.#grow()
    const ats = this.#at
    const orders = this.#order
    const events = this.#events
    const { at, order } = event
    let hole = this.#size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = ats[parent] as number
      if (above < at || (above === at && (orders[parent] as number) < order)) break
      ats[hole] = above
      orders[hole] = orders[parent] as number
      events[hole] = events[parent]
      hole = parent
    }
    ats[hole] = at
    orders[hole] = order
    events[hole] = event
  }

  pop(): Event | undefined {
    if (this.#size === 0) return undefined
    const first = this.#events[0]
    const size = --this.#size
    const ats = this.#at
    const orders = this.#order
    const events = this.#events
    const at = ats[size] as number
    const order = orders[size] as number
    const last = events[size]
    events[size] = undefined
    if (size === 0) return first
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= size) break
      let below = ats[child] as number
      const right = child + 1
      if (right < size) {
        const other = ats[right] as number
        const isEarlier =
          other < below ||
          (other === below && (orders[right] as number) < (orders[child] as number))
        if (isEarlier) {
          child = right
          below = other
        }
      }
      if (at < below || (at === below && order < (orders[child] as number))) break
      ats[hole] = below
      orders[hole] = orders[child] as number
      events[hole] = events[child]
      hole = child
    }
    ats[hole] = at
    orders[hole] = order
    events[hole] = last
    return first
  }

  #grow(): void {
    const length = this.#at.length * 2
    const ats = new Float64Array(length)
    const orders = new Float64Array(length)
    ats.set(this.#at)
    orders.set(this.#order)
    this.#at = ats
    this.#order = orders
  }
}
