/**
 * Elections (§5.2, §5.4.1), with the pre-vote before them (thesis §9.6).
 *
 * A node that waited for its leader in vain asks who would vote for it, then stands in the next
 * term, and leads once a majority's votes are on their disks. What binds a node, its term and its
 * vote, is kept by `Raft`; here is only what it does with them.
 */
import { type Context, type NodeId, unreachable } from '@lockstep/process'
import type { RaftConfig } from './config.ts'
import { isMember, isVoter, votersOf } from './configuration.ts'
import type { Contact } from './contact.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type {
  PreVote,
  RaftMessage,
  RequestPreVote,
  RequestVote,
  TimeoutNow,
  Vote,
} from './messages.ts'
import { Ballot } from './quorum.ts'
import type { WalEntry } from './persistent-state.ts'
import type { Rules } from './rules.ts'
import { asTerm, type Term } from './term.ts'

/** The messages of elections. */
export type ElectionMessage = RequestPreVote | PreVote | RequestVote | Vote | TimeoutNow

/** The timer after which a node stands whose leader hung up. */
export const hurryTimer = 'hurry'
/** It waits for this share of the least election timeout at the most: for long beside what an election takes. */
const hurryShare = 0.1

/** The elections of one node. */
export class Elections {
  readonly #context: Context<RaftMessage, WalEntry, never>
  readonly #config: RaftConfig
  readonly #rules: Rules
  readonly #contact: Contact
  readonly #member: Member
  readonly #state: Member['state']
  /** Where the candidate's own vote stands on disk. */
  #votePosition = -1
  #ballot: Ballot | undefined
  /** Whether it asks about an election because its leader hung up. */
  #hurries = false
  /** The term whose leader hung up last. */
  #missedIn: Term | undefined

  constructor(
    context: Context<RaftMessage, WalEntry, never>,
    config: RaftConfig,
    rules: Rules,
    contact: Contact,
    member: Member,
  ) {
    this.#context = context
    this.#config = config
    this.#rules = rules
    this.#contact = contact
    this.#member = member
    this.#state = member.state
  }

  /** The votes of the election that this node stands in, asks about, or won. */
  get ballot(): Ballot | undefined {
    return this.#ballot
  }

