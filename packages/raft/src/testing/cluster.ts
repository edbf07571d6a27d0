import type { Message, Milliseconds, NodeId } from '@lockstep/process'
import type { ClientReply } from '../messages.ts'
import type { WalEntry } from '../persistent-state.ts'
import type { RaftView } from '../view.ts'
import { Host, type HostOptions, type Sent, type Timer } from './host.ts'
import { lineOf, Transcript } from './transcript.ts'

/** How the nodes of a cluster are built. */
export interface ClusterOptions extends HostOptions {
  /** So many of the nodes found the cluster, the first ones; the others wait to be added. All if not given. */
  readonly voters?: number
}

/** Says of a message on its way whether it is meant. */
export type Match = (sent: Sent) => boolean

const every: Match = () => true

/**
 * Several nodes and the links between them, in the hand of a test.
 *
 * A message stays on its way until the test delivers or drops it. Delivery is in rounds: what all
 * nodes sent, in the order of the nodes, and then what that made them send. So a script has one
 * outcome, which a test states exactly.
 */
export class Cluster {
  readonly hosts: ReadonlyMap<NodeId, Host>
  /** What clients were answered. */
  readonly replies: ClientReply[] = []
  /** What happened so far. */
  readonly transcript: Transcript
  #onTheirWay: Sent[] = []
  #isLost: Match = () => false
  #requests = 0

  /** Starts nodes n1, n2, ..., one for each disk (see `diskOf`). */
  constructor(disks: readonly (readonly WalEntry[])[], options: ClusterOptions = {}) {
    this.transcript = options.transcript ?? new Transcript()
    const ids = disks.map((_, i) => `n${i + 1}`)
    const given = { ...options, transcript: this.transcript }
    const founders = ids.slice(0, options.voters)
    this.hosts = new Map(
      ids.map((id, i) => {
        const nodes = founders.includes(id) ? founders : []
        return [id, new Host(id, nodes, { ...given, disk: disks[i] ?? [] })]
      }),
    )
  }

  /**
   * The node of that name.
   *
   * @throws {Error} when there is none.
   */
  at(id: NodeId): Host {
    const host = this.hosts.get(id)
    if (host === undefined) throw new Error(`no node ${id}`)
    return host
  }

  /** A node's state as plain data. */
  inspect(id: NodeId): RaftView {
    return this.at(id).inspect()
  }

  /** The messages that are on their way, oldest first. */
  get onTheirWay(): readonly Sent[] {
    for (const host of this.hosts.values()) this.#onTheirWay.push(...host.take())
    return this.#onTheirWay
  }

  /** Lets a node stand for election, and delivers until nothing is on its way. */
  campaign(id: NodeId): void {
    this.fire(id, 'election')
  }

  /** Lets a leader's heartbeat come due, and delivers until nothing is on its way. */
  beat(id: NodeId): void {
    this.fire(id, 'heartbeat')
  }

  /** Lets a timer come due, and delivers until nothing is on its way. */
  fire(id: NodeId, timer: Timer): void {
    this.at(id).fire(timer)
    this.deliver()
  }

  /** Lets the log of a node grow by one, and delivers: a new client opens a session there. */
  propose(id: NodeId): void {
    const request = ++this.#requests
    this.ask(id, `client ${request}`, { type: 'OpenSession', id: request } as Message)
    this.deliver()
  }

  /** A client's request arrives at a node; nothing is delivered. */
  ask(id: NodeId, client: NodeId, request: Message): void {
    this.#arrive(client, id, request)
  }

  /** Delivers what is meant, and what that makes the nodes send, until there is none. */
  deliver(isMeant: Match = every): void {
    for (;;) {
      const meant = this.#pull(isMeant)
      if (meant.length === 0) return
      for (const sent of meant) this.#deliver(sent)
    }
  }

  /** Delivers what is meant of the messages that are on their way now, and nothing that follows. */
  deliverOnce(isMeant: Match = every): void {
    for (const sent of this.#pull(isMeant)) this.#deliver(sent)
  }

  /** Loses what is meant of the messages that are on their way. Returns how many these were. */
  drop(isMeant: Match = every): number {
    const lost = this.#pull(isMeant)
    for (const sent of lost) this.#lose(sent)
    return lost.length
  }

  /** Loses every message that is meant when its turn comes, from now on. */
  cut(isLost: Match): void {
    this.#isLost = isLost
  }

  /** Cuts these nodes off from the others, not from each other. */
  isolate(...ids: NodeId[]): void {
    this.cut(({ from, to }) => ids.includes(from) !== ids.includes(to))
  }

  /** Loses nothing from now on. */
  heal(): void {
    this.cut(() => false)
  }

  /** Ends a node without warning: its memory is lost, and what was not synced. */
  crash(id: NodeId): void {
    this.at(id).crash()
  }

  /** Asks a node to finish, delivers until nothing is on its way, and ends it if it has by then. */
  stop(id: NodeId): void {
    this.at(id).stop()
    this.deliver()
  }

  /** Starts a node again from its disk; one that runs crashes first. */
  restart(id: NodeId): void {
    this.at(id).restart()
  }

  /** Moves every clock; no timer fires. */
  pass(ms: Milliseconds): void {
    for (const host of this.hosts.values()) host.now += ms
  }

  /**
   * Lets time go by: timers fire when they come due, in their order, and messages take no time.
   *
   * Clocks that a test moved apart stay apart.
   */
  tick(ms: Milliseconds): void {
    let left = ms
    for (;;) {
      const due = this.#nextDue()
      if (due === undefined || due.inMs > left) break
      this.pass(due.inMs)
      left -= due.inMs
      this.fire(due.id, due.timer)
    }
    this.pass(left)
  }

  #nextDue(): { readonly id: NodeId; readonly timer: Timer; readonly inMs: number } | undefined {
    let soonest: { id: NodeId; timer: Timer; inMs: number } | undefined
    for (const { id, now, nextTimer } of this.hosts.values()) {
      if (nextTimer === undefined) continue
      const inMs = Math.max(0, nextTimer.at - now)
      if (soonest === undefined || inMs < soonest.inMs) {
        soonest = { id, timer: nextTimer.timer, inMs }
      }
    }
    return soonest
  }

  /** Takes the messages that are meant off their way. */
  #pull(isMeant: Match): Sent[] {
    const all = this.onTheirWay
    const meant = all.filter(isMeant)
    this.#onTheirWay = all.filter((sent) => !meant.includes(sent))
    return meant
  }

  #deliver(sent: Sent): void {
    const { from, to, message } = sent
    if (message.type === 'ClientReply') {
      this.transcript.note(() => `${from} > ${to}: ${lineOf(message)}`)
      this.replies.push(message)
    } else if (this.#isLost(sent) || this.hosts.get(to)?.isUp !== true) this.#lose(sent)
    else this.#arrive(from, to, message)
  }

  #arrive(from: NodeId, to: NodeId, message: Message): void {
    this.transcript.note(() => `${from} > ${to}: ${lineOf(message)}`)
    this.at(to).receive(from, message)
  }

  #lose({ from, to, message }: Sent): void {
    this.transcript.note(() => `${from} > ${to}: ${lineOf(message)} (lost)`)
  }
}
