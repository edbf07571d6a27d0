import { linkDeeds, nodeDeeds } from '../app/deeds.ts'
import type { View } from '../app/view.ts'
import type { Workshop } from '../app/workshop.ts'
import { focusConsole } from '../app/focus.ts'
import type { MenuItem } from '../parts/menu.tsx'
import { words } from '../words.ts'
import type { Target } from './pick.ts'

/** What can be done to what is under the pointer. */
export function menuFor(
  workshop: Workshop,
  view: View,
  target: Target,
): { readonly label: string; readonly items: readonly MenuItem[] } | undefined {
  const run = workshop.run()
  if (run === undefined) return undefined
  const { row } = workshop.player.moment
  const toItem = ({ title, faults }: ReturnType<typeof nodeDeeds>[number]): MenuItem => ({
    title,
    run: () => void workshop.fault(...faults),
  })
  const everywhere: readonly MenuItem[] = [
    { title: words.do.partition, run: () => view.setDialog('partition'), apart: true },
    { title: words.do.heal, run: () => void workshop.fault({ do: 'heal' }) },
  ]
  switch (target.kind) {
    case 'node':
      return {
        label: target.id,
        items: [
          ...nodeDeeds(run, target.id, row).map(toItem),
          {
            title: words.do.inspect(target.id),
            run: () => workshop.select(target),
            apart: true,
          },
        ],
      }
    case 'link': {
      const { from, to } = target.way
      return {
        label: words.tip.link(from, to),
        items: [...linkDeeds(run, from, to, row).map(toItem), ...everywhere],
      }
    }
    case 'message': {
      const { flight } = target.dot
      const { from, to, name } = flight
      const betweenNodes = run.opening.nodes.includes(from) && run.opening.nodes.includes(to)
      return {
        label: name,
        items: [
          {
            title: words.do.inspectMessage,
            run: () => workshop.select({ kind: 'message', row: flight.row }),
          },
          {
            title: words.do.follow(name),
            run: () => {
              if (Number.isFinite(flight.endRow)) workshop.player.seekRow(flight.endRow)
            },
          },
          ...(betweenNodes
            ? linkDeeds(run, from, to, row)
                .map(toItem)
                .map((item, i) => ({ ...item, apart: i === 0 }))
            : []),
        ],
      }
    }
    case 'client':
      return {
        label: target.id,
        items: [{ title: words.do.operate, run: focusConsole }],
      }
    case 'stage':
      return {
        label: '',
        items: [{ title: words.do.operate, run: focusConsole }, ...everywhere],
      }
  }
}