  /** Nobody is heard: it is time to stand. */
  timedOut(): void {
    const { role, term } = this.#state
    if (!this.#mayStand()) return
    if (role === 'candidate') this.#mark('ran out of votes in time', { term })
    if (this.#config.preVote) this.#canvass()
    else this.#stand()
  }

  /** The leader hung up a moment ago. If it was not heard since, and nobody stands yet, it is time to ask. */
  hurried(): void {
    const { role, leader, term } = this.#state
    const isMissed = role === 'follower' && leader === undefined && term === this.#missedIn
    if (isMissed && this.#mayStand()) this.#canvass(true)
  }

  receive(from: NodeId, message: ElectionMessage): void {
    switch (message.type) {
      case 'RequestPreVote':
        return this.#onRequestPreVote(from, message)
      case 'PreVote':
        return this.#onPreVote(from, message)
      case 'RequestVote':
        return this.#onRequestVote(from, message)
      case 'Vote':
        return this.#onVote(from, message)
      case 'TimeoutNow':
        return this.#onTimeoutNow(from, message)
      default:
        return unreachable(message)
    }
  }

  /**
   * A follower forgets who leads, and goes on in its term: it votes for whoever asks, and its own
   * timeout runs on. The leader brings itself back with whatever it says next. Returns `false` on a
   * leader, and where a lease forbids it; whoever stands knows of no leader anyway.
   */
  forgetLeader(): boolean {
    const { role, term } = this.#state
    if (role === 'leader' || !this.#rules.mayForgetLeader(this.#config.reads)) return false
    if (role === 'follower') this.#member.follow(term, undefined)
    return true
  }

  /**
   * The connection to a peer ended. If that was the leader its process may be gone, so this node does not
   * wait for its whole timeout: it forgets the leader and asks the others soon, at a time of its own
   * choice. Where they still hear the leader nothing comes of it. Without a pre-vote it would depose a
   * leader that is well, and a lease forbids it, so there it waits.
   */
  hungUp(peer: NodeId): void {
    const { leader, term } = this.#state
    if (leader !== peer || !this.#config.preVote || !this.#mayStand() || !this.forgetLeader())
      return
    this.#missedIn = term
    this.#mark('missed its leader', { leader, term })
    const most = hurryShare * this.#config.electionTimeoutMinMs
    this.#context.setTimer(hurryTimer, most * this.#context.random('hurry'))
  }

  /** The disk is done up to `position`: a candidate's own vote counts from then on. */
  synced(position: number): void {
    if (this.#state.role === 'candidate' && position >= this.#votePosition) {
      this.#count(this.#context.id, true)
    }
  }

  /** Neither stands nor leads any longer. */
  close(): void {
    this.#ballot = undefined
  }

  /** Asks whether an election can be won before one is started. It binds nobody, so no disk is waited for. */
  #canvass(hurries = false): void {
    this.#hurries = hurries
    const term = asTerm(this.#state.term + 1)
    this.#member.become('pre-candidate', undefined)
    this.#ballot = this.#newBallot()
    this.#mark('asked before an election', { term })
    this.#member.awaitLeader()
    const { last: lastIndex, lastTerm } = this.#state.log
    const request: RequestPreVote = { type: 'RequestPreVote', term, lastIndex, lastTerm }
    for (const id of this.#voters()) this.#context.send(id, request)
    this.#count(this.#context.id, true)
  }

  /**
   * Says whether this node would vote, and changes neither term nor vote nor timer. A grant speaks
   * of the term that was asked for, a refusal of the own one, which the asker may be behind. Who
   * hears a leader says nothing. Whose leader hung up does not grant to those behind it: all of them
   * ask at almost the same time, and would split the vote. A pre-vote may be refused for any reason.
   */
  #onRequestPreVote(from: NodeId, request: RequestPreVote): void {
    if (this.#hearsLeader()) return this.#mark('ignored a candidate', { candidate: from })
    const own = this.#state.term
    const isUpToDate = this.#isUpToDate(request)
    const isRival = isUpToDate && this.#goesBefore(from, request)
    const granted = request.term > own && isUpToDate && !isRival
    if (!isUpToDate) this.#refusedStaleLog(from, request.term)
    else if (isRival) this.#mark('asked before a rival', { candidate: from, term: request.term })
    const answer: PreVote = { type: 'PreVote', term: granted ? request.term : own, granted }
    this.#context.send(from, answer)
  }

  /** Whether this node hurries to ask about the same term, with a log that is as good as the other's, and is first by name. */
  #goesBefore(rival: NodeId, { term, lastIndex, lastTerm }: RequestPreVote): boolean {
    const { role, term: own, log } = this.#state
    const isRival = this.#hurries && role === 'pre-candidate' && term === own + 1
    if (!isRival || this.#context.id > rival) return false
    return log.last === lastIndex && log.lastTerm === lastTerm
  }

  #onPreVote(from: NodeId, { term, granted }: PreVote): void {
    const own = this.#state.term
    if (!granted && term > own) return this.#member.follow(term, undefined)
    if (this.#state.role !== 'pre-candidate') return
    if (!granted || term === own + 1) this.#count(from, granted)
  }

  /** The leader hands over (thesis §3.10): this election is wanted, so nobody is asked before. */
  #onTimeoutNow(from: NodeId, { term }: TimeoutNow): void {
    const { role, leader, term: own } = this.#state
    const isWanted = term === own && role === 'follower' && leader === from
    if (isWanted && this.#mayStand()) this.#stand({ isTransfer: true })
  }

  #stand({ isTransfer = false } = {}): void {
    const term = asTerm(this.#state.term + 1)
    this.#votePosition = this.#member.adopt(term, this.#context.id)
    this.#member.become('candidate', undefined)
    this.#ballot = this.#newBallot()
    this.#mark('started an election', { term })
    this.#member.awaitLeader()
    const { last: lastIndex, lastTerm } = this.#state.log
    const asked: RequestVote = { type: 'RequestVote', term, lastIndex, lastTerm }
    const request = isTransfer ? { ...asked, isTransfer } : asked
    for (const id of this.#voters()) this.#promise(id, request)
    if (this.#rules.whenToVote() === 'now') this.#count(this.#context.id, true)
  }

  #onRequestVote(from: NodeId, request: RequestVote): void {
    const member = this.#member
    const state = this.#state
    if (request.term < state.term) return this.#vote(from, false)
    const isNewTerm = request.term > state.term
    const isBold = isNewTerm && request.isTransfer !== true
    if (isBold && this.#keepsToLeader(from) && this.#hearsLeader()) {
      return this.#mark('ignored a candidate', { candidate: from })
    }
    const votedFor = isNewTerm ? undefined : state.votedFor
    const isFree = this.#rules.mayVoteFor(from, votedFor)
    const granted = isFree && this.#isUpToDate(request)
    if (isNewTerm || (granted && votedFor !== from)) {
      member.adopt(request.term, granted ? from : votedFor)
    }
    if (isNewTerm || (granted && state.role === 'pre-candidate')) {
      member.become('follower', undefined)
    }
    if (granted) member.awaitLeader()
    else if (isFree) this.#refusedStaleLog(from, request.term)
    else this.#mark('refused a second vote', { candidate: from, term: request.term })
    this.#vote(from, granted)
  }

  #vote(to: NodeId, granted: boolean): void {
    this.#promise(to, { type: 'Vote', term: this.#state.term, granted })
  }

  #onVote(from: NodeId, { term, granted }: Vote): void {
    const own = this.#state.term
    if (term > own) return this.#member.follow(term, undefined)
    if (term === own && this.#state.role === 'candidate') this.#count(from, granted)
  }

  #count(voter: NodeId, granted: boolean): void {
    const ballot = this.#ballot
    if (ballot === undefined) return
    if (granted) ballot.granted.add(voter)
    else ballot.refused.add(voter)
    const { role, term } = this.#state
    if (ballot.isWon) {
      if (role === 'pre-candidate') this.#stand()
      else this.#member.lead([...ballot.granted])
    } else if (ballot.isLost) {
      this.#mark(role === 'pre-candidate' ? 'stood back' : 'lost an election', { term })
      this.#member.follow(term, undefined)
    }
  }

  /**
   * Who has no vote does not ask for those of others, once that is settled. Until then it may be the
   * only one that can be elected: it has the entry that takes its vote away, and those who vote by
   * that entry may not (thesis §4.2.2).
   */
  #mayStand(): boolean {
    const { log, commit } = this.#state
    if (isVoter(log.configuration, this.#context.id)) return true
    const before = log.configurationIndex > commit ? log.configurationBefore : undefined
    return before !== undefined && isVoter(before, this.#context.id)
  }

  /** The other voters. */
  #voters(): readonly NodeId[] {
    return votersOf(this.#state.log.configuration).filter((id) => id !== this.#context.id)
  }

  /**
   * Whether this candidate is ignored while a leader is heard. One that was removed and does not
   * know hears no leader for ever and would depose one after another; so it is ignored even where
   * others are not (thesis §4.2.3). Once nobody is heard it is as good as any: its log may know of
   * a configuration that this one does not.
   */
  #keepsToLeader(candidate: NodeId): boolean {
    return this.#config.checkQuorum || !isMember(this.#state.log.configuration, candidate)
  }

  #hearsLeader(): boolean {
    const { role, leader } = this.#state
    return role === 'leader' || (leader !== undefined && this.#contact.hearsLeader)
  }

  #isUpToDate({ lastTerm, lastIndex }: RequestVote | RequestPreVote): boolean {
    const { lastTerm: ownTerm, last } = this.#state.log
    return this.#rules.isUpToDate(lastTerm, lastIndex, ownTerm, last)
  }

  #newBallot(): Ballot {
    return new Ballot(this.#rules.mustAgree(this.#state.log.groups))
  }

  #refusedStaleLog(candidate: NodeId, term: Term): void {
    this.#mark('refused a stale log', { candidate, term })
  }

  #promise(to: NodeId, message: RequestVote | Vote): void {
    if (this.#rules.whenToVote() === 'synced') this.#context.sendOnceSynced(to, message)
    else this.#context.send(to, message)
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}
