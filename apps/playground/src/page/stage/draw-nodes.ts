import type { NodeId } from '@lockstep/process'
import type { Summary } from '@lockstep/sim'
import type { Moment } from '../app/player.ts'
import type { Run } from '../run/run.ts'
import type { Life } from '../run/states.ts'
import { words } from '../words.ts'
import type { Layout, Point } from './geometry.ts'
import { epochColour, type Ink } from './ink.ts'

/** What is drawn of a node, read from the run at one moment. */
export interface NodeLook {
  readonly id: NodeId
  readonly life: Life
  readonly summary: Summary | undefined
  /** The share of the drawn timer that is left, if it is set. */
  readonly timerLeft: number | undefined
  readonly unsynced: number
  /** Microseconds; 0 is true time. */
  readonly clockOffset: number
}

/** A smaller node leaves its term to its colour. */
const roomyPx = 40
/** A clock that is off by less is not worth a sign. */
const clockOffShown = 1000

/** Reads what the stage shows of a node. */
export function lookAt(run: Run, id: NodeId, moment: Moment): NodeLook {
  const { row, at } = moment
  const life = run.states.lives.after(id, row) ?? 'down'
  const summary = run.summaries.after(id, row)
  const timer =
    life === 'down' || summary?.timer === undefined
      ? undefined
      : run.states.timer(id, summary.timer, row)
  const span = timer === undefined ? 0 : timer.dueAt - timer.armedAt
  return {
    id,
    life,
    summary,
    timerLeft:
      timer === undefined || span <= 0
        ? undefined
        : Math.max(0, Math.min(1, (timer.dueAt - at) / span)),
    unsynced: run.states.unsynced.after(id, row) ?? 0,
    clockOffset: run.states.offsets.after(id, row) ?? 0,
  }
}

/** Draws one node: role by shape, term by colour; `bare` leaves its words out. */
export function drawNode(
  context: CanvasRenderingContext2D,
  look: NodeLook,
  layout: Layout,
  ink: Ink,
  stands: { readonly pinned: boolean; readonly hovered: boolean; readonly bare?: boolean },
): void {
  const at = layout.nodes.get(look.id)
  if (at === undefined) return
  const down = look.life === 'down'
  const r = radiusOf(look, layout)
  const colour = down ? ink.text3 : epochColour(ink, look.summary?.epoch)
  drawBody(context, look, at, r, colour, ink)
  if (stands.pinned || stands.hovered) {
    context.strokeStyle = stands.pinned ? ink.text : ink.text3
    context.lineWidth = stands.pinned ? 2 : 1
    disc(context, at, r + 13)
    context.stroke()
  }
  if (!down && look.timerLeft !== undefined) drawTimer(context, at, r + 8, look.timerLeft, ink)
  if (stands.bare !== true) drawLabels(context, look, at, r, ink)
  if (look.life === 'paused') drawPause(context, at, r, ink)
  if (look.summary?.log !== undefined) drawLog(context, look.summary.log, at, r, colour, ink, down)
  if (!down && look.unsynced > 0) drawDiskQueue(context, look.unsynced, at, r, ink)
  if (!down && Math.abs(look.clockOffset) >= clockOffShown)
    drawClock(context, look.clockOffset, at, r, ink)
}

function radiusOf(look: NodeLook, layout: Layout): number {
  return look.summary?.shape === 'observer' ? layout.nodeRadius * 0.78 : layout.nodeRadius
}

function disc(context: CanvasRenderingContext2D, { x, y }: Point, r: number): void {
  context.beginPath()
  context.arc(x, y, r, 0, 2 * Math.PI)
}

function drawBody(
  context: CanvasRenderingContext2D,
  look: NodeLook,
  at: Point,
  r: number,
  colour: string,
  ink: Ink,
): void {
  const down = look.life === 'down'
  disc(context, at, r)
  context.fillStyle = ink.panel
  context.fill()
  if (!down) {
    context.globalAlpha = look.summary?.shape === 'leader' ? 0.26 : 0.12
    context.fillStyle = colour
    context.fill()
    context.globalAlpha = 1
  }
  context.strokeStyle = colour
  context.lineWidth = down ? 1.5 : 2.5
  if (down) context.setLineDash([5, 5])
  context.stroke()
  context.setLineDash([])
  const shape = down ? undefined : look.summary?.shape
  if (shape === 'leader') {
    disc(context, at, r - 5.5)
    context.lineWidth = 2.5
    context.stroke()
  }
  if (shape === 'candidate') drawVotes(context, look, at, r, colour)
}

/** One dot for each vote that is needed: filled when it was granted. */
function drawVotes(
  context: CanvasRenderingContext2D,
  look: NodeLook,
  at: Point,
  r: number,
  colour: string,
): void {
  const votes = look.summary?.votes
  if (votes === undefined) return
  const places = Math.max(votes.needed, votes.granted.length)
  for (let i = 0; i < places; i++) {
    const x = at.x + (i - (places - 1) / 2) * Math.min(10, r * 0.4)
    context.beginPath()
    context.arc(x, at.y - r * 0.62, Math.min(3, r * 0.1), 0, 2 * Math.PI)
    context.fillStyle = colour
    context.strokeStyle = colour
    context.lineWidth = 1.5
    if (i < votes.granted.length) context.fill()
    context.stroke()
  }
}

