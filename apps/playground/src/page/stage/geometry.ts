import type { NodeId } from '@lockstep/process'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where everything stands on a stage of some size, in CSS pixels. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly nodeRadius: number
  readonly nodes: ReadonlyMap<NodeId, Point>
  readonly clients: ReadonlyMap<NodeId, Point>
}

/** A slightly curved way from one place to another, by its control point. */
export interface Curve {
  readonly from: Point
  readonly control: Point
  readonly to: Point
}

const ringMax = 9
const clientRadius = 14
/** Room around a node for its arc, its log bar and the rim. */
const nodeMargin = 40
/** A ring may be this much wider than it is high. */
const stretch = 1.3

/** Nodes on a ring, or on a grid when there are more than nine; clients left and right of them. */
export function layOut(
  width: number,
  height: number,
  nodes: readonly NodeId[],
  clients: readonly NodeId[],
): Layout {
  const centre = { x: width / 2, y: height / 2 - 4 }
  const isRing = nodes.length <= ringMax
  const wanted = isRing ? Math.max(32, Math.min(50, height / 11)) : 30
  const rimX = width / 2 - 44
  const radiusY = Math.max(wanted * 1.6, height / 2 - wanted - nodeMargin)
  const radiusX = Math.max(wanted * 1.6, Math.min(radiusY * stretch, rimX - wanted - 56))
  const apart = 2 * Math.min(radiusX, radiusY) * Math.sin(Math.PI / Math.max(2, nodes.length))
  const nodeRadius = isRing ? Math.max(22, Math.min(wanted, apart / 2 - 24)) : wanted
  return {
    width,
    height,
    nodeRadius,
    nodes: isRing
      ? ring(nodes, centre, Math.min(radiusY, radiusX), radiusX)
      : grid(nodes, centre, nodeRadius),
    clients: rim(clients, centre, rimX, height / 2 - 40),
  }
}

function ring(
  ids: readonly NodeId[],
  centre: Point,
  radiusY: number,
  radiusX: number,
): Map<NodeId, Point> {
  const places = new Map<NodeId, Point>()
  const alone = ids.length === 1
  ids.forEach((id, i) => {
    const angle = (2 * Math.PI * i) / ids.length - Math.PI / 2
    places.set(id, {
      x: centre.x + (alone ? 0 : radiusX * Math.cos(angle)),
      y: centre.y + (alone ? 0 : radiusY * Math.sin(angle)),
    })
  })
  return places
}

function grid(ids: readonly NodeId[], centre: Point, radius: number): Map<NodeId, Point> {
  const columns = Math.ceil(Math.sqrt(ids.length * 1.5))
  const rows = Math.ceil(ids.length / columns)
  const gap = radius * 3.4
  const places = new Map<NodeId, Point>()
  ids.forEach((id, i) => {
    const row = Math.floor(i / columns)
    const column = i % columns
    places.set(id, {
      x: centre.x + (column - (columns - 1) / 2) * gap,
      y: centre.y + (row - (rows - 1) / 2) * gap,
    })
  })
  return places
}

/** Clients in two arcs, the first half on the right. */
function rim(
  ids: readonly NodeId[],
  centre: Point,
  radiusX: number,
  radiusY: number,
): Map<NodeId, Point> {
  const places = new Map<NodeId, Point>()
  const right = Math.ceil(ids.length / 2)
  ids.forEach((id, i) => {
    const onRight = i < right
    const side = onRight ? right : ids.length - right
    const place = onRight ? i : i - right
    const spread = Math.min(1.1, 0.28 * (side - 1))
    const angle = side === 1 ? 0 : (place / (side - 1) - 0.5) * 2 * spread
    places.set(id, {
      x: centre.x + (onRight ? 1 : -1) * radiusX * Math.cos(angle * 0.6),
      y: centre.y + radiusY * Math.sin(angle),
    })
  })
  return places
}

/** The way of messages from one participant to another; the way back bows to the other side. */
export function wayBetween(layout: Layout, from: NodeId, to: NodeId): Curve | undefined {
  const a = layout.nodes.get(from) ?? layout.clients.get(from)
  const b = layout.nodes.get(to) ?? layout.clients.get(to)
  if (a === undefined || b === undefined || from === to) return undefined
  const dx = b.x - a.x
  const dy = b.y - a.y
  const distance = Math.hypot(dx, dy) || 1
  const bow = Math.min(34, distance * 0.09)
  const control = {
    x: (a.x + b.x) / 2 - (dy / distance) * bow,
    y: (a.y + b.y) / 2 + (dx / distance) * bow,
  }
  const startGap = (layout.nodes.has(from) ? layout.nodeRadius + 12 : clientRadius) / distance
  const endGap = (layout.nodes.has(to) ? layout.nodeRadius + 12 : clientRadius) / distance
  return cutCurve({ from: a, control, to: b }, startGap, 1 - endGap)
}

/** The point at a share of the way, from 0 to 1. */
export function pointOn({ from, control, to }: Curve, share: number): Point {
  const rest = 1 - share
  return {
    x: rest * rest * from.x + 2 * rest * share * control.x + share * share * to.x,
    y: rest * rest * from.y + 2 * rest * share * control.y + share * share * to.y,
  }
}

/** The direction of travel at a share of the way, in radians. */
export function headingOn({ from, control, to }: Curve, share: number): number {
  const dx = (1 - share) * (control.x - from.x) + share * (to.x - control.x)
  const dy = (1 - share) * (control.y - from.y) + share * (to.y - control.y)
  return Math.atan2(dy, dx)
}

/** The part of a curve between two shares of it. */
export function cutCurve(curve: Curve, begin: number, end: number): Curve {
  const from = pointOn(curve, begin)
  const to = pointOn(curve, end)
  const part = end - begin
  const heading = {
    x: (1 - begin) * (curve.control.x - curve.from.x) + begin * (curve.to.x - curve.control.x),
    y: (1 - begin) * (curve.control.y - curve.from.y) + begin * (curve.to.y - curve.control.y),
  }
  return { from, control: { x: from.x + heading.x * part, y: from.y + heading.y * part }, to }
}

/** How far a point is from a curve, in pixels: good to a pixel or two. */
export function distanceTo(curve: Curve, point: Point): number {
  const pieces = 16
  let nearest = Number.POSITIVE_INFINITY
  let before = curve.from
  for (let i = 1; i <= pieces; i++) {
    const here = pointOn(curve, i / pieces)
    nearest = Math.min(nearest, distanceToSegment(point, before, here))
    before = here
  }
  return nearest
}

function distanceToSegment(point: Point, a: Point, b: Point): number {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const length = dx * dx + dy * dy || 1
  const share = Math.max(0, Math.min(1, ((point.x - a.x) * dx + (point.y - a.y) * dy) / length))
  return Math.hypot(point.x - a.x - share * dx, point.y - a.y - share * dy)
}
