import { connectClient, type LiveClient } from '@lockstep/host'
import type { Milliseconds, NodeId, Port } from '@lockstep/process'
import { RaftClient, raftShapes } from '@lockstep/raft'
import { type Exchange, watchedPort } from './watched-port.ts'

export interface StoreClientOptions {
  readonly cluster: string
  /** How this client is called; nobody else on the cluster may have that name. */
  readonly id: NodeId
  /** The WebSocket addresses of the nodes, by id. */
  readonly nodes: Readonly<Record<NodeId, string>>
  /** How long one operation may take over all its attempts. */
  readonly timeoutMs: Milliseconds
  /** That of the cluster, if it has one. */
  readonly secret?: string | undefined
  /** Hears why a node does not take this client. */
  readonly onRefused?: (node: NodeId, code: string, text: string) => void
  /** Hears of every message that this client sends and gets. */
  readonly onExchange?: (exchange: Exchange) => void
}

/** A client of a replicated store whose nodes come and go. */
export class StoreClient {
  readonly #options: StoreClientOptions
  readonly #connection: LiveClient
  readonly #port: Port
  #linked: readonly NodeId[]
  readonly #closing = new AbortController()
  #abandoned = false
  #store: RaftClient

  constructor(options: StoreClientOptions) {
    const { id, cluster, nodes, secret, onExchange, onRefused } = options
    this.#options = options
    this.#connection = connectClient({
      id,
      cluster,
      nodes,
      shapes: raftShapes,
      ...(secret === undefined ? {} : { secret }),
      ...(onRefused === undefined ? {} : { onRefused }),
    })
    this.#linked = Object.keys(nodes)
    this.#port = this.#unlessAbandoned(
      onExchange === undefined
        ? this.#connection
        : watchedPort(this.#connection, (node) => this.#linked.includes(node), onExchange),
    )
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

  /** Lets the cluster go. What is under way asks no more, and ends by what is known of it. */
  close(): Promise<void> {
    this.#closing.abort()
    return this.#connection.close()
  }

  /** Lets the cluster go at once. Whatever is under way stays where it is and never goes on. */
  abandon(): Promise<void> {
    this.#abandoned = true
    return this.#connection.close()
  }

  #unlessAbandoned(port: Port): Port {
    const awaited = async <Value>(value: Promise<Value>): Promise<Value> => {
      const settled = await value
      return this.#abandoned ? new Promise<never>(() => {}) : settled
    }
    return {
      id: port.id,
      wall: () => port.wall(),
      elapsed: () => port.elapsed(),
      random: (label) => port.random(label),
      sleep: (after) => awaited(port.sleep(after)),
      call: (to, request, timeout) => awaited(port.call(to, request, timeout)),
    }
  }

  #storeOf(nodes: readonly NodeId[]): RaftClient {
    const { timeoutMs } = this.#options
    const { signal } = this.#closing
    return new RaftClient(this.#port, { nodes, timeoutMs, attemptTimeoutMs: 1_000, signal })
  }
}
