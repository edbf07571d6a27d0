import type { NodeId } from '@lockstep/process'
import type { Moment } from '../app/player.ts'
import type { Flight } from '../run/flights.ts'
import type { Run } from '../run/run.ts'
import { type Curve, headingOn, type Layout, type Point, pointOn, wayBetween } from './geometry.ts'

/** A message that can be seen. */
export interface Dot extends Point {
  readonly flight: Flight
  readonly heading: number
  /** 1 is whole; a lost message fades. */
  readonly alpha: number
  readonly lost: boolean
}

/** A link's way and its two ends. */
export interface Way {
  readonly from: NodeId
  readonly to: NodeId
  readonly curve: Curve
}

/** Where a message that will not arrive ends, as a share of its way. */
const lostAt = 0.5
const lostAtCut = 0.42
/** A message whose end nobody knows yet waits here. */
const openAt = 0.92

/** The ways between all participants of a layout, by both ends. */
export class Ways {
  readonly #layout: Layout
  readonly #known: Map<string, Curve | undefined> = new Map()

  constructor(layout: Layout) {
    this.#layout = layout
  }

  of(from: NodeId, to: NodeId): Curve | undefined {
    const key = `${from}>${to}`
    if (!this.#known.has(key)) this.#known.set(key, wayBetween(this.#layout, from, to))
    return this.#known.get(key)
  }

  /** Every way from one node to another. */
  betweenNodes(): readonly Way[] {
    const ways: Way[] = []
    for (const from of this.#layout.nodes.keys())
      for (const to of this.#layout.nodes.keys()) {
        const curve = this.of(from, to)
        if (curve !== undefined) ways.push({ from, to, curve })
      }
    return ways
  }
}

/** The messages that can be seen at a moment, and where. */
export function dotsAt(run: Run, moment: Moment, ways: Ways): readonly Dot[] {
  const dots: Dot[] = []
  const typical = run.flights.typicalDelay
  run.flights.inFlight(moment.row, (flight) => {
    const dot = flying(flight, moment.at, ways, typical)
    if (dot !== undefined) dots.push(dot)
  })
  run.flights.lostUpTo(moment.row, (flight) => {
    const gone = moment.at - flight.endAt
    if (gone > typical * 1.5) return false
    const dot = lost(flight, moment.at, ways, typical)
    if (dot !== undefined) dots.push(dot)
    return true
  })
  return dots
}

function place(
  flight: Flight,
  ways: Ways,
  share: number,
  alpha: number,
  isLost: boolean,
): Dot | undefined {
  const curve = ways.of(flight.from, flight.to)
  if (curve === undefined) return undefined
  return {
    ...pointOn(curve, share),
    heading: headingOn(curve, share),
    flight,
    alpha,
    lost: isLost,
  }
}

/** How far along its way a message ends. */
function reach(flight: Flight): number {
  if (flight.fate === 'loss') return lostAt
  if (flight.fate === 'cut') return lostAtCut
  return 1
}

function flying(flight: Flight, at: number, ways: Ways, typical: number): Dot | undefined {
  const known = Number.isFinite(flight.endAt)
  const span = known ? flight.endAt - flight.sentAt : typical
  const share = span <= 0 ? 0 : Math.min(1, (at - flight.sentAt) / span)
  return place(flight, ways, share * (known ? reach(flight) : openAt), 1, false)
}

/** A message that was lost as it was sent still leaves its sender, so that people see the loss. */
function lost(flight: Flight, at: number, ways: Ways, typical: number): Dot | undefined {
  const lifetime = flight.endAt - flight.sentAt
  const gone = at - flight.endAt
  const leaving = lifetime >= typical * 0.2 ? 0 : typical * 0.5
  if (gone < leaving) return place(flight, ways, (gone / leaving) * reach(flight), 1, false)
  const fade = (gone - leaving) / (typical * 1.5 - leaving)
  return place(flight, ways, reach(flight), 1 - fade * 0.8, true)
}
