import type { Glyph } from '@lockstep/sim'
import { traceGlyph } from './glyphs.ts'
import { epochColour, type Ink } from './ink.ts'
import type { Dot } from './scene.ts'

const unknownGlyph: Glyph = { family: 'other', epoch: undefined }
const size = 6.5
const crossPx = 5
/** Beyond this many messages at once, trails would hide them. */
const trailsMax = 400

/** Draws messages by family and colour: one path per pair, so that a thousand cost little. */
export function drawDots(
  context: CanvasRenderingContext2D,
  dots: readonly Dot[],
  ink: Ink,
  pinned: number | undefined,
  hovered: number | undefined,
): void {
  const paths = new Map<string, Path2D>()
  const trails = dots.length <= trailsMax
  for (const dot of dots) {
    const { family, epoch } = dot.flight.glyph ?? unknownGlyph
    const colour = epochColour(ink, epoch)
    if (dot.lost) drawCross(context, dot, colour)
    else {
      if (trails) drawTrail(context, dot, colour)
      let path = paths.get(colour)
      if (path === undefined) {
        path = new Path2D()
        paths.set(colour, path)
      }
      traceGlyph(path, family, dot.x, dot.y, dot.heading, size)
    }
    if (dot.flight.row === pinned || dot.flight.row === hovered) drawHalo(context, dot, ink)
  }
  context.lineWidth = 1
  for (const [colour, path] of paths) {
    context.fillStyle = colour
    context.strokeStyle = ink.ground
    context.stroke(path)
    context.fill(path)
  }
}

function drawTrail(context: CanvasRenderingContext2D, dot: Dot, colour: string): void {
  context.globalAlpha = 0.35
  context.strokeStyle = colour
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(dot.x - 5 * Math.cos(dot.heading), dot.y - 5 * Math.sin(dot.heading))
  context.lineTo(dot.x - 18 * Math.cos(dot.heading), dot.y - 18 * Math.sin(dot.heading))
  context.stroke()
  context.globalAlpha = 1
}

function drawCross(context: CanvasRenderingContext2D, dot: Dot, colour: string): void {
  context.globalAlpha = dot.alpha
  context.strokeStyle = colour
  context.lineWidth = 2
  context.beginPath()
  context.moveTo(dot.x - crossPx, dot.y - crossPx)
  context.lineTo(dot.x + crossPx, dot.y + crossPx)
  context.moveTo(dot.x + crossPx, dot.y - crossPx)
  context.lineTo(dot.x - crossPx, dot.y + crossPx)
  context.stroke()
  context.globalAlpha = 1
}

function drawHalo(context: CanvasRenderingContext2D, dot: Dot, ink: Ink): void {
  context.strokeStyle = ink.text
  context.lineWidth = 1.5
  context.beginPath()
  context.arc(dot.x, dot.y, size + 6, 0, 2 * Math.PI)
  context.stroke()
}
