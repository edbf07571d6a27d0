import type { NodeId } from '@lockstep/process'
import type { Moment } from '../app/player.ts'
import type { Selection } from '../app/selection.ts'
import type { Run } from '../run/run.ts'
import { drawDots } from './draw-dots.ts'
import { drawLinks } from './draw-links.ts'
import { drawNode, lookAt } from './draw-nodes.ts'
import { type Layout, layOut, type Point } from './geometry.ts'
import { fitCanvas } from './canvas.ts'
import { type Ink, readInk } from './ink.ts'
import { pick, type Target } from './pick.ts'
import { type Dot, dotsAt, Ways } from './scene.ts'

const crowdedPx = 34

/** The stage's canvas: draws a run at a moment, and tells what is under a point. */
export class Picture {
  hovered: Target = { kind: 'stage' }
  layout: Layout = layOut(0, 0, [], [])
  #ways: Ways = new Ways(this.layout)
  #ink: Ink = readInk()
  #dots: readonly Dot[] = []
  #who = ''

  /** Reads the theme's colours again. */
  recolour(): void {
    this.#ink = readInk()
  }

  /** Places everyone anew when the size or the participants after a row changed, and says whether it did. */
  arrange(run: Run, row: number, width: number, height: number): boolean {
    const { clients } = run.opening
    const nodes = run.nodesAt(row)
    const who = `${nodes.join()}|${clients.join()}`
    if (who === this.#who && width === this.layout.width && height === this.layout.height)
      return false
    this.#who = who
    this.layout = layOut(width, height, nodes, clients)
    this.#ways = new Ways(this.layout)
    return true
  }

  draw(
    canvas: HTMLCanvasElement,
    run: Run | undefined,
    moment: Moment,
    selection: Selection | undefined,
  ): void {
    const context = fitCanvas(canvas)
    if (context === undefined || run === undefined) return
    const ink = this.#ink
    const { hovered } = this
    this.#dots = dotsAt(run, moment, this.#ways)
    const link = hovered.kind === 'link' ? hovered.way : undefined
    drawLinks(context, run, moment.row, this.#ways, ink, link)
    this.#drawClients(context, hovered.kind === 'client' ? hovered.id : undefined)
    for (const id of this.layout.nodes.keys())
      drawNode(context, lookAt(run, id, moment), this.layout, ink, {
        pinned: selection?.kind === 'node' && selection.id === id,
        hovered: hovered.kind === 'node' && hovered.id === id,
      })
    drawDots(
      context,
      this.#dots,
      ink,
      selection?.kind === 'message' ? selection.row : undefined,
      hovered.kind === 'message' ? hovered.dot.flight.row : undefined,
    )
  }

  pick(point: Point): Target {
    return pick(point, this.layout, this.#dots, this.#ways)
  }

  /** Clients with their names, or as points where they stand too close for that. */
  #drawClients(context: CanvasRenderingContext2D, hovered: NodeId | undefined): void {
    const ink = this.#ink
    const { clients, height } = this.layout
    const crowded = clients.size * crowdedPx > 2 * height
    context.font = `12px ${ink.mono}`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    context.lineWidth = 1
    for (const [id, { x, y }] of clients) {
      const width = crowded ? 8 : Math.max(28, context.measureText(id).width + 12)
      const half = crowded ? 4 : 11
      context.beginPath()
      context.roundRect(x - width / 2, y - half, width, 2 * half, half / 2)
      context.fillStyle = ink.panel
      context.fill()
      context.strokeStyle = hovered === id ? ink.text2 : ink.control
      context.stroke()
      context.fillStyle = ink.text2
      if (!crowded) context.fillText(id, x, y)
    }
  }
}
