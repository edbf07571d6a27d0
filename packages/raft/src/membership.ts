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
  type MembershipChange,
  refusal,
} from './configuration.ts'
import type { NodeId } from '@lockstep/process'
import type { RaftConfig } from './config.ts'
import type { Contact } from './contact.ts'
import type { Member } from './member.ts'
import { hasQuorum } from './quorum.ts'
import type { Rules } from './rules.ts'
import { noTerm } from './term.ts'

/** What a leader decides about a change. */
export class Membership {
  readonly #id: NodeId
  readonly #config: RaftConfig
  readonly #rules: Rules
  readonly #contact: Contact
  readonly #state: Member['state']

  constructor(id: NodeId, config: RaftConfig, rules: Rules, contact: Contact, member: Member) {
    this.#id = id
    this.#config = config
    this.#rules = rules
    this.#contact = contact
    this.#state = member.state
  }

  /** The configuration to append for a change, or why there is none. */
  plan(change: MembershipChange): Configuration | ChangeRefusal {
    const { log, commit, term } = this.#state
    if (!this.#rules.mayChange(log.termAt(commit) ?? noTerm, term)) return ownTermNotCommitted
    if (!this.#rules.isSettled(log.configurationIndex, commit)) return changeUnderWay
    const to = changed(log.configuration, change)
    if ('code' in to || change.force === true) return to
    return this.#unheard(to) ?? this.#behind(change) ?? to
  }

  /** A quorum of those who would vote must be heard, or the change could not be committed, nor anything after it. */
  #unheard(to: Configuration): ChangeRefusal | undefined {
    const isHeard = (id: NodeId): boolean => id === this.#id || this.#contact.hears(id)
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
}

const ownTermNotCommitted = refusal(
  'own-term-not-committed',
  'the leader is new and has committed nothing yet; ask again soon',
)
