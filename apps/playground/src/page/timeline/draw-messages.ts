import type { Flight } from '../run/flights.ts'
import type { Run } from '../run/run.ts'
import { traceGlyph } from '../stage/glyphs.ts'
import { epochColour, type Ink } from '../stage/ink.ts'
import type { Rows } from './lanes.ts'
import { type Scale, toX } from './scale.ts'

/** A message as a line from its sending to its end. */
export interface Line {
  readonly flight: Flight
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

const crowd = 1500
const glyphsMax = 400
const linesMax = 12_000

/** The messages of a window. Whatever lies outside of it is not touched. */
export function linesIn(run: Run, scale: Scale, rows: Rows): readonly Line[] {
  const lines: Line[] = []
  const since = run.trace.rowAt(scale.from) - 1
  const until = run.trace.rowAt(scale.to) + 1
  run.flights.between(since, until, (flight) => {
    const y1 = rows.lanes.get(flight.from)
    const y2 = rows.lanes.get(flight.to)
    if (y1 === undefined || y2 === undefined || y1 === y2) return
    const lostEarly = flight.fate !== 'delivered' && flight.endAt - flight.sentAt < 1
    const endAt = Math.min(
      lostEarly ? flight.sentAt + run.flights.typicalDelay * 0.4 : flight.endAt,
      run.trace.end,
    )
    const share = lostEarly || flight.fate === 'cut' ? 0.4 : flight.fate === 'loss' ? 0.5 : 1
    lines.push({
      flight,
      x1: toX(scale, flight.sentAt),
      y1,
      x2: toX(scale, endAt),
      y2: y1 + (y2 - y1) * share,
    })
  })
  return thinned(lines)
}

/** Every line while they can be told apart, else an even choice of them. */
function thinned(lines: readonly Line[]): readonly Line[] {
  const stride = Math.ceil(lines.length / linesMax)
  return stride <= 1 ? lines : lines.filter((_, i) => i % stride === 0)
}

/** Draws messages as lines, one path per colour; with glyphs while they are few. */
export function drawLines(
  context: CanvasRenderingContext2D,
  lines: readonly Line[],
  ink: Ink,
  pinned: number | undefined,
): void {
  const paths = new Map<string, { lines: Path2D; glyphs: Path2D }>()
  const crosses = new Path2D()
  for (const { flight, x1, y1, x2, y2 } of lines) {
    const colour = epochColour(ink, flight.glyph?.epoch)
    const known = paths.get(colour) ?? { lines: new Path2D(), glyphs: new Path2D() }
    paths.set(colour, known)
    known.lines.moveTo(x1, y1)
    known.lines.lineTo(x2, y2)
    if (flight.fate !== 'delivered' && flight.fate !== 'flying') {
      crosses.moveTo(x2 - 3.5, y2 - 3.5)
      crosses.lineTo(x2 + 3.5, y2 + 3.5)
      crosses.moveTo(x2 + 3.5, y2 - 3.5)
      crosses.lineTo(x2 - 3.5, y2 + 3.5)
    } else if (lines.length <= glyphsMax) {
      const heading = Math.atan2(y2 - y1, x2 - x1)
      const back = 8
      const x = x2 - back * Math.cos(heading)
      const y = y2 - back * Math.sin(heading)
      traceGlyph(known.glyphs, flight.glyph?.family ?? 'other', x, y, heading, 4)
    }
    if (flight.row === pinned) drawPinned(context, x1, y1, x2, y2, ink)
  }
  for (const [colour, path] of paths) {
    context.globalAlpha = lines.length > crowd ? 0.15 : 0.75
    context.strokeStyle = colour
    context.lineWidth = 1
    context.stroke(path.lines)
    context.globalAlpha = 1
    context.fillStyle = colour
    context.fill(path.glyphs)
  }
  context.strokeStyle = ink.text2
  context.lineWidth = 1.5
  context.stroke(crosses)
}

function drawPinned(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  ink: Ink,
): void {
  context.strokeStyle = ink.text
  context.lineWidth = 3
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

/** The message whose line is nearest to a point, within a few pixels. */
export function lineAt(lines: readonly Line[], x: number, y: number): Flight | undefined {
  let within = 6
  let found: Flight | undefined
  for (const { flight, x1, y1, x2, y2 } of lines) {
    const dx = x2 - x1
    const dy = y2 - y1
    const share = Math.max(
      0,
      Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)),
    )
    const away = Math.hypot(x - x1 - share * dx, y - y1 - share * dy)
    if (away >= within) continue
    within = away
    found = flight
  }
  return found
}
