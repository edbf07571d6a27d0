import type { Glyph } from '@lockstep/sim'

/** Adds the outline of a message's glyph to the path: its family gives the shape, `heading` where it points. */
export function traceGlyph(
  context: CanvasRenderingContext2D | Path2D,
  family: Glyph['family'],
  x: number,
  y: number,
  heading: number,
  size: number,
): void {
  switch (family) {
    case 'vote':
      polygon(context, x, y, heading, triangle, size * 1.25)
      break
    case 'append':
      polygon(context, x, y, heading, square, size)
      break
    case 'snapshot':
      polygon(context, x, y, heading, diamond, size * 1.3)
      break
    case 'client':
      polygon(context, x, y, heading, chevron, size * 1.15)
      break
    case 'heartbeat':
      disc(context, x, y, size * 0.68)
      break
    case 'other':
      disc(context, x, y, size * 0.9)
      break
  }
}

type Corners = readonly (readonly [x: number, y: number])[]

const triangle: Corners = [
  [1, 0],
  [-0.7, 0.85],
  [-0.7, -0.85],
]
const square: Corners = [
  [0.85, 0.85],
  [-0.85, 0.85],
  [-0.85, -0.85],
  [0.85, -0.85],
]
const diamond: Corners = [
  [1, 0],
  [0, 0.8],
  [-1, 0],
  [0, -0.8],
]
const chevron: Corners = [
  [1, 0],
  [-0.3, 0.95],
  [-0.95, 0.95],
  [0.25, 0],
  [-0.95, -0.95],
  [-0.3, -0.95],
]

function disc(context: CanvasRenderingContext2D | Path2D, x: number, y: number, r: number): void {
  context.moveTo(x + r, y)
  context.arc(x, y, r, 0, 2 * Math.PI)
}

function polygon(
  context: CanvasRenderingContext2D | Path2D,
  x: number,
  y: number,
  heading: number,
  corners: Corners,
  size: number,
): void {
  const cos = Math.cos(heading) * size
  const sin = Math.sin(heading) * size
  corners.forEach(([u, v], i) => {
    const px = x + u * cos - v * sin
    const py = y + u * sin + v * cos
    if (i === 0) context.moveTo(px, py)
    else context.lineTo(px, py)
  })
  context.closePath()
}
