import type { NodeId } from '@lockstep/process'
import { distanceTo, type Layout, type Point } from './geometry.ts'
import type { Dot, Way, Ways } from './scene.ts'

/** What is under the pointer. */
export type Target =
  | { readonly kind: 'node'; readonly id: NodeId }
  | { readonly kind: 'client'; readonly id: NodeId }
  | { readonly kind: 'message'; readonly dot: Dot }
  | { readonly kind: 'link'; readonly way: Way }
  | { readonly kind: 'stage' }

const dotReach = 11
const linkReach = 7
const clientReach = 18

/** Finds what is nearest to a point: messages first, since they move on top of everything. */
export function pick(point: Point, layout: Layout, dots: readonly Dot[], ways: Ways): Target {
  const dot = nearest(dots, (each) => Math.hypot(each.x - point.x, each.y - point.y), dotReach)
  if (dot !== undefined) return { kind: 'message', dot }
  for (const [id, at] of layout.nodes)
    if (Math.hypot(at.x - point.x, at.y - point.y) <= layout.nodeRadius + 4)
      return { kind: 'node', id }
  for (const [id, at] of layout.clients)
    if (Math.hypot(at.x - point.x, at.y - point.y) <= clientReach) return { kind: 'client', id }
  const way = nearest(ways.betweenNodes(), (each) => distanceTo(each.curve, point), linkReach)
  if (way !== undefined) return { kind: 'link', way }
  return { kind: 'stage' }
}

function nearest<T>(
  candidates: readonly T[],
  distance: (candidate: T) => number,
  reach: number,
): T | undefined {
  let best: T | undefined
  let within = reach
  for (const candidate of candidates) {
    const away = distance(candidate)
    if (away > within) continue
    best = candidate
    within = away
  }
  return best
}
