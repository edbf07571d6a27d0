/**
 * Reads without the log (ReadIndex, thesis §6.4).
 *
 * A leader may be deposed and not know it, so before it answers a read from its own state it asks
 * the others whether it still leads. One round of questions serves every read that waits when the
 * round begins; a read that comes later waits for the next one, since an answer that was on its way
 * before the read says nothing about now. Rounds are numbered within the term, and answers carry
 * both, so that no late answer confirms a later read. A no carries no round: the asker may lead the
 * term that it speaks of by the time it arrives.
 *
 * A majority is enough, so those who answered last are asked first, and all only when they keep still:
 * while all is well a read disturbs nobody in vain.
 *
 * A lease (thesis §6.4.1) spares the questions: whoever answered a round votes for nobody for an
 * election timeout, so until then no other leader can be there. It counts from when the round began,
 * by this node's oscillator, and gives way to the drift of all. A transfer elects in spite of it, so
 * a leader that ever told another node to stand has no lease for the rest of its term.
 *
 * A new leader does not know what earlier terms committed until an entry of its own is; reads wait
 * for that too. The answers promise nothing, so no disk is waited for: whoever elected a later
 * leader has that term on disk, and some of them would have to answer.
 */
import { type Context, type Milliseconds, type NodeId, unreachable } from '@lockstep/process'
import type { RaftConfig } from './config.ts'
import { votersOf } from './configuration.ts'
import type { Contact } from './contact.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type { ConfirmLeader, LeaderConfirmed, ReadIndex, ReadIndexResult } from './messages.ts'
import { hasQuorum, quorumIndex } from './quorum.ts'
import type { Rules } from './rules.ts'
import { noTerm } from './term.ts'

/** The timer after which all are asked. */
export const confirmTimer = 'confirm'

/** Hears whether the leader's state may be read now; `false` when the node no longer leads. */
export type Reader = (mayRead: boolean) => void

type Out = Pick<
  Context<ConfirmLeader | LeaderConfirmed | ReadIndexResult>,
  'id' | 'send' | 'setTimer' | 'clearTimer' | 'mark' | 'elapsed'
>

interface Waiting {
  /** The first round whose answers count. */
  readonly round: number
  readonly reader: Reader
}

/** The reads that wait on one leader. */
export class Reads {
  readonly #context: Out
  readonly #config: RaftConfig
  readonly #rules: Rules
  readonly #contact: Contact
  readonly #member: Member
  #begun = 0
  /** The newest round that each follower answered. */
  readonly #answered = new Map<NodeId, number>()
  #waiting: Waiting[] = []
  /** Whether the timer is set. */
  #isTimed = false
  /** When each round that is not confirmed yet began. */
  readonly #began = new Map<number, Milliseconds>()
  /** No other leader can be elected before this; `undefined` once that is no longer sure in this term. */
  #leaseEnd: Milliseconds | undefined = 0

  constructor(context: Out, config: RaftConfig, rules: Rules, contact: Contact, member: Member) {
    this.#context = context
    this.#config = config
    this.#rules = rules
    this.#contact = contact
    this.#member = member
  }

  /** This node leads a term from now on. */
  lead(): void {
    this.#begun = 0
    this.#answered.clear()
    this.#began.clear()
    this.#leaseEnd = 0
  }

  /** Another node was told to stand, and the others will vote for it whenever it does. */
  endLease(): void {
    this.#leaseEnd = undefined
  }

  /** A read is served by the lease, or waits from now on; `advance` asks for all that do. */
  ask(reader: Reader): void {
    if (this.#holdsLease() && this.#mayServe()) {
      this.#mark('read under its lease')
      return reader(true)
    }
    this.#waiting.push({ round: this.#begun + 1, reader })
    if (!this.#mayServe()) this.#mark('let a read wait')
  }

  receive(from: NodeId, message: ConfirmLeader | LeaderConfirmed | ReadIndex): void {
    switch (message.type) {
      case 'ConfirmLeader':
        return this.#onConfirmLeader(from, message)
      case 'LeaderConfirmed':
        return this.#onLeaderConfirmed(from, message)
      case 'ReadIndex':
        return this.#onReadIndex(from, message)
      default:
        return unreachable(message)
    }
  }

  /** A follower wants to read: it hears what is committed as soon as this leader may read itself. */
  #onReadIndex(from: NodeId, { term, incarnation, batch }: ReadIndex): void {
    const { state } = this.#member
    if (term > state.term) return this.#member.follow(term, undefined)
    if (term < state.term || state.role !== 'leader') return
    this.ask((mayRead) => {
      if (!mayRead) return
      const index = state.commit
      this.#member.tellCommit(from)
      this.#context.send(from, { type: 'ReadIndexResult', term, incarnation, batch, index })
    })
  }

