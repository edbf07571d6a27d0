import type { NodeId } from '@lockstep/process'
import { asIndex, type LogIndex, noIndex } from './term.ts'
import type { SnapshotTransfer } from './snapshot-transfer.ts'

/** How much may be under way to one follower at a time. */
export interface WindowLimits {
  /** The most appends with entries. */
  readonly messagesMax: number
  /** The most bytes of their entries, about; one append is always allowed. */
  readonly bytesMax: number
}

/** An append with entries that was not answered yet. */
interface Flight {
  readonly last: LogIndex
  readonly bytes: number
}

/**
 * What the leader knows of one follower (§5.3, figure 2).
 *
 * It probes for the end of what both logs share with one append at a time, whose entries it sends
 * again until one is taken. From then on it replicates: it counts on what is under way to arrive and
 * sends what comes next behind it, as long as the window has room. A follower that is behind the log
 * gets a snapshot.
 *
 * Invariants: `0 <= match < next`; while probing nothing under way ends below `next`, while
 * replicating all that is under way ends below it, each append after the one before.
 */
export class Progress {
  readonly id: NodeId
  readonly #limits: WindowLimits
  #match: LogIndex = noIndex
  #next: LogIndex
  #flights: Flight[] = []
  #bytes = 0
  #isOverdue = false
  #isProbing = true
  /** The snapshot that is under way to the follower. */
  transfer: SnapshotTransfer | undefined
  /** The highest commit index that a message told the follower and that it could use. */
  commitSent: LogIndex = noIndex

  constructor(id: NodeId, next: LogIndex, limits: WindowLimits) {
    this.id = id
    this.#next = next
    this.#limits = limits
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

  /** The last index that is under way; 0 when nothing is. */
  get inFlight(): LogIndex {
    return this.#flights.at(-1)?.last ?? noIndex
  }

  /** How many appends with entries are under way. */
  get flights(): number {
    return this.#flights.length
  }

  /** Whether another append with entries may leave now. */
  get hasRoom(): boolean {
    if (this.#flights.length === 0) return true
    if (this.#isProbing) return false
    const { messagesMax, bytesMax } = this.#limits
    return this.#flights.length < messagesMax && this.#bytes < bytesMax
  }

  /** Entries from `next` up to `last` are under way. */
  sent(last: LogIndex, bytes: number): void {
    if (this.#isProbing) this.#flights = []
    this.#flights.push({ last, bytes })
    this.#bytes = this.#isProbing ? bytes : this.#bytes + bytes
    this.#isOverdue = false
    if (!this.#isProbing) this.#next = asIndex(last + 1)
  }

  /** The follower's log equals the leader's up to `index`. Returns whether that is news. */
  acknowledged(index: LogIndex): boolean {
    if (this.transfer !== undefined && index >= this.transfer.snapshot.index)
      this.transfer = undefined
    this.#land(index)
    this.#isProbing = false
    // What was under way while probing is counted on from here: it may still arrive.
    this.#next = asIndex(Math.max(this.#next, index + 1, this.inFlight + 1))
    if (index <= this.#match) return false
    this.#match = index
    return true
  }

  /**
   * The follower has no match at `prev`, and none after `candidate`. Returns `false` for an answer
   * that is too late to say anything.
   */
  rejected(prev: LogIndex, candidate: LogIndex): boolean {
    const isLate = this.#isProbing ? prev !== this.#next - 1 : prev >= this.#next
    if (isLate || prev <= this.#match) return false
    this.#probeFrom(asIndex(Math.max(this.#match, Math.min(prev - 1, candidate)) + 1))
    return true
  }

  /** A heartbeat interval went by. Returns whether what is under way must be taken for lost, and sent again. */
  waited(): boolean {
    if (this.#flights.length === 0) return false
    if (this.#isOverdue) {
      this.#probeFrom(this.#isProbing ? this.#next : asIndex(this.#match + 1))
      return true
    }
    this.#isOverdue = true
    return false
  }

  #probeFrom(next: LogIndex): void {
    this.#next = next
    this.#flights = []
    this.#bytes = 0
    this.#isOverdue = false
    this.#isProbing = true
  }

  /** What ends at or before `index` has arrived. */
  #land(index: LogIndex): void {
    let landed = 0
    for (const { last, bytes } of this.#flights) {
      if (last > index) break
      this.#bytes -= bytes
      landed++
    }
    if (landed === 0) return
    this.#flights.splice(0, landed)
    this.#isOverdue = false
  }
}
