import type { Fault, NodeId } from '@lockstep/process'
import type { Run } from '../run/run.ts'
import { words } from '../words.ts'

/** Something that can be done to the run now. */
export interface Deed {
  readonly title: string
  readonly faults: readonly Fault[]
}

const slowMs = 50
const stallMs = 50
const jumpMs = 2000
const fastRate = 1.5
const slowRate = 0.5

/** What can be done to a node, most wanted first. */
export function nodeDeeds(run: Run, id: NodeId, row: number): readonly Deed[] {
  const say = words.do
  const life = run.states.lives.after(id, row) ?? 'down'
  const deed = (title: string, ...faults: Fault[]): Deed => ({ title, faults })
  if (life === 'down') {
    return [
      deed(say.restart(id), { do: 'restart', node: id }),
      deed(say.restartWiped(id), { do: 'restart', node: id, wipe: true }),
    ]
  }
  const cut = cutLinksOf(run, id, row)
  return [
    deed(say.crash(id), { do: 'crash', node: id }),
    life === 'paused' ? undefined : deed(say.stop(id), { do: 'stop', node: id }),
    life === 'paused'
      ? deed(say.resume(id), { do: 'resume', node: id })
      : deed(say.pause(id), { do: 'pause', node: id }),
    cut.length < 2 * (run.nodesAt(row).length - 1)
      ? deed(say.isolate(id), { do: 'isolate', node: id })
      : undefined,
    cut.length > 0 ? deed(say.rejoin(id), ...cut) : undefined,
    (run.states.stalls.after(id, row) ?? 0) > 0
      ? deed(say.unstall(id), { do: 'stall', node: id, by: 0 })
      : deed(say.stall(id, stallMs), { do: 'stall', node: id, by: stallMs }),
    deed(say.clockFast(id), { do: 'clock', node: id, rate: fastRate }),
    deed(say.clockSlow(id), { do: 'clock', node: id, rate: slowRate }),
    deed(say.clockTrue(id), { do: 'clock', node: id, rate: 1 }),
    deed(say.clockJump(id, jumpMs), { do: 'clock', node: id, jump: jumpMs }),
    deed(say.clockJump(id, -jumpMs), { do: 'clock', node: id, jump: -jumpMs }),
  ].filter((each) => each !== undefined)
}

/** What mends every cut link of a node. */
function cutLinksOf(run: Run, id: NodeId, row: number): readonly Fault[] {
  const faults: Fault[] = []
  for (const other of [...run.nodesAt(row), ...run.opening.clients]) {
    if (other === id) continue
    if (run.states.link(id, other, row).cut) faults.push({ do: 'mend', from: id, to: other })
    if (run.states.link(other, id, row).cut) faults.push({ do: 'mend', from: other, to: id })
  }
  return faults
}

/** What can be done to the link from one node to another. */
export function linkDeeds(run: Run, from: NodeId, to: NodeId, row: number): readonly Deed[] {
  const say = words.do
  const link = run.states.link(from, to, row)
  const back = run.states.link(to, from, row)
  const deed = (title: string, fault: Fault): Deed => ({ title, faults: [fault] })
  const deeds: Deed[] = []
  if (!link.cut) deeds.push(deed(say.cut(from, to), { do: 'cut', from, to }))
  if (!link.cut || !back.cut)
    deeds.push(deed(say.cutBoth(from, to), { do: 'cut', from, to, both: true }))
  if (link.cut) deeds.push(deed(say.mend(from, to), { do: 'mend', from, to }))
  if (link.cut && back.cut)
    deeds.push(deed(say.mendBoth(from, to), { do: 'mend', from, to, both: true }))
  deeds.push(
    link.slow > 0
      ? deed(say.unslow(from, to), { do: 'slow', from, to, by: 0 })
      : deed(say.slow(from, to, slowMs), { do: 'slow', from, to, by: slowMs }),
    link.lose > 0
      ? deed(say.unlose(from, to), { do: 'lose', from, to, share: 0 })
      : deed(say.lose(from, to), { do: 'lose', from, to, share: 0.5 }),
  )
  return deeds
}

/** What crashes a node that runs, and restarts one that does not. */
export function crashOrRestart(run: Run, id: NodeId, row: number): Fault {
  return (run.states.lives.after(id, row) ?? 'down') === 'down'
    ? { do: 'restart', node: id }
    : { do: 'crash', node: id }
}
