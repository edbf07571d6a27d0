/**
 * What a leader sends a follower, as the follower takes it: entries (§5.3) and snapshots (§7).
 *
 * Whatever arrives is checked against the log, and answered once it is on disk.
 */
import type { Context, NodeId } from '@lockstep/process'
import type { Entry } from './command.ts'
import type { Compaction } from './compaction.ts'
import type { Contact } from './contact.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type { AppendEntries, InstallSnapshot } from './messages.ts'
import type { Rules } from './rules.ts'
import { isIntact } from './snapshot.ts'
import { asIndex, type LogIndex, noIndex, noTerm, type Term } from './term.ts'

/** One node in the hands of its leader. */
export class Following {
  readonly #context: Pick<Context, 'mark'>
  readonly #rules: Rules
  readonly #contact: Contact
  readonly #compaction: Compaction
  readonly #member: Member
  readonly #state: Member['state']

  constructor(
    context: Pick<Context, 'mark'>,
    rules: Rules,
    contact: Contact,
    compaction: Compaction,
    member: Member,
  ) {
    this.#context = context
    this.#rules = rules
    this.#contact = contact
    this.#compaction = compaction
    this.#member = member
    this.#state = member.state
  }

  onAppendEntries(from: NodeId, sent: AppendEntries): void {
    const state = this.#state
    if (sent.term < state.term) return this.#reject(from, sent)
    if (!this.#hear(from, sent.term)) return
    const end = asIndex(sent.prevIndex + sent.entries.length)
    if (end <= state.commit) return this.#acknowledge(from, state.commit)
    const append = behind(state.log.base, sent)
    if (!this.#rules.matchesPrevious(state.log.termAt(append.prevIndex), append.prevTerm)) {
      this.#mark('rejected an append', { from, prevIndex: append.prevIndex })
      return this.#reject(from, append)
    }
    if (!this.#take(append)) return this.#member.refused('contradicts a committed entry')
    this.#member.commitUpTo(asIndex(Math.min(append.commit, end)))
    this.#acknowledge(from, end)
  }

  onInstallSnapshot(from: NodeId, chunk: InstallSnapshot): void {
    const state = this.#state
    const { term, index, lastTerm } = chunk
    if (term < state.term) return this.#acknowledgeItems(from, index, 0)
    if (!isIntact(chunk)) return this.#member.refused('a damaged snapshot')
    if (!this.#hear(from, term)) return
    const isInLog = state.log.termAt(index) === lastTerm
    if (!this.#rules.needsSnapshot(index, state.commit, isInLog)) {
      this.#member.commitUpTo(index)
      return this.#acknowledge(from, asIndex(Math.max(index, state.commit)))
    }
    const snapshot = this.#compaction.assemble(chunk)
    if (typeof snapshot === 'number') return this.#acknowledgeItems(from, index, snapshot)
    this.#member.resume({ ...snapshot, base: index, baseTerm: lastTerm })
    this.#compaction.install(snapshot)
    this.#mark('installed a snapshot', { index, from })
    this.#acknowledge(from, index)
  }

  /** The leader of this or a later term spoke. Returns `false` where this node is that leader. */
  #hear(from: NodeId, term: Term): boolean {
    const state = this.#state
    if (term === state.term && state.role === 'leader') {
      this.#member.refused('a second leader of the term')
      return false
    }
    this.#member.follow(term, from)
    this.#contact.heardLeader()
    this.#member.awaitLeader()
    return true
  }

  /** Brings the log in line with an append. Returns `false` if that would undo what is committed. */
  #take(append: AppendEntries): boolean {
    const { prevIndex, entries } = append
    const { log, commit } = this.#state
    const last = log.last
    let known = 0
    let conflict = noIndex
    while (known < entries.length && prevIndex + known < last) {
      const entry = entries[known] as Entry
      if (log.termAt(entry.index) !== entry.term) {
        conflict = entry.index
        break
      }
      known++
    }
    const survives = this.#rules.survives(asIndex(prevIndex + known), conflict, last)
    if (survives < commit) return false
    if (survives < last) {
      this.#mark('truncated its log', { from: survives + 1, to: last })
      const { configurationIndex: was } = log
      log.cutAfter(survives)
      const { configurationIndex: index } = log
      if (index !== was) this.#mark('fell back to an earlier configuration', { from: was, index })
    }
    for (let i = known; i < entries.length; i++) this.#member.append(entries[i] as Entry)
    return true
  }

  /** The log equals the leader's up to an index. */
  #acknowledge(to: NodeId, match: LogIndex): void {
    const when = this.#rules.whenToAcknowledge()
    const { term } = this.#state
    this.#member.promise(when, to, { type: 'AppendResult', term, success: true, match })
  }

  #reject(to: NodeId, append: AppendEntries): void {
    const { log, term } = this.#state
    const hintIndex = log.lastAtMost(append.prevTerm, append.prevIndex)
    this.#member.promise(this.#rules.whenToAcknowledge(), to, {
      type: 'AppendResult',
      term,
      success: false,
      rejected: append.prevIndex,
      hintIndex,
      hintTerm: log.termAt(hintIndex) ?? noTerm,
    })
  }

  #acknowledgeItems(to: NodeId, index: LogIndex, received: number): void {
    const { term } = this.#state
    const result = { type: 'SnapshotResult', term, index, received } as const
    this.#member.promise(this.#rules.whenToAcknowledge(), to, result)
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}

/** An append without what the log let go: that is committed, so it is the same on both sides. */
function behind(base: LogIndex, append: AppendEntries): AppendEntries {
  const known = base - append.prevIndex
  if (known <= 0) return append
  const prevTerm = append.entries[known - 1]?.term ?? noTerm
  return { ...append, prevIndex: base, prevTerm, entries: append.entries.slice(known) }
}
