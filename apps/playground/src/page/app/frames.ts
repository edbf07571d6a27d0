/** Draws at most once a frame, and only when something changed. */
export class Frames {
  readonly #painters: Set<() => void> = new Set()
  readonly #tick: (now: number) => boolean
  #scheduled = false

  /** `tick` moves time on before each frame, and says whether frames should go on by themselves. */
  constructor(tick: (now: number) => boolean) {
    this.#tick = tick
  }

  /** Adds a painter; the returned function takes it away. */
  paint(painter: () => void): () => void {
    this.#painters.add(painter)
    this.request()
    return () => this.#painters.delete(painter)
  }

  /** Asks for a frame. */
  request(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    requestAnimationFrame((now) => this.#frame(now))
  }

  #frame(now: number): void {
    this.#scheduled = false
    const goesOn = this.#tick(now)
    for (const painter of this.#painters) painter()
    if (goesOn) this.request()
  }
}
