import type { Clock, SleepOptions } from '../src/clock.ts'

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

/** A clock in the hand of a test: time passes when it is read, when somebody sleeps, and when it is told to. */
export class TestClock implements Clock {
  /** How much each reading takes. */
  readMs: number
  #elapsedMs = 0
  #offsetMs: number
  #sleepers: Sleeper[] = []

  constructor(wallMs: number, readMs = 0) {
    this.#offsetMs = wallMs
    this.readMs = readMs
  }

  wall(): number {
    this.#elapsedMs += this.readMs
    return this.shows
  }

  elapsed(): number {
    return this.#elapsedMs
  }

  /** What the wall clock shows, without reading it. */
  get shows(): number {
    return Math.floor(this.#offsetMs + this.#elapsedMs)
  }

  /** Time passes for whoever sleeps; what runs in the background only goes along. */
  async sleep(after: number, { background = false }: SleepOptions = {}): Promise<void> {
    if (background) {
      await new Promise<void>((wake) => {
        this.#sleepers.push({ dueMs: this.#elapsedMs + after, wake })
      })
      return
    }
    // What happens at the same time goes first.
    await Promise.resolve()
    this.pass(Math.max(after, 0.01))
    await settled()
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#elapsedMs += ms
    const due = this.#sleepers.filter(({ dueMs }) => dueMs <= this.#elapsedMs)
    this.#sleepers = this.#sleepers.filter(({ dueMs }) => dueMs > this.#elapsedMs)
    for (const { wake } of due.toSorted((a, b) => a.dueMs - b.dueMs)) wake()
  }

  /** Sets the wall clock forward, or back. */
  step(ms: number): void {
    this.#offsetMs += ms
  }
}

/** Lets what was woken run until it waits again. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
