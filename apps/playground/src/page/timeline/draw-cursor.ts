import type { Ink } from '../stage/ink.ts'
import { type Scale, toX } from './scale.ts'

/** The cursor; what lies behind it has not happened yet. */
export function drawCursor(
  context: CanvasRenderingContext2D,
  scale: Scale,
  at: number,
  size: { readonly width: number; readonly height: number },
  ink: Ink,
): void {
  const { width, height } = size
  const right = scale.left + scale.width
  const x = Math.round(Math.max(scale.left, Math.min(right, toX(scale, at)))) + 0.5
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
