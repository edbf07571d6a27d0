import { connectClient, type LiveClient } from '@lockstep/host'
import type { Milliseconds, NodeId, Port } from '@lockstep/process'
import { RaftClient } from '@lockstep/raft'
import { type Exchange, watchedPort } from './watched-port.ts'

export interface StoreClientOptions {
  readonly cluster: string
  /** How this client is called; nobody else on the cluster may have that name. */
  readonly id: NodeId
  /** The WebSocket addresses of the nodes, by id. */
  readonly nodes: Readonly<Record<NodeId, string>>
  /** How long one operation may take over all its attempts. */
  readonly timeoutMs: Milliseconds
  /** Hears of every message that this client sends and gets. */
  readonly onExchange?: (exchange: Exchange) => void
}

/** A client of a replicated store whose nodes come and go. */
export class StoreClient {
  readonly #options: StoreClientOptions
  readonly #connection: LiveClient
  readonly #port: Port
  #linked: readonly NodeId[]
  #store: RaftClient

  constructor(options: StoreClientOptions) {
    const { id, cluster, nodes, onExchange } = options
    this.#options = options
    this.#connection = connectClient({ id, cluster, nodes })
    this.#linked = Object.keys(nodes)
    this.#port =
      onExchange === undefined
        ? this.#connection
        : watchedPort(this.#connection, (node) => this.#linked.includes(node), onExchange)
    this.#store = this.#storeOf(this.#linked)
  }

  /** The client of the nodes that are known now. */
  get store(): RaftClient {
    return this.#store
  }

  /** Tells which nodes there are now, and where. */
  setNodes(nodes: Readonly<Record<NodeId, string>>): void {
    const ids = Object.keys(nodes)
    this.#connection.setNodes(nodes)
    const isSame = ids.join() === this.#linked.join()
    this.#linked = ids
    if (ids.length > 0 && !isSame) this.#store = this.#storeOf(ids)
  }

  /** Lets the cluster go. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  #storeOf(nodes: readonly NodeId[]): RaftClient {
    const { timeoutMs } = this.#options
    return new RaftClient(this.#port, { nodes, timeoutMs, attemptTimeoutMs: 1_000 })
  }
}
