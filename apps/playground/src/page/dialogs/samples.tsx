import type { Glyph, Summary } from '@lockstep/sim'
import { type JSX, onMount } from 'solid-js'
import { fitCanvas } from '../stage/canvas.ts'
import { drawNode, type NodeLook } from '../stage/draw-nodes.ts'
import { traceGlyph } from '../stage/glyphs.ts'
import { epochColour, readInk } from '../stage/ink.ts'

const size = { width: 44, height: 44 }

/** A role as the stage draws it, small. */
export function ShapeSample(props: { shape: Summary['shape'] | 'down' | 'paused' }): JSX.Element {
  return (
    <Sample
      draw={(context) => {
        const { shape } = props
        const down = shape === 'down'
        const look: NodeLook = {
          id: '',
          life: down ? 'down' : shape === 'paused' ? 'paused' : 'up',
          summary: {
            shape: shape === 'down' || shape === 'paused' ? 'follower' : shape,
            role: '',
            epoch: 2,
            ...(shape === 'candidate' ? { votes: { granted: ['a', 'b'], needed: 3 } } : {}),
          },
          timerLeft: undefined,
          unsynced: 0,
          clockOffset: 0,
        }
        drawNode(
          context,
          look,
          {
            ...size,
            nodeRadius: 16,
            nodes: new Map([['', { x: size.width / 2, y: size.height / 2 }]]),
            clients: new Map(),
          },
          readInk(),
          { pinned: false, hovered: false, bare: true },
        )
      }}
    />
  )
}

/** A message of a family, as the stage draws it. */
export function GlyphSample(props: { family: Glyph['family'] }): JSX.Element {
  return (
    <Sample
      draw={(context) => {
        context.fillStyle = epochColour(readInk(), 2)
        context.beginPath()
        traceGlyph(context, props.family, size.width / 2, size.height / 2, 0, 7)
        context.fill()
      }}
    />
  )
}

function Sample(props: { draw: (context: CanvasRenderingContext2D) => void }): JSX.Element {
  let canvas!: HTMLCanvasElement
  onMount(() => {
    const context = fitCanvas(canvas)
    if (context !== undefined) props.draw(context)
  })
  return (
    <canvas
      ref={(element) => {
        canvas = element
      }}
      aria-hidden="true"
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
    />
  )
}
