/**
 * The log's way from a leader to its followers (§5.3), and that of a snapshot to who is behind it (§7).
 *
 * What is proposed in one turn leaves in one append a follower. While one is under way only full
 * appends follow it, as far as the window has room; the rest leaves together when it is answered, so
 * messages per entry fall as the load grows. The leader's own disk is not waited for: it writes while
 * the followers do (thesis §10.2.1).
 */
import { bundled, type Context, type NodeId } from '@lockstep/process'
import { bytesOf, type Entry } from './command.ts'
import type { RaftConfig } from './config.ts'
import type { Contact } from './contact.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type { AppendEntries, AppendResult, InstallSnapshot, SnapshotResult } from './messages.ts'
import { Progress, type WindowLimits } from './progress.ts'
import { questionOf } from './snapshot.ts'
import { sizeOf } from './kv/state.ts'
import { SnapshotTransfer } from './snapshot-transfer.ts'
import { asIndex, type LogIndex, noIndex, type Term } from './term.ts'
import type { Transfer } from './transfer.ts'

type Out = Pick<
  Context<AppendEntries | InstallSnapshot>,
  'send' | 'setTimer' | 'clearTimer' | 'mark'
>

/** The timer after which a follower that was sent nothing meanwhile hears what is committed. */
export const commitTimer = 'commit'

const none: readonly Entry[] = []

/** What a leader knows of its followers, and sends them. */
export class Replication {
  readonly #context: Out
  readonly #config: RaftConfig
  readonly #limits: WindowLimits
  readonly #contact: Contact
  readonly #transfer: Transfer
  readonly #member: Member
  readonly #state: Member['state']
  #followers: readonly Progress[] = []
  /** What one follower was sent last; another one that is as far gets the same. */
  #sent: { readonly next: LogIndex; readonly last: LogIndex; readonly entries: readonly Entry[] } =
    {
      next: noIndex,
      last: noIndex,
      entries: none,
    }
  /** Whether there are entries that no follower was sent yet. */
  #hasNews = false
  /** Whether the timer is set. */
  #isTimed = false

