import type { Moment } from '../app/player.ts'
import type { Flight } from '../run/flights.ts'
import type { Run } from '../run/run.ts'
import { fitCanvas } from '../stage/canvas.ts'
import { type Ink, readInk } from '../stage/ink.ts'
import { drawLines, type Line, lineAt, linesIn } from './draw-messages.ts'
import { drawStory } from './draw-story.ts'
import { rowsOf, type Story, storyOf } from './lanes.ts'
import { drawCursor } from './draw-cursor.ts'
import { TimeWindow } from './time-window.ts'

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
  readonly window: TimeWindow = new TimeWindow()
  readonly #still: HTMLCanvasElement = document.createElement('canvas')
  #ink: Ink = readInk()
  #stillKey = ''
  #storyKey = ''
  #story: Story | undefined
  #lines: readonly Line[] = []

  recolour(): void {
    this.#ink = readInk()
    this.#stillKey = ''
  }

  lineAt(x: number, y: number): Flight | undefined {
    return lineAt(this.#lines, x, y)
  }

  draw(canvas: HTMLCanvasElement, input: ChartInput): void {
    const context = fitCanvas(canvas)
    if (context === undefined) return
    const { clientWidth: width, clientHeight: height } = canvas
    this.window.setEnd(input.end)
    if (input.run.opening.world === 'live') this.window.showLast(liveWindow)
    this.window.follow(input.moment.at)
    const scale = this.window.place(gutterPx, width - gutterPx - marginPx)
    this.#drawStill(input, width, height, canvas)
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.drawImage(this.#still, 0, 0)
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    drawCursor(context, scale, input.moment.at, { width, height }, this.#ink)
  }

  #drawStill(input: ChartInput, width: number, height: number, canvas: HTMLCanvasElement): void {
    const { run, revision, messages, pinned } = input
    const { scale } = this.window
    const { from, to } = scale
    const key = [revision, from, to, width, height, devicePixelRatio, messages, pinned].join()
    if (key === this.#stillKey) return
    this.#stillKey = key
    if (this.#storyKey !== String(revision)) {
      this.#storyKey = String(revision)
      this.#story = storyOf(run)
    }
    if (this.#story === undefined) return
    const rows = rowsOf(height, run.everyNode, messages ? this.#story.clients : [], this.#story)
    this.#still.width = canvas.width
    this.#still.height = canvas.height
    const context = this.#still.getContext('2d')
    if (context === null) return
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    drawStory(context, this.#story, scale, rows, this.#ink)
    this.#lines = messages ? linesIn(run, scale, rows) : []
    context.save()
    context.beginPath()
    context.rect(scale.left, 0, scale.width, height)
    context.clip()
    drawLines(context, this.#lines, this.#ink, pinned)
    context.restore()
  }
}
