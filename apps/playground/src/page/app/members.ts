import type { NodeId } from '@lockstep/process'
import { liveNodesMax, type MemberChange } from '../../session/protocol.ts'
import { words } from '../words.ts'
import type { Workshop } from './workshop.ts'

/** A change of the members that can be asked for now, in the words of a button. */
export interface MemberDeed {
  readonly title: string
  readonly run: () => void
}

/** Whether nodes come and go in what is shown: in a live cluster of a lab that knows how. */
export function canChange(workshop: Workshop): boolean {
  const opening = workshop.run()?.opening
  if (opening?.world !== 'live') return false
  const lab = workshop.welcome()?.labs.find(({ name }) => name === opening.scenario.lab)
  return lab?.grows === true
}

/** What the next node would be called; `undefined` when there are as many as there can be. */
export function addedNode(workshop: Workshop): NodeId | undefined {
  const run = workshop.run()
  const nodes = run?.nodesAt(run.length) ?? []
  const names = Array.from({ length: liveNodesMax }, (_, index) => `n${index + 1}`)
  return nodes.length < liveNodesMax ? names.find((name) => !nodes.includes(name)) : undefined
}

/** What can be done about a node's membership. */
export function memberDeeds(workshop: Workshop, node: NodeId): readonly MemberDeed[] {
  const run = workshop.run()
  if (run === undefined || !canChange(workshop)) return []
  if (!run.nodesAt(run.length).includes(node)) return []
  const deed = (title: string, change: MemberChange): MemberDeed => ({
    title,
    run: () => void workshop.changeMembers(change),
  })
  const isObserver = run.summaries.after(node, run.length)?.shape === 'observer'
  return [
    ...(isObserver ? [deed(words.members.admit(node), { do: 'add', node })] : []),
    deed(words.members.remove(node), { do: 'remove', node }),
  ]
}
