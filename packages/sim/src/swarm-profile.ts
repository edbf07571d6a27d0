import { type Fault, type NodeId, type Timed, unreachable } from '@lockstep/process'
import { Draws } from './draws.ts'
import type { Draw } from './lab.ts'
import type { FaultKind, Profile } from './scenario.ts'

const kinds: readonly FaultKind[] = [
  'crash',
  'stop',
  'pause',
  'cut',
  'cut-one-way',
  'isolate',
  'partition',
  'slow',
  'lose',
  'stall',
  'clock',
]

/** What faults can aim at. */
export interface Targets {
  readonly nodes: readonly NodeId[]
  readonly roles: readonly string[]
}

/**
 * Writes a profile out into timed faults from 0 to `untilMs`. Pure: the seed decides.
 *
 * Each kind is left out of half of the runs (Groce et al., 'Swarm testing', 2012), since a mix of
 * everything hides what one kind alone would show, and half of the faults aim at a role.
 */
export function drawFaults(
  profile: Profile,
  seed: number,
  targets: Targets,
  untilMs: number,
): Timed[] {
  const draws = new Draws(seed)
  const draw: Draw = (label) => draws.next(`faults/${label}`)
  const weights = kinds.flatMap((kind) => {
    const weight = profile.kinds[kind] ?? 0
    return draw(`leave out ${kind}`) < 0.5 || weight <= 0 ? [] : [{ kind, weight }]
  })
  const total = weights.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) return []
  const faults: Timed[] = []
  for (let at = 0; ; ) {
    at += profile.everyMs * 2 * draw('gap')
    if (at >= untilMs) return faults
    let left = draw('kind') * total
    const chosen = weights.find(({ weight }) => (left -= weight) < 0) ?? weights[0]
    if (chosen === undefined) return faults
    const span = Math.round(untilMs * 0.25 * draw('span') ** 2 * 1000) / 1000
    const fault = drawFault(chosen.kind, draw, targets)
    const timed = { ...fault, at: Math.round(at * 1000) / 1000 }
    faults.push(fault.do === 'clock' && fault.rate === undefined ? timed : { ...timed, for: span })
  }
}

function drawFault(kind: FaultKind, draw: Draw, targets: Targets): Fault {
  const { nodes, roles } = targets
  const pick = <T>(label: string, from: readonly T[]): T =>
    from[Math.floor(draw(label) * from.length)] as T
  const role = roles.length > 0 && draw('aim') < 0.5 ? `@${pick('role', roles)}` : undefined
  const node = role ?? pick('node', nodes)
  switch (kind) {
    case 'crash':
      return draw('fuse') < 0.5
        ? { do: 'crash', node, effects: Math.floor(draw('effects') * 6) }
        : { do: 'crash', node }
    case 'stop':
    case 'pause':
    case 'isolate':
      return { do: kind, node }
    case 'cut':
      return { do: 'cut', from: node, to: pick('to', nodes), both: true }
    case 'cut-one-way':
      return draw('way') < 0.5
        ? { do: 'cut', from: node, to: pick('to', nodes) }
        : { do: 'cut', from: pick('to', nodes), to: node }
    case 'partition': {
      const ranked = nodes
        .map((id) => ({ id, rank: draw('side') }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ id }) => id)
      const size = 1 + Math.floor(draw('size') * (nodes.length - 1))
      const [first, ...others] = ranked as [NodeId, ...NodeId[]]
      const near = others.slice(0, size - 1)
      const far = others.slice(size - 1)
      const groups =
        role === undefined
          ? [[first, ...near], far]
          : [
              [role, ...near],
              [first, ...far],
            ]
      return { do: 'partition', groups }
    }
    case 'slow':
      return {
        do: 'slow',
        from: node,
        to: pick('to', nodes),
        by: Math.round(200 * draw('by') ** 2),
      }
    case 'lose':
      return {
        do: 'lose',
        from: node,
        to: pick('to', nodes),
        share: Math.round(90 * draw('share')) / 100,
      }
    case 'stall':
      return { do: 'stall', node, by: Math.round(400 * draw('by') ** 2) }
    case 'clock':
      return draw('jump or rate') < 0.5
        ? { do: 'clock', node, jump: Math.round((draw('jump') * 2 - 1) * 5000) }
        : { do: 'clock', node, rate: Math.round((0.8 + 0.4 * draw('rate')) * 1000) / 1000 }
    default:
      return unreachable(kind)
  }
}
