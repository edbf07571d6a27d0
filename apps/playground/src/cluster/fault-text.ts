import { type Fault, unreachable } from '@lockstep/process'

/** What was done to a live cluster, in a sentence. */
export function faultText(fault: Fault): string {
  switch (fault.do) {
    case 'crash':
      return `Killed ${fault.node}.`
    case 'stop':
      return `Stopped ${fault.node}.`
    case 'restart':
      return `Restarted ${fault.node}${fault.wipe === true ? ' with an empty disk' : ''}.`
    case 'pause':
      return `Paused ${fault.node}.`
    case 'resume':
      return `${fault.node} goes on.`
    case 'cut':
      return `Cut the link ${linkText(fault)}.`
    case 'mend':
      return `Mended the link ${linkText(fault)}.`
    case 'isolate':
      return `Cut ${fault.node} from all others.`
    case 'partition':
      return `Cut between ${fault.groups.map((group) => group.join(', ')).join(' and ')}.`
    case 'slow':
      return `What ${fault.from} sends to ${fault.to} takes ${fault.by} ms longer.`
    case 'lose':
      return `Of what ${fault.from} sends to ${fault.to}, ${Math.round(100 * fault.share)} % is lost.`
    case 'stall':
      return `A sync of ${fault.node}'s disk takes ${fault.by} ms longer.`
    case 'clock':
      return `Changed the clock of ${fault.node}.`
    case 'heal':
      return 'Healed.'
    default:
      return unreachable(fault)
  }
}

function linkText({ from, to, both }: Fault & { do: 'cut' | 'mend' }): string {
  return both === true ? `between ${from} and ${to}` : `from ${from} to ${to}`
}
