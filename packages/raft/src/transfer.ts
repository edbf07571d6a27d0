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
 * it goes on as if nothing had been.
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

  /** It took too long. */
  timedOut(): void {
    this.#mark('gave up handing over', { to: this.#target })
    this.#target = undefined
  }

  /** This node no longer leads. */
  close(): void {
    if (this.#target === undefined) return
    this.#target = undefined
    this.#context.clearTimer('transfer')
  }

  /** Hands over if the own disk wrote nothing for an election timeout, and enough others are there to elect. */
  watchDisk(): void {
    const { log } = this.#member.state
    const now = this.#context.elapsed()
    if (log.durable === log.last || log.durable !== this.#durable) {
      this.#durable = log.durable
      this.#movedAt = now
      return
    }
    if (!this.#config.handOverOnStall) return
    if (now - this.#movedAt < this.#config.electionTimeoutMaxMs) return
    this.#movedAt = now
    const heirs = this.#heirs()
    if (!hasQuorum(log.groups, (id) => heirs.some((heir) => heir.id === id))) return
    const [best] = heirs
    this.#mark('found its disk stalled', { unsynced: log.last - log.durable })
    if (best !== undefined) this.begin(best.id)
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
