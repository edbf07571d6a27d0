import type { Milliseconds, NodeId, Port } from '@lockstep/process'
import { type Configuration, membersOf } from '../configuration.ts'

/**
 * The nodes that a client asks: at first those that it was told of, and then whom the cluster names.
 *
 * Members come and go while a client lives. Where it comes across a node that it does not know, or
 * one that does not answer, it asks the leader who belongs to the cluster, the latter not too often: it
 * may just be down. What any member may answer is not asked of a node that was removed: its log has
 * ended. Who leads is asked of all that were ever known, since whoever was there may know.
 */
export class KnownNodes {
  #members: readonly NodeId[]
  #all: readonly NodeId[]
  readonly #clock: Pick<Port, 'elapsed'>
  readonly #doubtEveryMs: Milliseconds
  readonly #askLeader: () => Promise<unknown>
  #isAsking = false
  #asked = Number.NEGATIVE_INFINITY

  /**
   * `askLeader` lets this learn what the leader says; it does not reject. For silence it is called
   * once in `doubtEveryMs` at the most.
   */
  constructor(
    told: readonly NodeId[],
    clock: Pick<Port, 'elapsed'>,
    doubtEveryMs: Milliseconds,
    askLeader: () => Promise<unknown>,
  ) {
    this.#clock = clock
    this.#doubtEveryMs = doubtEveryMs
    this.#members = told
    this.#all = told
    this.#askLeader = askLeader
  }

  /** The members, as far as is known; at least one. */
  get members(): readonly NodeId[] {
    return this.#members
  }

  /** The members and all that were known before. */
  get all(): readonly NodeId[] {
    return this.#all
  }

  /** These are the members now. */
  learn(configuration: Configuration): void {
    const members = membersOf(configuration)
    if (members.length === 0) return
    this.#members = members
    this.#all = [...new Set([...this.#all, ...members])]
  }

  /** A node was named as the leader. */
  named(id: NodeId): void {
    if (!this.#members.includes(id)) void this.#ask()
  }

  /** A member did not answer. */
  silent(): void {
    if (this.#clock.elapsed() - this.#asked >= this.#doubtEveryMs) void this.#ask()
  }

  /** Asks the leader, beside whatever goes on. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    this.#asked = this.#clock.elapsed()
    await this.#askLeader()
    this.#isAsking = false
  }
}

/** The node whose turn it is, in a circle. */
export function inTurn(nodes: readonly NodeId[], turn: number): NodeId {
  return nodes[turn % nodes.length] as NodeId
}
