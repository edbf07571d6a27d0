import { unreachable } from '@lockstep/process'
import type { Moment } from '../app/player.ts'
import type { Run } from '../run/run.ts'
import { words } from '../words.ts'
import type { NodeLook } from './draw-nodes.ts'
import type { Target } from './pick.ts'

/** What a tooltip says: a heading and a few lines. */
export interface Tip {
  readonly heading: string
  readonly lines: readonly string[]
}

/** Puts what is under the pointer into words. */
export function describe(
  target: Target,
  run: Run,
  moment: Moment,
  look: (id: string) => NodeLook,
): Tip | undefined {
  const { tip } = words
  switch (target.kind) {
    case 'node':
      return describeNode(look(target.id), run, moment)
    case 'client': {
      const operation = run.operations.findLast(
        ({ client, invokedAt }) => client === target.id && invokedAt <= moment.at,
      )
      return { heading: target.id, lines: operation === undefined ? [] : [operation.text] }
    }
    case 'message': {
      const { flight } = target.dot
      const fate =
        flight.fate === 'delivered'
          ? tip.flightTook(flight.endAt - flight.sentAt)
          : words.fate[flight.fate]
      return {
        heading: flight.name,
        lines: [tip.link(flight.from, flight.to), fate],
      }
    }
    case 'link': {
      const { from, to } = target.way
      const cut = run.states.link(from, to, moment.row).cut
      const cutBack = run.states.link(to, from, moment.row).cut
      return { heading: tip.link(from, to), lines: [tip.linkState(cut, cutBack)] }
    }
    case 'stage':
      return undefined
    default:
      return unreachable(target)
  }
}

function describeNode(look: NodeLook, run: Run, moment: Moment): Tip {
  const { tip } = words
  const { summary } = look
  const lines: string[] = []
  if (summary?.log !== undefined && look.life !== 'down') {
    const { end, synced, commit, applied } = summary.log
    lines.push(tip.log(end, synced, commit, applied))
  }
  if (look.unsynced > 0) lines.push(tip.unsynced(look.unsynced))
  if (summary?.votes !== undefined && summary.shape === 'candidate')
    lines.push(tip.votes(summary.votes.granted.length, summary.votes.needed))
  if (look.life !== 'down')
    for (const [name, { dueAt }] of run.states.timers(look.id, moment.row))
      lines.push(tip.timer(name, dueAt - moment.at))
  if (look.clockOffset !== 0) lines.push(tip.clockOff(look.clockOffset))
  return { heading: describeLook(look), lines }
}

/** 'n2, leader, term 3', or 'n2, down'. */
export function describeLook({ id, life, summary }: NodeLook): string {
  const { stage } = words
  const isStarting = summary === undefined && life === 'up'
  const state = isStarting ? stage.starting : stage.state[life]
  if (summary === undefined) return stage.node(id, stage.starting, '', state)
  return stage.node(id, summary.role, summary.note ?? stage.epochShort(summary.epoch), state)
}
