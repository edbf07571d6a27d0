import type { HighWaterMark } from '../src/high-water-mark.ts'
import type { TestClock } from './test-clock.ts'

/** How a save goes. */
export interface SaveFate {
  readonly takesMs: number
  readonly is: 'saved' | 'failed' | 'saved-and-failed'
}

/** What survives the crashes of a worker. Saves take time, and a crash in the meantime loses them. */
export class TestDisk {
  markMs: number | undefined
  saves = 0
  readonly #clock: TestClock
  #fates: readonly SaveFate[]
  #life = 0

  constructor(clock: TestClock, fates: readonly SaveFate[] = []) {
    this.#clock = clock
    this.#fates = fates
  }

  /** How the next saves go; those after them are saved at once. */
  fate(...fates: readonly SaveFate[]): void {
    this.#fates = fates
  }

  /** The mark as the next life sees it; what earlier lives still do is lost. */
  mark(): HighWaterMark {
    const life = ++this.#life
    return {
      load: () => Promise.resolve(this.markMs),
      save: async (markMs) => {
        const [fate, ...later] = this.#fates
        this.#fates = later
        this.saves++
        if (fate !== undefined && fate.takesMs > 0) {
          await this.#clock.sleep(fate.takesMs, { background: true })
        }
        if (life === this.#life && fate?.is !== 'failed') this.markMs = markMs
        if (fate !== undefined && fate.is !== 'saved') throw new Error('the disk is full')
      },
    }
  }
}
