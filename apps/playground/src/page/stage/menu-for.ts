import { unreachable } from '@lockstep/process'
import { type Deed, linkDeeds, nodeDeeds } from '../app/deeds.ts'
import { focusConsole } from '../app/focus.ts'
import { addedNode, canChange, memberDeeds } from '../app/members.ts'
import type { View } from '../app/view.ts'
import type { Workshop } from '../app/workshop.ts'
import type { MenuItem } from '../parts/menu.tsx'
import type { Run } from '../run/run.ts'
import { words } from '../words.ts'
import type { Target } from './pick.ts'

interface Offer {
  readonly label: string
  readonly items: readonly MenuItem[]
}

/** What can be done to what is under the pointer. */
export function menuFor(workshop: Workshop, view: View, target: Target): Offer | undefined {
  const run = workshop.run()
  if (run === undefined) return undefined
  const { row } = workshop.player.moment
  const operate: MenuItem = { title: words.do.operate, run: focusConsole }
  const everywhere: readonly MenuItem[] = [
    { title: words.do.partition, run: () => view.setDialog('partition'), apart: true },
    { title: words.do.heal, run: () => void workshop.fault({ do: 'heal' }) },
  ]
  switch (target.kind) {
    case 'node': {
      const { id } = target
      const inspect = { title: words.do.inspect(id), run: () => workshop.select(target) }
      const deeds = toItems(workshop, nodeDeeds(run, id, row))
      const members = memberDeeds(workshop, id).map((item, i) => ({ ...item, apart: i === 0 }))
      return { label: id, items: [...deeds, ...members, { ...inspect, apart: true }] }
    }
    case 'link': {
      const { from, to } = target.way
      const deeds = toItems(workshop, linkDeeds(run, from, to, row))
      return { label: words.tip.link(from, to), items: [...deeds, ...everywhere] }
    }
    case 'message':
      return messageOffer(workshop, run, target)
    case 'client':
      return { label: target.id, items: [operate] }
    case 'stage':
      return { label: '', items: [operate, ...additions(workshop), ...everywhere] }
    default:
      return unreachable(target)
  }
}

/** The way to one node more, where there is one. */
function additions(workshop: Workshop): readonly MenuItem[] {
  const node = addedNode(workshop)
  if (!canChange(workshop) || node === undefined) return []
  return [
    {
      title: words.members.add(node),
      run: () => void workshop.changeMembers({ do: 'add', node }),
    },
  ]
}

function toItems(workshop: Workshop, deeds: readonly Deed[]): readonly MenuItem[] {
  return deeds.map(({ title, faults }) => ({ title, run: () => void workshop.fault(...faults) }))
}

function messageOffer(
  workshop: Workshop,
  run: Run,
  { dot: { flight } }: Extract<Target, { kind: 'message' }>,
): Offer {
  const { from, to, name, row, endRow } = flight
  const inspect: MenuItem = {
    title: words.do.inspectMessage,
    run: () => workshop.select({ kind: 'message', row }),
  }
  const follow: MenuItem = {
    title: words.do.follow(name),
    run: () => workshop.player.seekRow(endRow),
  }
  const now = workshop.player.moment.row
  const nodes = run.nodesAt(now)
  const deeds =
    nodes.includes(from) && nodes.includes(to)
      ? toItems(workshop, linkDeeds(run, from, to, now)).map((item, i) => ({
          ...item,
          apart: i === 0,
        }))
      : []
  return {
    label: name,
    items: [inspect, ...(Number.isFinite(endRow) ? [follow] : []), ...deeds],
  }
}
