import type { Run } from '../run/run.ts'
import type { Link } from '../run/states.ts'
import { words } from '../words.ts'
import { type Curve, cutCurve, headingOn, pointOn } from './geometry.ts'
import type { Ink } from './ink.ts'
import type { Way, Ways } from './scene.ts'

const gapPx = 11

/** Draws the ways between nodes, with their cuts; `hovered` stands out. */
export function drawLinks(
  context: CanvasRenderingContext2D,
  run: Run,
  row: number,
  ways: Ways,
  ink: Ink,
  hovered: Way | undefined,
): void {
  for (const way of ways.betweenNodes()) {
    const link = run.states.link(way.from, way.to, row)
    const isHovered = hovered?.from === way.from && hovered.to === way.to
    context.strokeStyle = isHovered ? ink.text2 : link.cut ? ink.text3 : ink.line
    context.lineWidth = isHovered ? 1.5 : 1
    if (link.cut) {
      const back = run.states.link(way.to, way.from, row)
      drawCut(context, way.curve, !back.cut, isHovered ? ink.text : ink.text2)
    } else strokeCurve(context, way.curve)
    drawTrouble(context, link, way.curve, ink)
  }
}

function strokeCurve(context: CanvasRenderingContext2D, { from, control, to }: Curve): void {
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.quadraticCurveTo(control.x, control.y, to.x, to.y)
  context.stroke()
}

/** A gap with a slash; a way that is cut while the way back stands shows its direction too. */
function drawCut(
  context: CanvasRenderingContext2D,
  curve: Curve,
  oneWay: boolean,
  slash: string,
): void {
  const length = Math.hypot(curve.to.x - curve.from.x, curve.to.y - curve.from.y) || 1
  const gap = Math.min(0.2, gapPx / length)
  context.setLineDash([4, 4])
  strokeCurve(context, cutCurve(curve, 0, 0.5 - gap))
  strokeCurve(context, cutCurve(curve, 0.5 + gap, 1))
  context.setLineDash([])
  const middle = pointOn(curve, 0.5)
  const heading = headingOn(curve, 0.5)
  const tilt = heading + Math.PI / 3
  context.strokeStyle = slash
  context.lineWidth = 2
  context.beginPath()
  context.moveTo(middle.x - 8 * Math.cos(tilt), middle.y - 8 * Math.sin(tilt))
  context.lineTo(middle.x + 8 * Math.cos(tilt), middle.y + 8 * Math.sin(tilt))
  if (oneWay) {
    const tip = pointOn(curve, 0.5 - gap)
    for (const side of [-1, 1]) {
      const barb = heading + Math.PI + side * 0.5
      context.moveTo(tip.x, tip.y)
      context.lineTo(tip.x + 8 * Math.cos(barb), tip.y + 8 * Math.sin(barb))
    }
  }
  context.stroke()
}

/** What slows a link or makes it lossy, in words beside it. */
function drawTrouble(context: CanvasRenderingContext2D, link: Link, curve: Curve, ink: Ink): void {
  const texts: string[] = []
  if (link.slow > 0) texts.push(words.stage.slow(link.slow))
  if (link.lose > 0) texts.push(words.stage.lossy(link.lose))
  if (texts.length === 0) return
  const text = texts.join(' · ')
  const { x, y } = pointOn(curve, 0.32)
  context.font = `11px ${ink.mono}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  const width = context.measureText(text).width + 8
  context.fillStyle = ink.ground
  context.fillRect(x - width / 2, y - 8, width, 16)
  context.fillStyle = ink.text2
  context.fillText(text, x, y)
}
