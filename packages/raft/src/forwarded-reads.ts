import type { Context, NodeId } from '@lockstep/process'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type { ReadIndex, ReadIndexResult } from './messages.ts'
import type { Reader } from './reads.ts'
import type { Rules } from './rules.ts'
import type { LogIndex } from './term.ts'

type Out = Pick<
  Context<ReadIndex>,
  'id' | 'incarnation' | 'send' | 'setTimer' | 'clearTimer' | 'mark'
>

interface Waiting {
  /** What must have been applied. */
  readonly index: LogIndex
  readonly readers: readonly Reader[]
}

/** The timer after which a follower asks its leader again. */
export const readIndexTimer = 'read index'

/**
 * Reads that a follower answers itself (thesis §6.4): it asks its leader what is committed, waits
 * until it has applied that, and reads its own state. So the leader's share of a read is a number.
 *
 * One question is under way at a time and serves all reads that came before it was asked. Reads that
 * come later wait for the next one: the answer may have been on its way before them.
 */
export class ForwardedReads {
  readonly #context: Out
  readonly #rules: Rules
  readonly #member: Member
  readonly #againMs: number
  #batch = 0
  /** Those that the question under way serves; empty when there is none. */
  #asked: Reader[] = []
  /** Those that came since. */
  #next: Reader[] = []
  /** Those that know up to where this node must apply, in the order of their indices. */
  #waiting: Waiting[] = []

  /** `againMs`: how long an answer may take before the leader is asked again. */
  constructor(context: Out, rules: Rules, member: Member, againMs: number) {
    this.#context = context
    this.#rules = rules
    this.#member = member
    this.#againMs = againMs
  }

  /** A read waits from now on. Returns `false` when nobody is known to lead. */
  ask(reader: Reader): boolean {
    if (this.#member.state.leader === undefined) return false
    this.#next.push(reader)
    if (this.#asked.length === 0) this.#begin()
    return true
  }

  /** The leader said what is committed. */
  receive({ term, incarnation, batch, index }: ReadIndexResult): void {
    if (term !== this.#member.state.term || incarnation !== this.#context.incarnation) return
    if (batch !== this.#batch || this.#asked.length === 0) return
    const readers = this.#asked
    this.#asked = []
    this.#context.clearTimer(readIndexTimer)
    this.#waiting.push({ index, readers })
    const { applied } = this.#member.state
    if (applied < index) this.#mark('let a forwarded read wait', { index, applied })
    this.applied()
    if (this.#next.length > 0) this.#begin()
  }

  /** This node applied entries. */
  applied(): void {
    const { applied } = this.#member.state
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!this.#rules.mayAnswerForwarded(applied, first.index)) return
      this.#waiting.shift()
      this.#mark('answered forwarded reads', { index: first.index, reads: first.readers.length })
      for (const reader of first.readers) reader(true)
    }
  }

  /** No answer came: question or answer may be lost, or the leader is no longer heard. */
  timedOut(): void {
    if (this.#member.state.leader === undefined) return this.close()
    this.#send()
  }

  /** Another node leads, or nobody: what was asked of the last one will not be answered. */
  close(): void {
    const left = [...this.#asked, ...this.#next]
    if (left.length === 0) return
    this.#asked = []
    this.#next = []
    this.#context.clearTimer(readIndexTimer)
    for (const reader of left) reader(false)
  }

  #begin(): void {
    this.#batch++
    this.#asked = this.#next
    this.#next = []
    this.#send()
  }

  #send(): void {
    const { leader, term } = this.#member.state
    const { incarnation } = this.#context
    this.#context.setTimer(readIndexTimer, this.#againMs)
    const question: ReadIndex = { type: 'ReadIndex', term, incarnation, batch: this.#batch }
    this.#context.send(leader as NodeId, question)
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}
