import type { NodeId } from '@lockstep/process'
import { asIndex, type LogIndex, noIndex } from './term.ts'
import type { SnapshotTransfer } from './snapshot-transfer.ts'

/**
 * What the leader knows of one follower (§5.3, figure 2).
 *
 * Invariants: `0 <= match < next`, and `inFlight === 0 || inFlight >= next`. One append with
 * entries is under way at a time; what comes in the meantime goes with the next one, so the number
 * of messages falls as the load grows.
 */
export class Progress {
  readonly id: NodeId
  #match: LogIndex = noIndex
  #next: LogIndex
  #inFlight: LogIndex = noIndex
  #isOverdue = false
  #isProbing = true
  /** The snapshot that is under way to the follower. */
  transfer: SnapshotTransfer | undefined
  /** The highest commit index that a message told the follower and that it could use. */
  commitSent: LogIndex = noIndex

  constructor(id: NodeId, next: LogIndex) {
    this.id = id
    this.#next = next
  }

  /** Whether the leader looks for a match, goes on behind one, or sends a snapshot. */
  get state(): 'probe' | 'replicate' | 'snapshot' {
    if (this.transfer !== undefined) return 'snapshot'
    return this.#isProbing ? 'probe' : 'replicate'
  }

  /** The highest index at which the follower's durable log is known to equal the leader's. */
  get match(): LogIndex {
    return this.#match
  }

  /** The index of the first entry of the next append. */
  get next(): LogIndex {
    return this.#next
  }

  /** The last index of the append that is under way; 0 when none is. */
  get inFlight(): LogIndex {
    return this.#inFlight
  }

  /** An append up to `last` is under way. */
  sent(last: LogIndex): void {
    this.#inFlight = last
    this.#isOverdue = false
  }

  /** The follower's log equals the leader's up to `index`. Returns whether that is news. */
  acknowledged(index: LogIndex): boolean {
    if (this.#inFlight !== 0 && index >= this.#inFlight) this.#inFlight = noIndex
    this.#isProbing = false
    if (this.transfer !== undefined && index >= this.transfer.snapshot.index)
      this.transfer = undefined
    if (index <= this.#match) return false
    this.#match = index
    if (this.#next <= index) this.#next = asIndex(index + 1)
    return true
  }

  /**
   * The follower has no match at `prev`, and none after `candidate`. Returns `false` for an answer
   * that is too late to say anything.
   */
  rejected(prev: LogIndex, candidate: LogIndex): boolean {
    if (prev !== this.#next - 1 || prev <= this.#match) return false
    this.#next = asIndex(Math.max(this.#match, Math.min(prev - 1, candidate)) + 1)
    this.#inFlight = noIndex
    this.#isProbing = true
    return true
  }

  /** A heartbeat interval went by. Returns whether the append under way must be taken for lost. */
  waited(): boolean {
    if (this.#inFlight === 0) return false
    if (this.#isOverdue) return true
    this.#isOverdue = true
    return false
  }
}
