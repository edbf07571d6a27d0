import type { Clock, SleepOptions } from '../src/clock.ts'
import { settled } from './test-clock.ts'

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

/** Time that many can sleep in at once: it passes only in `run`, from one waking to the next. */
export class VirtualTime implements Clock {
  #nowMs = 0
  readonly #sleepers = new Set<Sleeper>()

  wall(): number {
    return this.#nowMs
  }

  elapsed(): number {
    return this.#nowMs
  }

  sleep(after: number, { signal }: SleepOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason)
        return
      }
      const sleeper = { dueMs: this.#nowMs + Math.max(0, after), wake: resolve }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper)
        reject(signal.reason)
      })
    })
  }

  /** Lets so much time pass, and everybody who wakes up meanwhile run. */
  async run(forMs: number): Promise<void> {
    const untilMs = this.#nowMs + forMs
    await settled()
    for (;;) {
      const [first] = [...this.#sleepers].toSorted((a, b) => a.dueMs - b.dueMs)
      if (first === undefined || first.dueMs > untilMs) break
      this.#sleepers.delete(first)
      this.#nowMs = first.dueMs
      first.wake()
      await settled()
    }
    this.#nowMs = untilMs
  }
}
