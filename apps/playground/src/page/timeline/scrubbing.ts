import type { Workshop } from '../app/workshop.ts'
import type { Flight } from '../run/flights.ts'
import { placeIn, type TipAt } from '../stage/tooltip.tsx'
import { words } from '../words.ts'
import type { Chart } from './chart.ts'
import { toTime } from './scale.ts'

const pageEvents = 100
/** Less is a click, not a drag. */
const dragPx = 3
const wheelPerFold = 400

/** What the pointer, the wheel and the keys do on the time line: scrub, zoom, pan, step. */
export class Scrubbing {
  readonly #workshop: Workshop
  readonly #chart: Chart
  readonly #tell: (said: TipAt | undefined) => void
  #dragging = false
  #dragged = 0

  constructor(workshop: Workshop, chart: Chart, tell: (said: TipAt | undefined) => void) {
    this.#workshop = workshop
    this.#chart = chart
    this.#tell = tell
  }

  begin(event: PointerEvent): void {
    if (event.button !== 0) return
    const surface = event.currentTarget as HTMLElement
    surface.setPointerCapture(event.pointerId)
    this.#dragging = true
    this.#dragged = 0
    const { x, y } = placeIn(event)
    const flight = this.#chart.lineAt(x, y)
    if (flight !== undefined) this.#workshop.select({ kind: 'message', row: flight.row })
    if (this.#workshop.run()?.opening.world === 'live') this.#workshop.player.pause()
    this.#scrub(x)
  }

  moved(event: PointerEvent): void {
    const { x, y, width, height } = placeIn(event)
    if (this.#dragging) {
      this.#dragged += Math.abs(event.movementX)
      if (this.#dragged >= dragPx) this.#scrub(x)
      return
    }
    const flight = this.#chart.lineAt(x, y)
    this.#tell(flight && { tip: tipOf(flight), at: { x, y }, width, height })
  }

  left(): void {
    this.#tell(undefined)
  }

  end(): void {
    this.#dragging = false
  }

  /** Up and down zooms around the pointer; sideways, or with Shift, pans. */
  wheeled(event: WheelEvent): void {
    event.preventDefault()
    const { scale } = this.#chart
    const sideways = event.shiftKey ? event.deltaX + event.deltaY : event.deltaX
    if (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY))
      this.#chart.pan((sideways / scale.width) * (scale.to - scale.from))
    else this.#chart.zoom(Math.exp(-event.deltaY / wheelPerFold), toTime(scale, placeIn(event).x))
    this.#workshop.frames.request()
  }

  pressed(event: KeyboardEvent): void {
    const { player } = this.#workshop
    const keys: Record<string, () => void> = {
      ArrowLeft: () => this.#step(-1),
      ArrowDown: () => this.#step(-1),
      ArrowRight: () => this.#step(1),
      ArrowUp: () => this.#step(1),
      PageDown: () => this.#step(-pageEvents),
      PageUp: () => this.#step(pageEvents),
      Home: () => player.seek(0),
      End: () => player.seek(Number.POSITIVE_INFINITY),
    }
    const act = keys[event.key]
    if (act === undefined || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  #scrub(x: number): void {
    this.#workshop.player.seek(toTime(this.#chart.scale, x))
  }

  #step(events: number): void {
    const run = this.#workshop.run()
    if (run === undefined) return
    const { player } = this.#workshop
    let { row } = player.moment
    for (let i = 0; i < Math.abs(events); i++) row = run.eventFrom(row, events > 0 ? 1 : -1)
    player.pause()
    player.seekRow(row)
  }
}

function tipOf(flight: Flight): TipAt['tip'] {
  return {
    heading: flight.name,
    lines: [words.tip.link(flight.from, flight.to), words.fate[flight.fate]],
  }
}
