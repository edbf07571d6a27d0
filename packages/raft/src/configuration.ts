/**
 * Who is in the cluster (§6; thesis §4), as plain data.
 *
 * The cluster goes from one configuration to the next by entries of its own log. Where one voter at
 * most comes or goes, any majority of the old voters shares a node with any majority of the new
 * ones, and one entry will do (thesis §4.1). Where more change, a joint configuration stands
 * between the two, in which both majorities must agree (thesis §4.3).
 */
import { type NodeId, unreachable } from '@lockstep/process'

/** The members of a cluster. A node stands once in `voters` or `learners`, or in neither. */
export interface Configuration {
  /** Who elects and commits. */
  readonly voters: readonly NodeId[]
  /** While it is joint, the voters before: their majority must agree too. Empty otherwise. */
  readonly outgoing: readonly NodeId[]
  /** Who gets the log and neither elects nor commits. One that is outgoing too votes until the joint configuration is left. */
  readonly learners: readonly NodeId[]
  /** Where members are found, in a notation that is the host's own. */
  readonly addresses: readonly Address[]
}

/** Where one member is found. */
export interface Address {
  readonly id: NodeId
  readonly address: string
}

/** What happens to one node in a change. */
export type MembershipStep =
  | { readonly type: 'add-voter'; readonly id: NodeId; readonly address?: string }
  | { readonly type: 'add-learner'; readonly id: NodeId; readonly address?: string }
  /** A learner becomes a voter. */
  | { readonly type: 'promote'; readonly id: NodeId }
  /** A voter becomes a learner. */
  | { readonly type: 'demote'; readonly id: NodeId }
  | { readonly type: 'remove'; readonly id: NodeId }

/** A change of the membership: all of its steps take effect, or none. */
export interface MembershipChange {
  readonly steps: readonly MembershipStep[]
  /** `simple` changes one voter at most, `joint` any number; `auto`, if not given, is the simplest that will do. */
  readonly mode?: 'auto' | 'simple' | 'joint'
  /** Changes also to voters that the leader does not hear, or that are far behind: the cluster may stand still. */
  readonly force?: boolean
}

/** Why a change was refused. */
export type ChangeRefusalCode =
  /** The one before is not committed, or its joint configuration is not left. */
  | 'change-under-way'
  /** The leader has committed nothing of its own term yet. */
  | 'own-term-not-committed'
  | 'no-steps'
  | 'named-twice'
  | 'already-a-member'
  | 'unknown-node'
  | 'no-voters'
  /** More than one voter changes, and the mode is `simple`. */
  | 'several-voters'
  /** The leader does not hear a majority of those who would vote. */
  | 'unreachable-quorum'
  /** A learner that is to be promoted lacks too much of the log. */
  | 'not-caught-up'

/** A refused change: nothing was done. */
export interface ChangeRefusal {
  readonly code: ChangeRefusalCode
  /** What is wrong and how to mend it, in a sentence. */
  readonly text: string
}

/** A configuration without members: a new node has it until a leader tells it more. */
export const noConfiguration: Configuration = configurationOf([])

/** The configuration in which these vote. */
export function configurationOf(voters: readonly NodeId[]): Configuration {
  return { voters, outgoing: [], learners: [], addresses: [] }
}

/** Whether two majorities must agree. */
export function isJoint({ outgoing }: Configuration): boolean {
  return outgoing.length > 0
}

/** Whether two configurations have the same members in the same places. */
export function isSame(one: Configuration, other: Configuration): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The groups whose majorities must all agree: two in a joint configuration, none where nobody votes. */
export function groupsOf({ voters, outgoing }: Configuration): readonly (readonly NodeId[])[] {
  return [voters, outgoing].filter((group) => group.length > 0)
}

/** Whether a node elects and commits. */
export function isVoter({ voters, outgoing }: Configuration, id: NodeId): boolean {
  return voters.includes(id) || outgoing.includes(id)
}

/** Everybody who elects and commits, each once. */
export function votersOf({ voters, outgoing }: Configuration): readonly NodeId[] {
  return outgoing.length === 0 ? voters : [...new Set([...voters, ...outgoing])]
}

