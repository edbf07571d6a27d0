import { createSignal, type JSX, onMount } from 'solid-js'
import { useApp } from '../app/context.ts'
import type { Flight } from '../run/flights.ts'
import type { Point } from '../stage/geometry.ts'
import { words } from '../words.ts'
import type { Chart } from './chart.ts'
import { toTime } from './scale.ts'

const page = 100
const clickPx = 3

/** The surface of the time line: drag to scrub, wheel to zoom, arrow keys to step. */
export function Scrubber(props: {
  chart: () => Chart | undefined
  end: () => number
  hover: (flight: Flight | undefined, at: Point) => void
  zoom: (factor: number, around: number) => void
}): JSX.Element {
  const { workshop } = useApp()
  const { player, frames } = workshop
  const [dragging, setDragging] = createSignal(false)
  let moved = 0
  const placeOf = (event: MouseEvent): Point => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
  const scrub = (x: number): void => {
    const chart = props.chart()
    if (chart !== undefined) player.seek(toTime(chart.scale, x))
  }
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    const surface = event.currentTarget as HTMLElement
    surface.setPointerCapture(event.pointerId)
    moved = 0
    setDragging(true)
    const { x, y } = placeOf(event)
    const flight = props.chart()?.lineAt(x, y)
    if (flight !== undefined) workshop.select({ kind: 'message', row: flight.row })
    if (workshop.run()?.opening.world === 'live') player.pause()
    scrub(x)
  }
  const onPointerMove = (event: PointerEvent): void => {
    const at = placeOf(event)
    if (dragging()) {
      moved += Math.abs(event.movementX)
      if (moved >= clickPx) scrub(at.x)
    } else props.hover(props.chart()?.lineAt(at.x, at.y), at)
  }
  const onWheel = (event: WheelEvent): void => {
    const chart = props.chart()
    if (chart === undefined) return
    event.preventDefault()
    const span = chart.scale.to - chart.scale.from
    const sideways = event.shiftKey ? event.deltaY : event.deltaX
    if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
      chart.pan((sideways / chart.scale.width) * span)
      frames.request()
    } else props.zoom(Math.exp(-event.deltaY / 400), toTime(chart.scale, placeOf(event).x))
  }
  const stepBy = (events: number): void => {
    const run = workshop.run()
    if (run === undefined) return
    let { row } = player.moment
    for (let i = 0; i < Math.abs(events); i++) row = run.eventFrom(row, events > 0 ? 1 : -1)
    player.pause()
    player.seekRow(row)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const keys: Record<string, () => void> = {
      ArrowLeft: () => stepBy(-1),
      ArrowDown: () => stepBy(-1),
      ArrowRight: () => stepBy(1),
      ArrowUp: () => stepBy(1),
      PageDown: () => stepBy(-page),
      PageUp: () => stepBy(page),
      Home: () => player.seek(0),
      End: () => player.seek(Number.POSITIVE_INFINITY),
    }
    const act = keys[event.key]
    if (act === undefined || event.shiftKey) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  let surface!: HTMLDivElement
  onMount(() => surface.addEventListener('wheel', onWheel, { passive: false }))
  return (
    <div
      ref={surface}
      class="scrubber"
      role="slider"
      tabindex="0"
      data-testid="scrubber"
      aria-label={words.line.scrubber}
      aria-valuemin={0}
      aria-valuemax={Math.round(props.end())}
      aria-valuenow={Math.round(player.shown().at)}
      aria-valuetext={words.line.valueText(player.shown().at, props.end())}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerLeave={() => props.hover(undefined, { x: 0, y: 0 })}
      onLostPointerCapture={() => setDragging(false)}
      onKeyDown={onKeyDown}
    />
  )
}