  #onConfirmLeader(from: NodeId, { term, round }: ConfirmLeader): void {
    const { state } = this.#member
    if (term === state.term && state.role === 'leader') {
      return this.#member.refused('a second leader of the term')
    }
    const leads = term >= state.term
    if (leads) {
      this.#member.follow(term, from)
      this.#contact.heardLeader()
      this.#member.awaitLeader()
    }
    const answer = { type: 'LeaderConfirmed', term: state.term, round: leads ? round : 0 } as const
    this.#context.send(from, answer)
  }

  #onLeaderConfirmed(from: NodeId, { term, round }: LeaderConfirmed): void {
    const { state } = this.#member
    if (term > state.term) return this.#member.follow(term, undefined)
    if (term < state.term || state.role !== 'leader' || round === 0) return
    if (round > this.#begun) return this.#member.refused('acknowledges what was never sent')
    this.#contact.answered(from)
    this.#answered.set(from, Math.max(round, this.#answered.get(from) ?? 0))
    this.advance()
  }

  /** Answers what may be answered, and asks the others if reads wait and no question is under way. */
  advance(): void {
    if (this.#waiting.length === 0 || !this.#mayServe()) return
    const confirmed = this.#settle()
    if (this.#waiting.length > 0 && confirmed === this.#begun) this.#begin(this.#enough())
  }

  /** Asks the others once more if reads still wait: questions and answers get lost. */
  again(): void {
    if (this.#waiting.length > 0 && this.#mayServe()) this.#begin(this.#others())
  }

  /** Those who were asked first had their time. */
  timedOut(): void {
    this.#isTimed = false
    if (this.#waiting.length > 0 && this.#confirmed() < this.#begun) this.#question(this.#others())
  }

  /** This node no longer leads. */
  close(): void {
    if (this.#isTimed) this.#context.clearTimer(confirmTimer)
    this.#isTimed = false
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reader } of waiting) reader(false)
  }

  #begin(asked: readonly NodeId[]): void {
    this.#begun++
    this.#began.set(this.#begun, this.#context.elapsed())
    this.#question(asked)
    this.#settle()
  }

  #question(asked: readonly NodeId[]): void {
    const { term } = this.#member.state
    for (const id of asked) {
      this.#context.send(id, { type: 'ConfirmLeader', term, round: this.#begun })
    }
  }

  #others(): readonly NodeId[] {
    const { id: own } = this.#context
    return votersOf(this.#member.state.log.configuration).filter((id) => id !== own)
  }

  /** As many of the others as it takes, those who answered last. All are asked if they keep still. */
  #enough(): readonly NodeId[] {
    const { confirmDelayMs } = this.#config
    const others = this.#others()
    if (confirmDelayMs === 0) return others
    const { groups } = this.#member.state.log
    const asked = new Set([this.#context.id])
    const lastFirst = (a: NodeId, b: NodeId): number =>
      this.#contact.answeredAt(b) - this.#contact.answeredAt(a)
    for (const id of others.toSorted(lastFirst)) {
      if (hasQuorum(groups, (voter) => asked.has(voter))) break
      asked.add(id)
    }
    if (!this.#isTimed) this.#context.setTimer(confirmTimer, confirmDelayMs)
    this.#isTimed = true
    return others.filter((id) => asked.has(id))
  }

  /** Answers the reads whose round a majority answered. Returns the newest such round. */
  #settle(): number {
    const confirmed = this.#confirmed()
    this.#renewLease(confirmed)
    let done = 0
    while (this.#isDone(this.#waiting[done], confirmed)) done++
    if (done === 0) return confirmed
    const answered = this.#waiting.splice(0, done)
    if (done > 1) this.#mark('answered reads together')
    for (const { reader } of answered) reader(true)
    return confirmed
  }

  #isDone(read: Waiting | undefined, confirmed: number): boolean {
    return read !== undefined && this.#rules.isConfirmed(read.round, confirmed)
  }

  #renewLease(confirmed: number): void {
    const began = this.#began.get(confirmed)
    if (began === undefined) return
    for (const round of this.#began.keys()) if (round <= confirmed) this.#began.delete(round)
    const { electionTimeoutMinMs, clockDriftMax } = this.#config
    if (this.#leaseEnd === undefined) return
    this.#leaseEnd = began + this.#rules.leaseMs(electionTimeoutMinMs, clockDriftMax)
  }

  #holdsLease(): boolean {
    if (this.#config.reads !== 'lease' || this.#leaseEnd === undefined) return false
    return this.#context.elapsed() < this.#leaseEnd
  }

  /** The newest round that a majority answered; this leader answers itself. */
  #confirmed(): number {
    const answered = (id: NodeId): number =>
      id === this.#context.id ? this.#begun : (this.#answered.get(id) ?? 0)
    return quorumIndex(this.#member.state.log.groups, answered, 0)
  }

  /** Whether something of the leader's own term is committed. */
  #mayServe(): boolean {
    const { log, commit, term } = this.#member.state
    return this.#rules.mayServeReads(log.termAt(commit) ?? noTerm, term)
  }

  #mark(name: Mark): void {
    this.#context.mark(name, { term: this.#member.state.term, waiting: this.#waiting.length })
  }
}
