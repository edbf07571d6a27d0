import type { Activation } from '@lockstep/patterns/lab'
import type { Moment } from '../app/player.ts'
import { fitCanvas } from '../stage/canvas.ts'
import { type Ink, readInk } from '../stage/ink.ts'
import { callLanes } from './call-lanes.ts'
import { drawCursor } from '../timeline/draw-cursor.ts'
import { type Scale, toX } from '../timeline/scale.ts'
import { TimeWindow } from '../timeline/time-window.ts'
import type { TracedRun } from './traced-run.ts'

const marginPx = 16
const scenesPx = 24
const barMaxPx = 24
const apartPx = 3

/** The time line of a traced run: calls as bars, each on top of those that it makes. */
export class CallChart {
  readonly window: TimeWindow = new TimeWindow()
  #ink: Ink = readInk()

  recolour(): void {
    this.#ink = readInk()
  }

  draw(canvas: HTMLCanvasElement, run: TracedRun, moment: Moment): void {
    const context = fitCanvas(canvas)
    if (context === undefined) return
    const { clientWidth: width, clientHeight: height } = canvas
    this.window.setEnd(run.end)
    this.window.follow(moment.at)
    const scale = this.window.place(marginPx, width - 2 * marginPx)
    context.save()
    context.beginPath()
    context.rect(0, 0, width, height)
    context.clip()
    this.#drawScenes(context, run, scale, height)
    const lanes = callLanes(run.diagram)
    const room = height - scenesPx - marginPx / 2
    const pitch = Math.min(barMaxPx, room / Math.max(1, ...lanes.map((lane) => lane + 1)))
    for (const [i, activation] of run.diagram.activations.entries()) {
      const y = scenesPx + (lanes[i] ?? 0) * pitch
      this.#drawBar(context, run, activation, scale, { y, pitch }, moment.row)
    }
    context.restore()
    drawCursor(context, scale, moment.at, { width, height }, this.#ink)
  }

  #drawScenes(
    context: CanvasRenderingContext2D,
    run: TracedRun,
    scale: Scale,
    height: number,
  ): void {
    context.font = `11px ${this.#ink.sans}`
    context.textBaseline = 'middle'
    for (const row of run.scenes) {
      const step = run.diagram.steps[row]
      const x = Math.round(toX(scale, run.timeOf(row - 1)))
      context.fillStyle = this.#ink.line
      context.fillRect(x, 0, 1, height)
      context.fillStyle = this.#ink.text3
      if (step?.type === 'scene') context.fillText(step.title, x + 6, scenesPx / 2 + 1)
    }
  }

  #drawBar(
    context: CanvasRenderingContext2D,
    run: TracedRun,
    activation: Activation,
    scale: Scale,
    { y, pitch }: { readonly y: number; readonly pitch: number },
    now: number,
  ): void {
    const ink = this.#ink
    const { participant, from, to } = activation
    const x = toX(scale, run.timeOf(from - 1)) + 1
    const width = toX(scale, run.timeOf(to)) - x - 1
    const height = Math.max(2, pitch - apartPx)
    const current = from <= now && now <= to
    context.fillStyle = current ? ink.raised : ink.panel
    context.strokeStyle = current ? ink.text2 : ink.control
    context.lineWidth = 1
    context.beginPath()
    context.roundRect(x + 0.5, Math.round(y) + 0.5, Math.max(1, width - 1), height - 1, 2.5)
    context.fill()
    context.stroke()
    if (height < 11) return
    context.font = `11px ${ink.mono}`
    context.fillStyle = current ? ink.text : ink.text2
    if (context.measureText(participant).width + 10 <= width)
      context.fillText(participant, x + 6, y + height / 2 + 0.5)
  }
}
