import type { Raft } from './raft.ts'

/**
 * How a node ends in good order: a leader hands over first (thesis §3.10), so that nobody has to
 * find out by an election timeout that it is gone.
 *
 * It has finished once it follows somebody else: its vote for the new leader is given, what it had
 * open is answered, and it can tell its clients whom to ask. A node that does not lead, or that
 * nobody else hears, has nothing to hand over.
 */
export class Farewell {
  readonly #raft: Pick<Raft, 'role' | 'leader' | 'transferee' | 'handOver'>
  readonly #finished: () => void
  #hasLed = false

  constructor(
    raft: Pick<Raft, 'role' | 'leader' | 'transferee' | 'handOver'>,
    finished: () => void,
  ) {
    this.#raft = raft
    this.#finished = finished
  }

  /** To be called when the node was asked to stop, and after every step from then on. */
  look(): void {
    const { role, leader, transferee } = this.#raft
    if (role === 'leader') {
      this.#hasLed = true
      if (transferee === undefined && !this.#raft.handOver()) this.#finished()
    } else if (!this.#hasLed || leader !== undefined) this.#finished()
  }
}
