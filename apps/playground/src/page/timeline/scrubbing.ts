import type { Workshop } from '../app/workshop.ts'
import type { Flight } from '../run/flights.ts'
import { placeIn, type TipAt } from '../stage/tooltip.tsx'
import { words } from '../words.ts'
import { toTime } from './scale.ts'
import type { TimeWindow } from './time-window.ts'

const pageEvents = 100
/** Less is a click, not a drag. */
const dragPx = 3
const wheelPerFold = 400

/** What the time line is drawn on. */
export interface Surface {
  readonly window: TimeWindow
  /** The message whose line is at a place, where there are such. */
  lineAt?(x: number, y: number): Flight | undefined
}

/** What the pointer, the wheel and the keys do on the time line: scrub, zoom, pan, step. */
export class Scrubbing {
  readonly #workshop: Workshop
  readonly #surface: Surface
  readonly #tell: (said: TipAt | undefined) => void
  #dragging = false
  #dragged = 0

  constructor(workshop: Workshop, surface: Surface, tell: (said: TipAt | undefined) => void) {
    this.#workshop = workshop
    this.#surface = surface
    this.#tell = tell
  }

  begin(event: PointerEvent): void {
    if (event.button !== 0) return
    const surface = event.currentTarget as HTMLElement
    surface.setPointerCapture(event.pointerId)
    this.#dragging = true
    this.#dragged = 0
    const { x, y } = placeIn(event)
    const flight = this.#surface.lineAt?.(x, y)
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
    const flight = this.#surface.lineAt?.(x, y)
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
    const { window } = this.#surface
    const { scale } = window
    const sideways = event.shiftKey ? event.deltaX + event.deltaY : event.deltaX
    if (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY))
      window.pan((sideways / scale.width) * (scale.to - scale.from))
    else window.zoom(Math.exp(-event.deltaY / wheelPerFold), toTime(scale, placeIn(event).x))
    this.#workshop.frames.request()
  }

  pressed(event: KeyboardEvent): void {
    const { player } = this.#workshop
    const keys: Record<string, () => void> = {
      ArrowLeft: () => player.step(-1),
      ArrowDown: () => player.step(-1),
      ArrowRight: () => player.step(1),
      ArrowUp: () => player.step(1),
      PageDown: () => player.step(-pageEvents),
      PageUp: () => player.step(pageEvents),
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
    this.#workshop.player.seek(toTime(this.#surface.window.scale, x))
  }
}

function tipOf(flight: Flight): TipAt['tip'] {
  return {
    heading: flight.name,
    lines: [words.tip.link(flight.from, flight.to), words.fate[flight.fate]],
  }
}
