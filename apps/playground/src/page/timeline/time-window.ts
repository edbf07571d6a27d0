import { type Scale, within, zoomed } from './scale.ts'

/** Which part of a run the time line shows, and where it lies on the screen. */
export class TimeWindow {
  scale: Scale = { from: 0, to: 1, left: 0, width: 1 }
  /** `undefined` shows the whole run. */
  #shown: readonly [from: number, to: number] | undefined
  #end = 1
  #cursor = 0

  zoom(factor: number, around: number): void {
    const next = zoomed(this.#shown ?? [0, this.#end], factor, around, this.#end)
    this.#shown = next[1] - next[0] >= this.#end ? undefined : next
  }

  pan(by: number): void {
    const [from, to] = this.#shown ?? [0, this.#end]
    if (this.#shown !== undefined) this.#shown = within(from + by, to - from, this.#end)
  }

  fit(): void {
    this.#shown = undefined
  }

  /** Shows the last so many microseconds, unless a part was chosen. */
  showLast(span: number): void {
    if (this.#shown === undefined && this.#end > span) this.#shown = [this.#end - span, this.#end]
  }

  /** Sets the end of the run, which later calls keep to. */
  setEnd(end: number): void {
    this.#end = Math.max(1, end)
  }

  /** A zoomed window moves along when the cursor would leave it. */
  follow(at: number): void {
    const moved = at !== this.#cursor
    this.#cursor = at
    if (this.#shown === undefined || !moved) return
    const [from, to] = this.#shown
    const span = to - from
    if (at > to - span * 0.05) this.#shown = within(at - span * 0.8, span, this.#end)
    else if (at < from) this.#shown = within(at - span * 0.2, span, this.#end)
  }

  /** Lays the window over a stretch of pixels. */
  place(left: number, width: number): Scale {
    const [from, to] = this.#shown ?? [0, this.#end]
    this.scale = { from, to, left, width: Math.max(1, width) }
    return this.scale
  }
}
