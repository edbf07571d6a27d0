import { connectClient, type LiveClient } from '@lockstep/host'
import type { Milliseconds, NodeId } from '@lockstep/process'
import { RaftClient } from '@lockstep/raft'

export interface StoreClientOptions {
  readonly cluster: string
  /** How this client is called; nobody else on the cluster may have that name. */
  readonly id: NodeId
  /** The WebSocket addresses of the nodes, by id. */
  readonly nodes: Readonly<Record<NodeId, string>>
  /** How long one operation may take over all its attempts. */
  readonly timeoutMs: Milliseconds
}

/** A client of a replicated store whose nodes come and go. */
export class StoreClient {
  readonly #options: StoreClientOptions
  readonly #connection: LiveClient
  #ids: string
  #store: RaftClient

  constructor(options: StoreClientOptions) {
    const { id, cluster, nodes } = options
    this.#options = options
    this.#connection = connectClient({ id, cluster, nodes })
    this.#ids = Object.keys(nodes).join()
    this.#store = this.#storeOf(Object.keys(nodes))
  }

  /** The client of the nodes that are known now. */
  get store(): RaftClient {
    return this.#store
  }

  /** Tells which nodes there are now, and where. */
  setNodes(nodes: Readonly<Record<NodeId, string>>): void {
    const ids = Object.keys(nodes)
    this.#connection.setNodes(nodes)
    if (ids.length === 0 || ids.join() === this.#ids) return
    this.#ids = ids.join()
    this.#store = this.#storeOf(ids)
  }

  /** Lets the cluster go. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  #storeOf(nodes: readonly NodeId[]): RaftClient {
    const { timeoutMs } = this.#options
    return new RaftClient(this.#connection, { nodes, timeoutMs, attemptTimeoutMs: 1_000 })
  }
}
