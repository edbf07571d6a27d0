import { Leases } from './kv/leases.ts'
import { noSessions } from './kv/sessions.ts'
import { settledTxn } from './kv/txn.ts'
import { paper, type Rules } from './rules.ts'

/** A rule that can be broken on purpose. */
export interface RaftFlaw {
  readonly name: string
  /** One sentence: which rule is broken, and where it is written down. */
  readonly text: string
  /** Replaces the rule and leaves the others. */
  readonly breaks: Partial<Rules>
}

/** The flaws, each one rule of the paper replaced by a mistake that has been made. */
export const flaws: readonly RaftFlaw[] = [
  {
    name: 'vote-twice',
    text: 'A node votes for every candidate that asks, not for one a term (§5.2).',
    breaks: { mayVoteFor: () => true },
  },
  {
    name: 'vote-for-stale-log',
    text: 'A node votes without looking at the candidate’s log (§5.4.1).',
    breaks: { isUpToDate: () => true },
  },
  {
    name: 'vote-without-sync',
    text: 'A vote leaves before term and vote are on disk (figure 2, persistent state).',
    breaks: { whenToVote: () => 'now' },
  },
  {
    name: 'ack-before-sync',
    text: 'A follower acknowledges entries before they are on disk (figure 2, persistent state).',
    breaks: { whenToAcknowledge: () => 'now' },
  },
  {
    name: 'count-own-before-sync',
    text: 'A leader counts itself for entries that its own disk does not hold yet (thesis §10.2.1).',
    breaks: { countsOwn: (_durable, last) => last },
  },
  {
    name: 'no-log-match',
    text: 'A follower takes entries behind any entry, whatever its term (§5.3, log matching).',
    breaks: { matchesPrevious: (ownTerm) => ownTerm !== undefined },
  },
  {
    name: 'truncate-always',
    text: 'A follower cuts its log behind every append, even when nothing conflicts (§5.3).',
    breaks: {
      survives: (agreed, conflict, last) =>
        conflict === 0 ? agreed : paper.survives(agreed, conflict, last),
    },
  },
  {
    name: 'commit-older-term',
    text: 'A leader commits an entry of an older term by counting its copies (§5.4.2, figure 8).',
    breaks: { mayCommit: () => true },
  },
  {
    name: 'apply-twice',
    text: 'A retried operation is applied again, whatever its session says (thesis §6.3).',
    breaks: { mayApply: () => true },
  },
  {
    name: 'stale-read',
    text: 'A node that takes itself for the leader answers reads from its own state (§8).',
    breaks: { mayReadAlone: () => true },
  },
  {
    name: 'stale-read-index',
    text: 'A leader answers reads by its commit index and asks nobody whether it still leads (thesis §6.4).',
    breaks: { isConfirmed: () => true },
  },
  {
    name: 'read-before-own-commit',
    text: 'A new leader answers reads before it knows what earlier terms committed (thesis §6.4).',
    breaks: { mayServeReads: () => true },
  },
  {
    name: 'lease-with-drift',
    text: 'A leader gives way to the drift of clocks in the wrong direction, and trusts its lease for too long (thesis §6.4.1).',
    breaks: { leaseMs: (timeoutMs, drift) => (timeoutMs * (1 + drift)) / (1 - drift) },
  },
  {
    name: 'forget-under-lease',
    text: 'A follower whose leader hung up votes for another one, though it promised the leader a lease (thesis §6.4.1).',
    breaks: { mayForgetLeader: () => true },
  },
  {
    name: 'forwarded-read-before-applied',
    text: 'A follower that was told up to where it must apply answers a read before it has (thesis §6.4).',
    breaks: { mayAnswerForwarded: () => true },
  },
  {
    name: 'change-before-settled',
    text: 'A leader begins a change while the one before is not committed (thesis §4.1).',
    breaks: { isSettled: () => true },
  },
  {
    name: 'change-before-own-commit',
    text: 'A new leader begins a change before an entry of its own term is committed (Ongaro’s correction of thesis §4.1, 2015).',
    breaks: { mayChange: () => true },
  },
  {
    name: 'one-majority-of-two',
    text: 'In a joint configuration the new majority alone elects and commits (§6).',
    breaks: { mustAgree: (groups) => groups.slice(0, 1) },
  },
  {
    name: 'snapshot-without-configuration',
    text: 'A snapshot holds the members that the node was started with, and not those of its last entry (§7).',
    breaks: { configurationToSave: (_configuration, initial) => initial },
  },
  {
    name: 'install-older-snapshot',
    text: 'A follower takes every snapshot, also one that is behind what it committed (§7, figure 13).',
    breaks: { needsSnapshot: () => true },
  },
  {
    name: 'install-beside-log',
    text: 'A follower acknowledges a leader’s snapshot, and takes what follows, while it is still being written (§7, figure 13).',
    breaks: { awaitsInstalled: () => false },
  },
  {
    name: 'forget-vote',
    text: 'A node that lets its log go lets its term and vote go with it (figure 2, persistent state).',
    breaks: { keepsVote: () => false },
  },
  {
    name: 'expire-by-own-clock',
    text: 'A node lets idle sessions go by its own clock, so one refuses what the others apply (thesis §6.3).',
    breaks: { sessionTime: (_log, own) => own },
  },
  {
    name: 'lease-expires-by-local-clock',
    text: 'A node lets leases expire by its own clock, so keys are gone on one that others still have (etcd, lease API; thesis §6.3).',
    breaks: { leaseTime: (_log, own) => own },
  },
  {
    name: 'snapshot-without-leases',
    text: 'A snapshot holds the keys and not the leases, so who starts from it never lets them expire (§7).',
    breaks: { storeToSave: (store) => ({ ...store, leases: new Leases().save() }) },
  },
  {
    name: 'watch-skips-a-revision',
    text: 'A watcher that was answered in parts goes on behind all that there was (etcd, watch API: no gap).',
    breaks: { watchedUpTo: (_upTo, revision) => revision },
  },
  {
    name: 'txn-not-atomic',
    text: 'A leader compares when it is asked and writes when that is committed, whatever came between (etcd, transactions; §8).',
    breaks: { txnToPropose: (txn, holds) => settledTxn(txn, holds(txn)) },
  },
  {
    name: 'snapshot-without-sessions',
    text: 'A snapshot holds the keys and not the sessions, so who starts from it refuses what the others apply (thesis §6.3).',
    breaks: { sessionsToSave: () => noSessions },
  },
]

/**
 * The paper's rules with the named flaws in them.
 *
 * @throws {RangeError} when there is no flaw of a name.
 */
export function rulesWith(names: readonly string[]): Rules {
  let rules = paper
  for (const name of names) {
    const flaw = flaws.find((known) => known.name === name)
    if (flaw === undefined) {
      throw new RangeError(
        `raft has no flaw '${name}'; it has ${flaws.map((known) => known.name).join(', ')}`,
      )
    }
    rules = { ...rules, ...flaw.breaks }
  }
  return rules
}
