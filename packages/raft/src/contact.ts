import type { Context, Milliseconds, NodeId } from '@lockstep/process'
import { type Groups, quorumIndex } from './quorum.ts'

/**
 * Who was heard when, by the node's own oscillator: a follower's leader, a leader's followers.
 *
 * It is what keeps a candidate from deposing a leader that others hear (thesis §4.2.3, §9.6), and
 * what tells a leader that nobody hears it (thesis §6.2).
 */
export class Contact {
  readonly #context: Pick<Context, 'id' | 'elapsed'>
  readonly #leastMs: Milliseconds
  #leader: Milliseconds = 0
  readonly #answered = new Map<NodeId, Milliseconds>()

  /** `leastMs` is the least election timeout: before it is over nobody has a reason to stand. */
  constructor(context: Pick<Context, 'id' | 'elapsed'>, leastMs: Milliseconds) {
    this.#context = context
    this.#leastMs = leastMs
  }

  /** The leader spoke. */
  heardLeader(): void {
    this.#leader = this.#context.elapsed()
  }

  /** Whether the leader spoke within the least election timeout. */
  get hearsLeader(): boolean {
    return this.#context.elapsed() - this.#leader < this.#leastMs
  }

  /** This node leads from now on; all of them count as heard, so that they have time to answer. */
  lead(followers: readonly NodeId[]): void {
    this.#answered.clear()
    for (const id of followers) this.answered(id)
  }

  /** A follower answered this leader. */
  answered(follower: NodeId): void {
    this.#answered.set(follower, this.#context.elapsed())
  }

  /** Whether that follower answered this leader within the least election timeout. */
  hears(follower: NodeId): boolean {
    const at = this.#answered.get(follower)
    return at !== undefined && this.#context.elapsed() - at < this.#leastMs
  }

  /** When that follower answered this leader last; 0 for never. */
  answeredAt(follower: NodeId): Milliseconds {
    return this.#answered.get(follower) ?? 0
  }

  /** For how long this leader has not heard a majority of every group; it hears itself. */
  silence(groups: Groups): Milliseconds {
    const now = this.#context.elapsed()
    const heard = (id: NodeId): Milliseconds =>
      id === this.#context.id ? now : (this.#answered.get(id) ?? 0)
    return now - quorumIndex(groups, heard, 0)
  }
}
