/**
 * The numbers of a session's operations, of which so many may be under way.
 *
 * Invariant: all up to `received` have ended, and `last <= received + max`. A node keeps the results
 * behind `received`, so the window bounds what it keeps.
 */
export class Window {
  readonly #max: number
  #received = 0
  #last = 0
  /** Those behind `received` that have ended. */
  readonly #ended = new Set<number>()

  constructor(max: number) {
    this.#max = max
  }

  /** All operations up to this one have ended. */
  get received(): number {
    return this.#received
  }

  /** Whether another operation may begin. */
  get hasRoom(): boolean {
    return this.#last < this.#received + this.#max
  }

  /** Returns the number of an operation that begins. */
  begin(): number {
    return ++this.#last
  }

  /** An operation ended, whatever came of it. */
  end(seq: number): void {
    this.#ended.add(seq)
    while (this.#ended.delete(this.#received + 1)) this.#received++
  }
}