  constructor(
    context: Out,
    config: RaftConfig,
    contact: Contact,
    transfer: Transfer,
    member: Member,
  ) {
    this.#context = context
    this.#config = config
    this.#limits = {
      messagesMax: config.inFlightMessagesMax,
      bytesMax: config.inFlightBytesMax,
    }
    this.#contact = contact
    this.#transfer = transfer
    this.#member = member
    this.#state = member.state
  }

  /** The followers, in the order of the members. Empty on who does not lead. */
  get followers(): readonly Progress[] {
    return this.#followers
  }

  /** Who gets the log from now on; who is new is looked for from the log's end backwards. */
  setFollowers(ids: readonly NodeId[]): void {
    const known = new Map(this.#followers.map((follower) => [follower.id, follower]))
    const next = asIndex(this.#state.log.last + 1)
    for (const follower of this.#followers) {
      if (!ids.includes(follower.id)) this.#takeLeave(follower)
    }
    this.#followers = ids.map((id) => {
      const follower = known.get(id)
      if (follower !== undefined) return follower
      this.#contact.answered(id)
      return new Progress(id, next, this.#limits)
    })
  }

  /** This node no longer leads. */
  close(): void {
    this.#followers = []
    this.#sent = { next: noIndex, last: noIndex, entries: none }
    this.#hasNews = false
    if (this.#isTimed) this.#context.clearTimer(commitTimer)
    this.#isTimed = false
  }

  /** What the leader knows of a member; `undefined` of itself and of strangers. */
  follower(id: NodeId): Progress | undefined {
    return this.#followers.find((follower) => follower.id === id)
  }

  /** Up to where a follower's durable log equals the leader's. */
  matchOf(id: NodeId): LogIndex {
    return this.follower(id)?.match ?? noIndex
  }

  /** The log grew: it is sent on at the next `flush`. */
  appended(): void {
    this.#hasNews = true
  }

  /** Sends on what was appended since the last call, together. */
  flush(): void {
    if (this.#hasNews) this.replicateAll()
    this.#hasNews = false
  }

  /** Sends every follower what is new for it. */
  replicateAll(): void {
    for (const follower of this.#followers) this.#replicate(follower)
  }

  /** Nothing that was sent meanwhile told the followers what is committed. */
  timedOut(): void {
    this.#isTimed = false
    for (const follower of this.#followers) {
      if (follower.flights === 0) this.tellCommit(follower.id)
    }
  }

  /** Lets a follower know at once what is committed, as far as its log goes, if it was not told. */
  tellCommit(id: NodeId): void {
    const follower = this.follower(id)
    if (follower === undefined || follower.next <= this.#state.log.base) return
    if (follower.commitSent < this.#state.commit) {
      this.#sendAppend(follower, asIndex(follower.next - 1), none)
    }
  }

  /** Keeps every follower from standing for election, and sends again what seems to be lost. */
  beat(): void {
    const { log } = this.#state
    for (const follower of this.#followers) {
      if (follower.next <= log.base) this.#offerSnapshot(follower)
      else if (follower.waited()) {
        this.#mark('sent an append again', { to: follower.id })
        this.#replicate(follower)
      } else {
        const isSure = follower.state === 'replicate' && follower.flights > 0
        const prev = isSure ? Math.max(follower.match, log.base) : follower.next - 1
        this.#sendAppend(follower, asIndex(prev), none)
      }
    }
  }

  /** A follower answered an append. */
  onAppendResult(from: NodeId, result: AppendResult): void {
    const { log, term } = this.#state
    if (result.term > term) return this.#member.follow(result.term, undefined)
    const follower = this.follower(from)
    if (result.term < term || follower === undefined) return
    this.#contact.answered(from)
    if (!result.success) {
      const candidate = log.lastAtMost(result.hintTerm, result.hintIndex)
      if (follower.rejected(result.rejected, candidate)) this.#replicate(follower)
      return
    }
    if (result.match > log.last) return this.#member.refused('acknowledges what was never sent')
    const isNews = follower.acknowledged(result.match)
    if (follower.next > log.base) follower.transfer = undefined
    if (isNews) this.#member.advanceCommit()
    if (this.#state.role !== 'leader') return
    this.#replicate(follower)
    this.#transfer.advance(from)
  }

  /** A follower said how much of a snapshot it has, and gets what comes next. */
  onSnapshotResult(from: NodeId, { term, index, received }: SnapshotResult): void {
    const { state } = this.#member
    if (term > state.term) return this.#member.follow(term, undefined)
    if (term < state.term || state.role !== 'leader') return
    this.#contact.answered(from)
    const transfer = this.follower(from)?.transfer
    if (transfer?.snapshot.index !== index) return
    const sending = transfer.answered(received, this.#config.snapshotChunkBytes)
    if (sending === undefined) return
    const { chunk, is } = sending
    if (is === 'first') this.#mark('sent a snapshot', { to: from, index })
    if (is === 'resumed') this.#mark('resumed a snapshot', { to: from, offset: received })
    this.#context.send(from, { type: 'InstallSnapshot', term: this.#state.term, ...chunk })
  }

  /**
   * Up to where the log may go without a follower needing another snapshot as soon as the one that
   * is under way is there: what stands behind that stays for a while.
   */
  keptFor(base: LogIndex, newest: LogIndex): LogIndex {
    let kept = base
    for (const { transfer } of this.#followers) {
      if (transfer?.hasBegun !== true) continue
      const { index: sent, state } = transfer.snapshot
      const items = Math.max(this.#config.snapshotEntries, sizeOf(state))
      if (newest - sent <= 2 * items) kept = asIndex(Math.min(kept, sent))
    }
    return kept
  }

  /** Sends a follower what is new for it, as far as its window has room. */
  #replicate(follower: Progress): void {
    const { log, commit } = this.#state
    if (follower.next <= log.base) {
      if (follower.transfer === undefined) this.#offerSnapshot(follower)
      return
    }
    while (follower.next <= log.last && follower.hasRoom) {
      if (this.#waits(follower)) return
      this.#sendEntries(follower)
      if (follower.state !== 'replicate') return
    }
    if (follower.flights === 0 && follower.commitSent < commit) this.#awaitCommit(follower)
  }

  /** What is committed goes with the next entries; alone when none come for a while. */
  #awaitCommit(follower: Progress): void {
    const { commitDelayMs } = this.#config
    if (commitDelayMs === 0) return this.tellCommit(follower.id)
    if (this.#isTimed) return
    this.#isTimed = true
    this.#context.setTimer(commitTimer, commitDelayMs)
  }

  /** Whether what is new for a follower leaves together with what comes next, while it does not fill an append. */
  #waits({ flights, next }: Progress): boolean {
    const { coalesceAppends, batchEntriesMax, batchBytesMax } = this.#config
    const news = this.#state.log.last - next + 1
    if (!coalesceAppends || flights === 0 || news >= batchEntriesMax) return false
    return this.#state.log.slice(next, batchEntriesMax, batchBytesMax).length === news
  }

  /** Tells a node that goes how far the log is committed: who knows that it is no member does not stand. */
  #takeLeave(follower: Progress): void {
    const last = asIndex(Math.max(follower.match, follower.inFlight))
    if (last >= this.#state.log.base) this.#sendAppend(follower, last, none)
  }

  #sendEntries(follower: Progress): void {
    const prevIndex = asIndex(follower.next - 1)
    const entries = this.#entriesFrom(follower.next)
    let bytes = 0
    for (const entry of entries) bytes += bytesOf(entry)
    follower.sent(asIndex(prevIndex + entries.length), bytes)
    this.#sendAppend(follower, prevIndex, entries)
  }

  #entriesFrom(next: LogIndex): readonly Entry[] {
    const { last } = this.#state.log
    if (next === this.#sent.next && last === this.#sent.last) return this.#sent.entries
    const { batchEntriesMax, batchBytesMax } = this.#config
    const entries = bundled(this.#state.log.slice(next, batchEntriesMax, batchBytesMax))
    this.#sent = { next, last, entries }
    return entries
  }

  #sendAppend(follower: Progress, prevIndex: LogIndex, entries: readonly Entry[]): void {
    const { log, commit, term } = this.#state
    const useful = Math.min(commit, prevIndex + entries.length)
    follower.commitSent = asIndex(Math.max(follower.commitSent, useful))
    this.#context.send(follower.id, {
      type: 'AppendEntries',
      term,
      prevIndex,
      prevTerm: log.termAt(prevIndex) as Term,
      entries,
      commit,
    })
  }

  /** Asks a follower that is behind the log how much of the snapshot it has. */
  #offerSnapshot(follower: Progress): void {
    const { snapshot, term } = this.#state
    if (snapshot === undefined) return
    const begun = follower.transfer?.hasBegun === true ? follower.transfer : undefined
    const transfer = begun ?? new SnapshotTransfer(snapshot)
    follower.transfer = transfer
    transfer.waited()
    const question = questionOf(transfer.snapshot)
    this.#context.send(follower.id, { type: 'InstallSnapshot', term, ...question })
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}