function drawTimer(
  context: CanvasRenderingContext2D,
  at: Point,
  r: number,
  left: number,
  ink: Ink,
): void {
  context.lineWidth = 2
  context.strokeStyle = ink.faint
  disc(context, at, r)
  context.stroke()
  context.strokeStyle = ink.text3
  context.lineWidth = 2.5
  context.beginPath()
  context.arc(at.x, at.y, r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * left)
  context.stroke()
}

function drawLabels(
  context: CanvasRenderingContext2D,
  look: NodeLook,
  at: Point,
  r: number,
  ink: Ink,
): void {
  const { summary, life } = look
  const down = life === 'down'
  const roomy = r >= roomyPx
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillStyle = down ? ink.text2 : ink.text
  context.font = `600 16px ${ink.mono}`
  context.fillText(look.id, at.x, at.y - (roomy ? r * 0.26 : 4))
  context.font = `12px ${ink.sans}`
  context.fillStyle = ink.text2
  const role = down
    ? summary === undefined
      ? words.stage.starting
      : words.stage.state.down
    : (summary?.role ?? '')
  context.fillText(role, at.x, at.y + (roomy ? r * 0.13 : 10))
  if (down || summary === undefined || !roomy) return
  context.font = `12px ${ink.mono}`
  context.fillText(summary.note ?? words.stage.epochShort(summary.epoch), at.x, at.y + r * 0.47)
}

function drawPause(context: CanvasRenderingContext2D, at: Point, r: number, ink: Ink): void {
  const x = at.x + r * 0.74
  const y = at.y - r * 0.74
  disc(context, { x, y }, 10)
  context.fillStyle = ink.raised
  context.fill()
  context.strokeStyle = ink.text2
  context.lineWidth = 1
  context.stroke()
  context.fillStyle = ink.text
  context.fillRect(x - 4, y - 5, 3, 10)
  context.fillRect(x + 1, y - 5, 3, 10)
}

/** End, synced, commit and applied in one bar below the node: what is solid is committed. */
function drawLog(
  context: CanvasRenderingContext2D,
  log: NonNullable<Summary['log']>,
  at: Point,
  r: number,
  colour: string,
  ink: Ink,
  down: boolean,
): void {
  const width = r * 2
  const left = at.x - r
  const top = at.y + r + 15
  const window = Math.max(8, Math.ceil((log.end + 1) / 8) * 8)
  const x = (position: number): number => left + (width * Math.max(0, position)) / window
  context.fillStyle = ink.faint
  context.fillRect(left, top, width, 6)
  context.globalAlpha = down ? 0.4 : 1
  context.fillStyle = colour
  context.globalAlpha *= 0.4
  context.fillRect(left, top, x(log.end) - left, 6)
  context.globalAlpha = down ? 0.4 : 1
  context.fillRect(left, top, x(log.commit) - left, 6)
  context.fillStyle = ink.text
  context.fillRect(x(log.applied) - 1, top - 2, 2, 10)
  context.fillStyle = ink.text2
  context.fillRect(left, top + 8, x(Math.min(log.synced, log.end)) - left, 2)
  context.globalAlpha = 1
  context.font = `11px ${ink.mono}`
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillText(String(log.end), left + width + 5, top + 3)
}

/** A stack of sheets: writes that wait for their sync. */
function drawDiskQueue(
  context: CanvasRenderingContext2D,
  waiting: number,
  at: Point,
  r: number,
  ink: Ink,
): void {
  const sheetsMax = 5
  const x = at.x + r + 12
  const bottom = at.y + r * 0.62
  const sheets = Math.min(waiting, sheetsMax)
  for (let i = 0; i < sheets; i++) {
    context.fillStyle = ink.panel
    context.strokeStyle = ink.text2
    context.lineWidth = 1
    context.beginPath()
    context.roundRect(x + 0.5, Math.round(bottom - i * 5) + 0.5, 14, 4, 1)
    context.fill()
    context.stroke()
  }
  if (waiting <= sheetsMax) return
  context.font = `11px ${ink.mono}`
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  context.fillStyle = ink.text2
  context.fillText(String(waiting), x, bottom - sheets * 5 - 4)
}

/** A small clock face whose hand shows how far the clock is off: half a turn is a second or more. */
function drawClock(
  context: CanvasRenderingContext2D,
  offset: number,
  at: Point,
  r: number,
  ink: Ink,
): void {
  const centre = { x: at.x - r * 0.78, y: at.y - r * 0.78 }
  disc(context, centre, 9)
  context.fillStyle = ink.raised
  context.fill()
  context.strokeStyle = ink.text2
  context.lineWidth = 1
  context.stroke()
  const turn = Math.sign(offset) * Math.min(1, Math.sqrt(Math.abs(offset) / 1e6)) * Math.PI
  context.strokeStyle = ink.text
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(centre.x, centre.y)
  context.lineTo(centre.x + 6.5 * Math.sin(turn), centre.y - 6.5 * Math.cos(turn))
  context.stroke()
}
