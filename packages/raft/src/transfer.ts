import type { Context, Milliseconds, NodeId } from '@lockstep/process'
import type { RaftConfig } from './config.ts'
import { isVoter } from './configuration.ts'
import type { Contact } from './contact.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type { TimeoutNow } from './messages.ts'
import type { Progress } from './progress.ts'
import { hasQuorum } from './quorum.ts'

type Out = Pick<Context<TimeoutNow>, 'id' | 'send' | 'setTimer' | 'clearTimer' | 'elapsed' | 'mark'>

/**
 * The leader hands over to a follower (thesis §3.10): it takes no proposals, brings the follower's
 * log up to its own, and tells it to stand at once. If it still leads after an election timeout,
 * it goes on as if nothing had been, unless its disk is the reason and still stalled: then it steps down.
 *
 * It does so when it is asked to, and by itself when its own disk stalls: the followers can commit
 * without that disk and hear every heartbeat, so nobody else would ever find out.
 */
export class Transfer {
  readonly #context: Out
  readonly #config: RaftConfig
  readonly #contact: Contact
  readonly #member: Member
  #target: NodeId | undefined
  /** The durable end of the leader's log at the last look, and when it was found to have moved. */
  #durable = 0
  #movedAt: Milliseconds = 0

  constructor(context: Out, config: RaftConfig, contact: Contact, member: Member) {
    this.#context = context
    this.#config = config
    this.#contact = contact
    this.#member = member
  }

  /** Who is to lead next; `undefined` while nothing is handed over. */
  get target(): NodeId | undefined {
    return this.#target
  }

  /** This node leads from now on. */
  lead(): void {
    this.#movedAt = this.#context.elapsed()
  }

  /** Begins, or turns to another follower; nothing is to be done for the leader itself. Returns `false` if there is no such voter. */
  begin(to: NodeId): boolean {
    if (to === this.#target || to === this.#context.id) return true
    const { followers, log } = this.#member.state
    if (!followers.some(({ id }) => id === to) || !isVoter(log.configuration, to)) return false
    this.#target = to
    this.#context.setTimer('transfer', this.#config.electionTimeoutMaxMs)
    this.#mark('began to hand over', { to })
    this.advance(to)
    return true
  }

  /** A follower answered: if it is the one and has the whole log, it is told to stand. */
  advance(from: NodeId): void {
    if (from !== this.#target) return
    const { followers, log, term } = this.#member.state
    if (followers.find(({ id }) => id === from)?.match === log.last) {
      this.#member.endLease()
      this.#context.send(from, { type: 'TimeoutNow', term })
    }
  }

  /**
   * It took too long. Where the disk is still stalled, the leader steps down: it would keep the others
   * from an election as long as they hear it, and never counts itself.
   *
   * That is safe at any time: what is committed is on the disks of a quorum, and whoever is elected
   * has it. It helps only where the voters without this node are a quorum that is up, since they must
   * elect without its disk; elsewhere nobody could lead, and a leader that waits for its disk is better
   * than none.
   */
  timedOut(): void {
    this.#mark('gave up handing over', { to: this.#target })
    this.#target = undefined
    if (!this.#config.handOverOnStall || !this.#isStalled() || !this.#canElect()) return
    this.#mark('stepped down for its stalled disk', { unsynced: this.#unsynced })
    this.#member.become('follower', undefined)
  }

  /** This node no longer leads. */
  close(): void {
    if (this.#target === undefined) return
    this.#target = undefined
    this.#context.clearTimer('transfer')
  }

  /** Hands over if the own disk wrote nothing for an election timeout, and enough others are there to elect. */
  watchDisk(): void {
    const isStalled = this.#isStalled()
    if (!this.#config.handOverOnStall || !isStalled) return
    if (this.#target !== undefined || !this.#canElect()) return
    this.#mark('found its disk stalled', { unsynced: this.#unsynced })
    this.beginWithBest()
  }

  /** The configuration changed: who is to lead next must still have a vote. */
  reconfigured(): void {
    const { configuration } = this.#member.state.log
    if (this.#target !== undefined && !isVoter(configuration, this.#target)) this.close()
  }

  /** A leader that was removed tells the best of those who stay to stand, so that nobody waits for an election timeout. */
  bequeath(): void {
    const [best] = this.#heirs()
    const { term } = this.#member.state
    if (best !== undefined) this.#context.send(best.id, { type: 'TimeoutNow', term })
  }

  /** Begins with the best of the voters who are heard. Returns `false` when there is none. */
  beginWithBest(): boolean {
    const [best] = this.#heirs()
    return best !== undefined && this.begin(best.id)
  }

  /** Looks at the disk: whether it has something to write, and wrote nothing for an election timeout. */
  #isStalled(): boolean {
    const { log } = this.#member.state
    const now = this.#context.elapsed()
    if (log.durable === log.last || log.durable !== this.#durable) {
      this.#durable = log.durable
      this.#movedAt = now
    }
    return now - this.#movedAt >= this.#config.electionTimeoutMaxMs
  }

  get #unsynced(): number {
    const { log } = this.#member.state
    return log.last - log.durable
  }

  /** Whether the voters who are heard are a quorum without this node. */
  #canElect(): boolean {
    const heirs = new Set(this.#heirs().map(({ id }) => id))
    return hasQuorum(this.#member.state.log.groups, (id) => heirs.has(id))
  }

  /** The voters who are heard, those with the most of the log first. */
  #heirs(): readonly Progress[] {
    const { followers, log } = this.#member.state
    return followers
      .filter(({ id }) => isVoter(log.configuration, id) && this.#contact.hears(id))
      .sort((a, b) => b.match - a.match)
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}
