import type { NodeId } from '@lockstep/process'
import type { Draw, Drawn, ScriptedOperation } from '@lockstep/sim'
import type { Configuration, MembershipChange, MembershipStep } from './configuration.ts'
import { membersText } from './stage.ts'

/** An administrator changes the members. */
export interface ChangeOp {
  readonly type: 'change'
  readonly change: MembershipChange
}

/** What an administrator is answered. */
export interface MembersValue {
  readonly type: 'members'
  readonly configuration: Configuration
}

/** 'add-learner n4, remove n2'. */
export function changeText({ change }: ChangeOp, value?: MembersValue): string {
  const steps = change.steps.map(({ type, id }) => `${type} ${id}`).join(', ')
  const asked = change.force === true ? `${steps}, by force` : steps
  return value === undefined ? asked : `${asked} → ${membersText(value.configuration)}`
}

/**
 * Nodes come and go at random, one at a time or, in about `setShare` of the changes, a whole set for
 * another one. Where an earlier change was not carried out, much of what follows makes no sense and
 * is refused.
 */
export function drawChanges(
  work: Drawn,
  ids: readonly NodeId[],
  draw: Draw,
): readonly ScriptedOperation<ChangeOp>[] {
  const { changes = 0, changeShare = 0, setShare = 0.4, voters = ids.length } = work
  const { clients, thinkMs } = work
  if (draw('changes') >= changeShare) return []
  let expected = ids.slice(0, voters)
  let learner: NodeId | undefined
  let at = 0
  return Array.from({ length: changes }, (): ScriptedOperation<ChangeOp> => {
    at += thinkMs * 6 * draw('pause')
    let steps: readonly MembershipStep[] = [drawStep(ids, draw)]
    if (learner !== undefined) {
      steps = [{ type: 'promote', id: learner }]
      learner = undefined
    } else if (draw('learner') < 0.5 * (1 - setShare)) {
      learner = ids[Math.floor(draw('node') * ids.length)] as NodeId
      steps = [{ type: expected.includes(learner) ? 'demote' : 'add-learner', id: learner }]
    } else if (draw('several') < setShare) {
      const wanted = ids.filter(() => draw('member') < 0.6)
      if (wanted.length > 0) {
        steps = between(expected, wanted)
        expected = wanted
      }
    }
    const isForced = draw('force') < 0.3
    const op: ChangeOp = { type: 'change', change: isForced ? { steps, force: true } : { steps } }
    return [clients, Math.round(at), op]
  })
}

/** The steps from some voters to others. */
function between(from: readonly NodeId[], to: readonly NodeId[]): MembershipStep[] {
  const gone = from.filter((id) => !to.includes(id))
  const come = to.filter((id) => !from.includes(id))
  return [
    ...gone.map((id): MembershipStep => ({ type: 'remove', id })),
    ...come.map((id): MembershipStep => ({ type: 'add-voter', id })),
  ]
}

const kinds: readonly MembershipStep['type'][] = [
  'remove',
  'remove',
  'add-voter',
  'add-voter',
  'add-learner',
  'promote',
  'promote',
  'demote',
]

function drawStep(ids: readonly NodeId[], draw: Draw): MembershipStep {
  const type = kinds[Math.floor(draw('step') * kinds.length)] ?? 'remove'
  return { type, id: ids[Math.floor(draw('node') * ids.length)] as NodeId }
}
