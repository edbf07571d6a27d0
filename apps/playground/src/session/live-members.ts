import { CommandQueue } from '@lockstep/patterns/behavioral/command-queue'
import type { NodeId } from '@lockstep/process'
import { type Cluster, ClusterError } from '../cluster/cluster.ts'
import { MemberChanges } from '../cluster/member-changes.ts'
import { StoreClient } from '../cluster/store-client.ts'
import type { Exchange } from '../cluster/watched-port.ts'
import { liveNodesMax, type MemberChange } from './protocol.ts'

export interface LiveMembersOptions {
  readonly cluster: Cluster
  /** How the cluster is called. */
  readonly name: string
  /** What whoever connects to it must know. */
  readonly secret: string
  /** Microseconds. */
  readonly now: () => number
  /** Hears of every message that changes the members or asks for them. */
  readonly onExchange: (id: NodeId, exchange: Exchange) => void
}

/** The client that asks for changes of the members; it has no place on the stage. */
const administrator: NodeId = 'members'
const timeoutMs = 5_000
const inOrder = new Intl.Collator('en', { numeric: true })

/** Lets nodes come into a live cluster and leave it, and remembers since when which nodes there are. */
export class LiveMembers {
  readonly #cluster: Cluster
  readonly #now: () => number
  readonly #client: StoreClient
  readonly #members: MemberChanges
  readonly #leaving = new AbortController()
  /** One change at a time, processes along with the configuration. */
  readonly #changes = new CommandQueue()
  #told: readonly NodeId[]
  #seen: { readonly at: number; readonly nodes: readonly NodeId[] }[] = []

  constructor({ cluster, name, secret, now, onExchange }: LiveMembersOptions) {
    this.#cluster = cluster
    this.#now = now
    this.#told = this.#nodes
    this.#client = new StoreClient({
      cluster: name,
      id: administrator,
      nodes: cluster.urls,
      secret,
      timeoutMs,
      onExchange: (exchange) => onExchange(administrator, exchange),
    })
    this.#members = new MemberChanges(cluster, this.#client, this.#leaving.signal)
  }

  /** Makes a change and says what it came to. Throws a `ClusterError` that says how to mend it. */
  change(change: MemberChange): Promise<string> {
    return this.#changes.run(() => this.#change(change))
  }

  /** Something happened to the cluster's processes: notes which nodes there are, and finds them again. */
  changed(): void {
    this.#client.setNodes(this.#cluster.urls)
    const nodes = this.#nodes
    if (nodes.join() === this.#told.join()) return
    this.#told = nodes
    this.#seen.push({ at: this.#now(), nodes })
  }

  /** Which nodes there were after each change before an instant that was not taken yet. */
  take(until: number): readonly (readonly NodeId[])[] {
    const due = this.#seen.filter(({ at }) => at < until)
    this.#seen = this.#seen.slice(due.length)
    return due.map(({ nodes }) => nodes)
  }

  /** Gives up what is under way, and lets the cluster go. */
  async end(): Promise<void> {
    this.#leaving.abort()
    await this.#client.close()
    await this.#changes.idle()
  }

  get #nodes(): readonly NodeId[] {
    return this.#cluster.nodes.toSorted((a, b) => inOrder.compare(a, b))
  }

  async #change({ do: what, node }: MemberChange): Promise<string> {
    if (this.#leaving.signal.aborted) throw new ClusterError('The cluster ends.')
    const { nodes } = this.#cluster
    if (what === 'add' && !nodes.includes(node) && nodes.length >= liveNodesMax) {
      throw new ClusterError(`${liveNodesMax} nodes are the most here. Remove one first.`)
    }
    return this.#members[what](node)
  }
}
