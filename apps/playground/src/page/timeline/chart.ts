import type { Moment } from '../app/player.ts'
import type { Flight } from '../run/flights.ts'
import type { Run } from '../run/run.ts'
import { fitCanvas } from '../stage/canvas.ts'
import { type Ink, readInk } from '../stage/ink.ts'
import { drawLines, type Line, lineAt, linesIn } from './draw-messages.ts'
import { drawStory } from './draw-story.ts'
import { rowsOf, type Story, storyOf } from './lanes.ts'
import { type Scale, toX, within, zoomed } from './scale.ts'

const gutterPx = 58
const marginPx = 16
const liveWindow = 10_000_000

/** What the chart is drawn from. */
export interface ChartInput {
  readonly run: Run
  /** Changes whenever the run does. */
  readonly revision: number
  readonly moment: Moment
  /** The end of the run, or where it is expected, in microseconds. */
  readonly end: number
  readonly messages: boolean
  readonly pinned: number | undefined
}

/** The time line's canvas: a window on the run, drawn anew only when something but the cursor changed. */
export class Chart {
  scale: Scale = { from: 0, to: 1, left: 0, width: 1 }
  readonly #still: HTMLCanvasElement = document.createElement('canvas')
  #ink: Ink = readInk()
  /** `undefined` shows the whole run. */
  #window: readonly [from: number, to: number] | undefined
  #end = 1
  #cursor = 0
  #stillKey = ''
  #storyKey = ''
  #story: Story | undefined
  #lines: readonly Line[] = []

  recolour(): void {
    this.#ink = readInk()
    this.#stillKey = ''
  }

  zoom(factor: number, around: number): void {
    const next = zoomed(this.#window ?? [0, this.#end], factor, around, this.#end)
    this.#window = next[1] - next[0] >= this.#end ? undefined : next
  }

  pan(by: number): void {
    const [from, to] = this.#window ?? [0, this.#end]
    if (this.#window !== undefined) this.#window = within(from + by, to - from, this.#end)
  }

  fit(): void {
    this.#window = undefined
  }

  lineAt(x: number, y: number): Flight | undefined {
    return lineAt(this.#lines, x, y)
  }

  draw(canvas: HTMLCanvasElement, input: ChartInput): void {
    const context = fitCanvas(canvas)
    if (context === undefined) return
    const { clientWidth: width, clientHeight: height } = canvas
    this.#end = Math.max(1, input.end)
    this.#keepInView(input)
    const [from, to] = this.#window ?? [0, this.#end]
    this.scale = { from, to, left: gutterPx, width: Math.max(1, width - gutterPx - marginPx) }
    this.#drawStill(input, width, height, canvas)
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.drawImage(this.#still, 0, 0)
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    this.#drawCursor(context, input.moment.at, width, height)
  }

  /** A zoomed window moves along when the cursor would leave it. */
  #keepInView({ moment, run }: ChartInput): void {
    if (run.opening.world === 'live' && this.#window === undefined && this.#end > liveWindow)
      this.#window = [this.#end - liveWindow, this.#end]
    const moved = moment.at !== this.#cursor
    this.#cursor = moment.at
    if (this.#window === undefined || !moved) return
    const [from, to] = this.#window
    const span = to - from
    if (moment.at > to - span * 0.05) this.#window = within(moment.at - span * 0.8, span, this.#end)
    else if (moment.at < from) this.#window = within(moment.at - span * 0.2, span, this.#end)
  }

  #drawStill(input: ChartInput, width: number, height: number, canvas: HTMLCanvasElement): void {
    const { run, revision, messages, pinned } = input
    const { from, to } = this.scale
    const key = [revision, from, to, width, height, devicePixelRatio, messages, pinned].join()
    if (key === this.#stillKey) return
    this.#stillKey = key
    if (this.#storyKey !== String(revision)) {
      this.#storyKey = String(revision)
      this.#story = storyOf(run)
    }
    if (this.#story === undefined) return
    const { nodes } = run.opening
    const rows = rowsOf(height, nodes, messages ? this.#story.clients : [], this.#story)
    this.#still.width = canvas.width
    this.#still.height = canvas.height
    const context = this.#still.getContext('2d')
    if (context === null) return
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    drawStory(context, this.#story, this.scale, rows, this.#ink)
    this.#lines = messages ? linesIn(run, this.scale, rows) : []
    context.save()
    context.beginPath()
    context.rect(this.scale.left, 0, this.scale.width, height)
    context.clip()
    drawLines(context, this.#lines, this.#ink, pinned)
    context.restore()
  }

  /** The cursor; what lies behind it has not happened yet. */
  #drawCursor(context: CanvasRenderingContext2D, at: number, width: number, height: number): void {
    const ink = this.#ink
    const right = this.scale.left + this.scale.width
    const x = Math.round(Math.max(this.scale.left, Math.min(right, toX(this.scale, at)))) + 0.5
    context.globalAlpha = 0.5
    context.fillStyle = ink.ground
    context.fillRect(x, 0, width - x, height)
    context.globalAlpha = 1
    context.strokeStyle = ink.text
    context.lineWidth = 1
    context.beginPath()
    context.moveTo(x, 0)
    context.lineTo(x, height)
    context.stroke()
    context.fillStyle = ink.text
    context.beginPath()
    context.moveTo(x - 5, 0)
    context.lineTo(x + 5, 0)
    context.lineTo(x, 7)
    context.fill()
  }
}
