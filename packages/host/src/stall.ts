import type { Milliseconds } from '@lockstep/process'

/** How much longer a disk takes for every sync; a wait under way ends when that changes. */
export class Stall {
  #byMs: Milliseconds = 0
  #timer: NodeJS.Timeout | undefined
  #done: () => void = () => undefined

  get byMs(): Milliseconds {
    return this.#byMs
  }

  set(byMs: Milliseconds): void {
    this.#byMs = byMs
    clearTimeout(this.#timer)
    this.#done()
  }

  /** To be awaited before a sync; one at a time. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = resolve
      if (this.#byMs === 0) resolve()
      else this.#timer = setTimeout(resolve, this.#byMs)
    })
  }
}
