/** A window on a run: times in microseconds, places in pixels. */
export interface Scale {
  readonly from: number
  readonly to: number
  readonly left: number
  readonly width: number
}

export function toX(scale: Scale, at: number): number {
  return scale.left + ((at - scale.from) / (scale.to - scale.from || 1)) * scale.width
}

export function toTime(scale: Scale, x: number): number {
  return scale.from + ((x - scale.left) / (scale.width || 1)) * (scale.to - scale.from)
}

const spanMin = 200

/** The window zoomed by a factor around a time, within the whole run. */
export function zoomed(
  window: readonly [from: number, to: number],
  factor: number,
  around: number,
  end: number,
): readonly [from: number, to: number] {
  const [from, to] = window
  const span = Math.max(spanMin, Math.min(end, (to - from) / factor))
  const begin = around - ((around - from) / (to - from || 1)) * span
  return within(begin, span, end)
}

/** A window of some span, moved into the run. */
export function within(
  from: number,
  span: number,
  end: number,
): readonly [from: number, to: number] {
  const begin = Math.max(0, Math.min(from, end - span))
  return [begin, begin + span]
}

const nice = [1, 2, 5]

/** Round times for an axis, about one per `apartPx`. */
export function ticks(scale: Scale, apartPx: number): readonly number[] {
  const wanted = ((scale.to - scale.from) / (scale.width || 1)) * apartPx
  const decade = 10 ** Math.floor(Math.log10(Math.max(1, wanted)))
  const step = (nice.find((factor) => factor * decade >= wanted) ?? 10) * decade
  const times: number[] = []
  for (let at = Math.ceil(scale.from / step) * step; at <= scale.to; at += step) times.push(at)
  return times
}