/** Whether a node gets the log. */
export function isMember(configuration: Configuration, id: NodeId): boolean {
  return isVoter(configuration, id) || configuration.learners.includes(id)
}

/** Everybody who gets the log, each once, voters first. */
export function membersOf(configuration: Configuration): readonly NodeId[] {
  return [...new Set([...votersOf(configuration), ...configuration.learners])]
}

/** What a joint configuration leads to. */
export function leave({ voters, learners, addresses }: Configuration): Configuration {
  return known({ voters, outgoing: [], learners, addresses })
}

/** The configuration that a change asks for, joint if need be; a refusal when it asks for what cannot be. */
export function changed(
  from: Configuration,
  { steps, mode = 'auto' }: MembershipChange,
): Configuration | ChangeRefusal {
  if (isJoint(from)) return changeUnderWay
  if (steps.length === 0) return refusal('no-steps', 'the change has no steps; name at least one')
  let to = from
  const named = new Set<NodeId>()
  for (const step of steps) {
    const { id } = step
    if (named.has(id)) return refusal('named-twice', `${id} stands in two steps; one is enough`)
    named.add(id)
    const next = taken(to, step)
    if ('code' in next) return next
    to = next
  }
  if (to.voters.length === 0) {
    return refusal('no-voters', 'nobody would be left to vote; keep or add a voter')
  }
  const isSimple = votersBetween(from, to) <= 1
  if (mode === 'simple' && !isSimple) {
    const text = 'a simple change takes one voter; make the change joint, or one after another'
    return refusal('several-voters', text)
  }
  const isDirect = mode === 'simple' || (mode === 'auto' && isSimple)
  return known(isDirect ? to : { ...to, outgoing: from.voters })
}

/** A change that must wait for the one before. */
export const changeUnderWay: ChangeRefusal = refusal(
  'change-under-way',
  'another change is not done yet; ask again once it is',
)

/** A refusal and its sentence. */
export function refusal(code: ChangeRefusalCode, text: string): ChangeRefusal {
  return { code, text }
}

/** How many nodes vote in one of two configurations and not in the other. */
function votersBetween(from: Configuration, to: Configuration): number {
  const gone = from.voters.filter((id) => !to.voters.includes(id)).length
  return gone + to.voters.filter((id) => !from.voters.includes(id)).length
}

function taken(from: Configuration, step: MembershipStep): Configuration | ChangeRefusal {
  const { id } = step
  const votes = from.voters.includes(id)
  const learns = from.learners.includes(id)
  switch (step.type) {
    case 'add-voter':
    case 'add-learner': {
      if (votes || learns) {
        const is = votes ? 'votes already' : 'learns already; promote it if it is to vote'
        return refusal('already-a-member', `${id} ${is}`)
      }
      const { voters, learners } = from
      const addresses =
        step.address === undefined
          ? from.addresses
          : [...from.addresses, { id, address: step.address }]
      if (step.type === 'add-voter') return { ...from, voters: [...voters, id], addresses }
      return { ...from, learners: [...learners, id], addresses }
    }
    case 'promote':
      if (votes) return refusal('already-a-member', `${id} votes already`)
      if (!learns) return unknownNode(id)
      return { ...without(from, id), voters: [...from.voters, id] }
    case 'demote':
      if (learns) return refusal('already-a-member', `${id} learns already`)
      if (!votes) return unknownNode(id)
      return { ...without(from, id), learners: [...from.learners, id] }
    case 'remove':
      return votes || learns ? without(from, id) : unknownNode(id)
    default:
      return unreachable(step)
  }
}

function unknownNode(id: NodeId): ChangeRefusal {
  return refusal('unknown-node', `${id} is no member; add it, or look at who is`)
}

function without(from: Configuration, id: NodeId): Configuration {
  const others = (ids: readonly NodeId[]): NodeId[] => ids.filter((other) => other !== id)
  return { ...from, voters: others(from.voters), learners: others(from.learners) }
}

/** With the addresses of its members and no others. */
function known(configuration: Configuration): Configuration {
  const members = membersOf(configuration)
  const addresses = configuration.addresses.filter(({ id }) => members.includes(id))
  return { ...configuration, addresses }
}
