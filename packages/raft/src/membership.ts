/**
 * Changes of the membership, as the leader answers them (§6; thesis §4).
 *
 * A node uses the newest configuration in its log from the moment that the entry is there. What
 * keeps that safe is that each configuration is committed before the next one is appended, so that
 * two that are in use at the same time always follow one another, and their quorums share a node.
 *
 * Two configurations of different terms need not follow one another, though both follow what was
 * committed before: the leaders that made them did not know of each other's. So a leader commits an
 * entry of its own term first, which ends every other one (Ongaro's correction of 2015).
 */
import {
  changed,
  changeUnderWay,
  type ChangeRefusal,
  type Configuration,
  groupsOf,
  isJoint,
  isMember,
  isSame,
  isVoter,
  leave,
  membersOf,
  type MembershipChange,
  refusal,
} from './configuration.ts'
import type { Context, NodeId } from '@lockstep/process'
import type { RaftConfig } from './config.ts'
import type { Contact } from './contact.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type { PeerMessage } from './messages.ts'
import { hasQuorum } from './quorum.ts'
import type { Replication } from './replication.ts'
import type { Rules } from './rules.ts'
import { type LogIndex, noTerm } from './term.ts'
import type { Transfer } from './transfer.ts'

/** What is said only to who asked. */
const answers: ReadonlySet<string> = new Set<PeerMessage['type']>([
  'PreVote',
  'Vote',
  'AppendResult',
  'SnapshotResult',
  'LeaderConfirmed',
])

type Out = Pick<Context, 'id' | 'mark'>

interface Parts {
  readonly context: Out
  readonly config: RaftConfig
  readonly rules: Rules
  readonly contact: Contact
  readonly replication: Replication
  readonly transfer: Transfer
  readonly member: Member
}

/** Who belongs to the cluster, as one node sees it, and how a leader changes that. */
export class Membership {
  readonly #context: Out
  readonly #config: RaftConfig
  readonly #rules: Rules
  readonly #contact: Contact
  readonly #replication: Replication
  readonly #transfer: Transfer
  readonly #member: Member
  readonly #state: Member['state']
  /** The newest configuration that this leader saw committed. */
  #settled: LogIndex | undefined

  constructor({ context, config, rules, contact, replication, transfer, member }: Parts) {
    this.#context = context
    this.#config = config
    this.#rules = rules
    this.#contact = contact
    this.#replication = replication
    this.#transfer = transfer
    this.#member = member
    this.#state = member.state
  }

  /** This node leads from now on. */
  lead(): void {
    this.#settled = undefined
    this.#replication.setFollowers(this.targets())
  }

  /**
   * Who gets the log: the members, and until that is committed those who were members before, so
   * that they learn that they are none and do not stand for election.
   */
  targets(): readonly NodeId[] {
    const { log, commit } = this.#state
    const { configuration, configurationBefore, configurationIndex } = log
    const members = new Set(membersOf(configuration))
    if (configurationBefore !== undefined && configurationIndex > commit) {
      for (const id of membersOf(configurationBefore)) members.add(id)
    }
    members.delete(this.#context.id)
    return [...members]
  }

  /**
   * Whether a message may be looked at. An answer counts only from those who were asked. Whoever asks
   * may be no member here, since its configuration may be newer: a new node knows nobody.
   */
  mayHear(from: NodeId, { type }: PeerMessage): boolean {
    if (from === this.#context.id) return false
    return (
      !answers.has(type) ||
      isMember(this.#state.log.configuration, from) ||
      this.#replication.follower(from) !== undefined
    )
  }

  /** As the leader, begins a change. Returns why not, if it is refused. */
  change(change: MembershipChange): ChangeRefusal | undefined {
    const to = this.#plan(change)
    if ('code' in to) {
      this.#mark('refused a change', to)
      return to
    }
    const promoted = change.steps.filter(({ type }) => type === 'promote').map(({ id }) => id)
    if (promoted.length > 0) this.#mark('promoted a learner', { promoted })
    this.#member.appendOwn({ type: 'configure', configuration: to })
    this.#leaveJoint()
    return undefined
  }

  /** An entry brought another configuration, which counts from now on (thesis §4.1). */
  reconfigured(before: Configuration): void {
    const { configuration, configurationIndex: index } = this.#state.log
    const { voters, outgoing, learners } = configuration
    const data = { index, voters, outgoing, learners }
    if (isJoint(configuration)) this.#mark('entered a joint configuration', data)
    else if (isJoint(before)) this.#mark('left a joint configuration', data)
    else if (!isSame(before, configuration)) this.#mark('changed its configuration', data)
    if (this.#state.role !== 'leader') return
    this.#replication.setFollowers(this.targets())
    this.#transfer.reconfigured()
  }

  /** Something is committed: if it is a configuration, the leader does what comes after it. */
  settle(): void {
    const { configuration, configurationIndex } = this.#state.log
    if (configurationIndex === this.#settled || configurationIndex > this.#state.commit) return
    this.#settled = configurationIndex
    this.#replication.setFollowers(this.targets())
    if (isJoint(configuration)) this.#leaveJoint()
    else if (!isVoter(configuration, this.#context.id)) {
      this.#mark('removed itself', { index: configurationIndex })
      this.#transfer.bequeath()
      this.#member.become('follower', undefined)
    }
  }

  /** The leader of a joint configuration goes on to what it leads to (§6). */
  #leaveJoint(): void {
    const { log, commit } = this.#state
    const { configuration, configurationIndex } = log
    if (!isJoint(configuration) || !this.#rules.mayLeave(configurationIndex, commit)) return
    this.#member.appendOwn({ type: 'configure', configuration: leave(configuration) })
  }

  /** The configuration to append for a change, or why there is none. */
  #plan(change: MembershipChange): Configuration | ChangeRefusal {
    const { log, commit, term } = this.#state
    if (!this.#rules.mayChange(log.termAt(commit) ?? noTerm, term)) return ownTermNotCommitted
    if (!this.#rules.isSettled(log.configurationIndex, commit)) return changeUnderWay
    const to = changed(log.configuration, change)
    if ('code' in to || change.force === true) return to
    return this.#unheard(to) ?? this.#behind(change) ?? to
  }

  /** A quorum of those who would vote must be heard, or the change could not be committed, nor anything after it. */
  #unheard(to: Configuration): ChangeRefusal | undefined {
    const isHeard = (id: NodeId): boolean => id === this.#context.id || this.#contact.hears(id)
    if (hasQuorum(groupsOf(to), isHeard)) return undefined
    const silent = to.voters.filter((id) => !isHeard(id)).join(', ')
    const text = `too few of the voters would be heard: not ${silent}; start them, add new ones as learners first, or force it`
    return refusal('unreachable-quorum', text)
  }

  /** A learner votes once it has nearly all of the log, so that commits do not wait for it (thesis §4.2.1). */
  #behind({ steps }: MembershipChange): ChangeRefusal | undefined {
    const { followers, log } = this.#state
    const { learnerLagMax } = this.#config
    for (const { type, id } of steps) {
      if (type !== 'promote') continue
      const match = followers.find((follower) => follower.id === id)?.match ?? 0
      const lag = log.last - match
      if (lag <= learnerLagMax) continue
      const text = `${id} lacks ${lag} entries, more than ${learnerLagMax}; wait for it, or force it`
      return refusal('not-caught-up', text)
    }
    return undefined
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}

const ownTermNotCommitted = refusal(
  'own-term-not-committed',
  'the leader is new and has committed nothing yet; ask again soon',
)
