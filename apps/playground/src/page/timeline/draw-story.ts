import type { Span } from '../run/spans.ts'
import type { Role } from '../run/roles.ts'
import { epochColour, type Ink } from '../stage/ink.ts'
import { words } from '../words.ts'
import { cutHeight, type Rows, type Story } from './lanes.ts'
import { type Scale, ticks, toX } from './scale.ts'

const tickApartPx = 110

/** Draws axis, phases, faults, lanes, marks and violations. */
export function drawStory(
  context: CanvasRenderingContext2D,
  story: Story,
  scale: Scale,
  rows: Rows,
  ink: Ink,
): void {
  drawAxis(context, scale, rows, ink)
  context.save()
  context.beginPath()
  context.rect(scale.left, 0, scale.width, rows.bottom)
  context.clip()
  drawPhases(context, story, scale, rows, ink)
  drawCuts(context, story, scale, rows, ink)
  for (const { id, roles } of story.lanes) {
    const y = rows.lanes.get(id)
    if (y !== undefined) for (const span of roles) drawRole(context, span, scale, y, ink)
  }
  for (const at of story.marks) tick(context, toX(scale, at), rows.marks, 4, ink.text2, 1.5)
  for (const at of story.violations) {
    tick(context, toX(scale, at), rows.bottom / 2, rows.bottom / 2, ink.violation, 1.5)
  }
  context.restore()
  drawNames(context, rows, scale, ink)
}

function tick(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  reach: number,
  colour: string,
  width: number,
): void {
  context.strokeStyle = colour
  context.lineWidth = width
  context.beginPath()
  context.moveTo(x, y - reach)
  context.lineTo(x, y + reach)
  context.stroke()
}

function drawAxis(context: CanvasRenderingContext2D, scale: Scale, rows: Rows, ink: Ink): void {
  context.font = `11px ${ink.mono}`
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  for (const at of ticks(scale, tickApartPx)) {
    const x = Math.round(toX(scale, at)) + 0.5
    tick(context, x, rows.bottom / 2, rows.bottom / 2, ink.faint, 1)
    context.fillStyle = ink.text3
    context.fillText(words.duration(at), x + 4, rows.axis)
  }
}

function drawPhases(
  context: CanvasRenderingContext2D,
  story: Story,
  scale: Scale,
  rows: Rows,
  ink: Ink,
): void {
  context.font = `11px ${ink.sans}`
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  for (const { from, to, value } of story.phases) {
    const left = toX(scale, from)
    const right = Math.min(toX(scale, Math.min(to, scale.to)), scale.left + scale.width)
    if (right - left < 1) continue
    context.fillStyle = ink.line
    context.fillRect(left, rows.phases - 7, 1, rows.bottom)
    const label = words.line.phase[value] ?? value
    if (right - left < context.measureText(label).width + 8) continue
    context.fillStyle = ink.text3
    context.fillText(label, Math.max(left, scale.left) + 4, rows.phases)
  }
}

function drawCuts(
  context: CanvasRenderingContext2D,
  story: Story,
  scale: Scale,
  rows: Rows,
  ink: Ink,
): void {
  context.font = `11px ${ink.sans}`
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  for (const { from, to, value, level } of story.cuts) {
    const left = Math.max(toX(scale, from), scale.left - 8)
    const right = Math.min(toX(scale, to), scale.left + scale.width + 8)
    const y = rows.cuts[level]
    if (y === undefined || right < scale.left || left > scale.left + scale.width) continue
    const width = Math.max(3, right - left)
    context.fillStyle = ink.raised
    context.strokeStyle = ink.control
    context.lineWidth = 1
    context.beginPath()
    context.roundRect(left + 0.5, y - cutHeight / 2 + 1.5, width - 1, cutHeight - 3, 3)
    context.fill()
    context.stroke()
    const label = words.line.cuts(value.map(([a, b]) => `${a} → ${b}`))
    const begin = Math.max(left, scale.left)
    if (right - begin < context.measureText(label).width + 10) continue
    context.fillStyle = ink.text2
    context.fillText(label, begin + 5, y + 0.5)
  }
}

const thickness = { follower: 2, observer: 1.5, candidate: 4, leader: 7 } as const

/** A lane is thick where the node led, thin where it followed, dotted where it was down. */
function drawRole(
  context: CanvasRenderingContext2D,
  { from, to, value }: Span<Role>,
  scale: Scale,
  y: number,
  ink: Ink,
): void {
  const left = Math.max(scale.left, toX(scale, from))
  const right = Math.min(scale.left + scale.width, toX(scale, Math.min(to, scale.to)))
  if (right <= left) return
  const down = value.life === 'down'
  context.strokeStyle = down ? ink.text3 : epochColour(ink, value.epoch)
  context.lineWidth = down ? 1 : thickness[value.shape ?? 'follower']
  if (down) context.setLineDash([2, 4])
  if (value.life === 'paused') context.setLineDash([8, 4])
  context.beginPath()
  context.moveTo(left, y)
  context.lineTo(right, y)
  context.stroke()
  context.setLineDash([])
  if (down && toX(scale, from) >= scale.left) cross(context, toX(scale, from), y, ink)
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, ink: Ink): void {
  context.strokeStyle = ink.text
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(x - 3.5, y - 3.5)
  context.lineTo(x + 3.5, y + 3.5)
  context.moveTo(x + 3.5, y - 3.5)
  context.lineTo(x - 3.5, y + 3.5)
  context.stroke()
}

function drawNames(context: CanvasRenderingContext2D, rows: Rows, scale: Scale, ink: Ink): void {
  context.font = `11px ${ink.mono}`
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  context.fillStyle = ink.text2
  for (const [name, y] of rows.names) context.fillText(name, scale.left - 10, y)
}
