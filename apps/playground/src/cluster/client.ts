import { connectClient, type LiveClient } from '@lockstep/host'
import type { Milliseconds, NodeId, Port, Recorder } from '@lockstep/process'
import type { Full, Lab, Views } from '@lockstep/sim'
import { type Exchange, watchedPort } from './watched-port.ts'

/** How an operation ended; `info` means that nobody knows whether it had an effect. */
export type Outcome =
  | { readonly type: 'ok'; readonly value: unknown }
  | { readonly type: 'fail' | 'info'; readonly why: string }

/** What an operation came to, in a sentence. */
export function outcomeText(
  views: Pick<Views<unknown, unknown>, 'operation'>,
  op: unknown,
  outcome: Outcome,
): string {
  if (outcome.type === 'ok') return views.operation(op, outcome.value)
  if (outcome.type === 'fail') return `Not done: ${outcome.why}.`
  return `Nobody knows whether it was done: ${outcome.why}.`
}

export interface ClusterClientOptions {
  readonly lab: Lab
  readonly scenario: Full
  readonly cluster: string
  /** How this client is called; nobody else on the cluster may have that name. */
  readonly id: NodeId
  readonly nodes: Readonly<Record<NodeId, string>>
  /** That of the cluster, if it has one. */
  readonly secret?: string | undefined
  /** Hears of every message that this client sends and gets. */
  readonly onExchange?: (exchange: Exchange) => void
}

/** A client of a live cluster that speaks as its lab's clients do. */
export class ClusterClient {
  readonly #options: ClusterClientOptions
  readonly #connection: LiveClient
  readonly #port: Port
  #nodes: Readonly<Record<NodeId, string>>
  #closed = false

  constructor(options: ClusterClientOptions) {
    const { lab, id, cluster, nodes, secret, onExchange } = options
    const { shapes } = lab
    this.#options = options
    this.#nodes = nodes
    this.#connection = connectClient({
      id,
      cluster,
      nodes,
      ...(shapes === undefined ? {} : { shapes }),
      ...(secret === undefined ? {} : { secret }),
    })
    this.#port =
      onExchange === undefined
        ? this.#connection
        : watchedPort(this.#connection, (node) => Object.hasOwn(this.#nodes, node), onExchange)
  }

  /** Tells where the nodes are now. */
  setNodes(nodes: Readonly<Record<NodeId, string>>): void {
    this.#nodes = nodes
    this.#connection.setNodes(nodes)
  }

  /** Runs operations one after the other, each not before its time from now, and records them. */
  async run(
    operations: readonly (readonly [notBefore: Milliseconds, op: unknown])[],
    record: Recorder,
  ): Promise<void> {
    const { lab } = this.#options
    await lab.client(this.#scenario(), this.#fromNow(), operations, record)
  }

  /** Runs one operation and resolves with how it ended; `record` is told too. */
  async operate(op: unknown, record?: Recorder): Promise<Outcome> {
    let outcome: Outcome = { type: 'info', why: 'the client ended without an answer' }
    await this.run([[0, op]], {
      invoke: (begun) => record?.invoke(begun) ?? 1,
      ok: (id, value) => {
        outcome = { type: 'ok', value }
        record?.ok(id, value)
      },
      fail: (id, why) => {
        outcome = { type: 'fail', why }
        record?.fail(id, why)
      },
      info: (id, why) => {
        outcome = { type: 'info', why }
        record?.info(id, why)
      },
    })
    return outcome
  }

  /** Lets the cluster go. Whatever is under way stays where it is and never goes on. */
  close(): Promise<void> {
    this.#closed = true
    return this.#connection.close()
  }

  /** The scenario with as many nodes as there are by now: the lab calls them n1, n2 and so on. */
  #scenario(): Full {
    const { scenario } = this.#options
    const numbers = Object.keys(this.#nodes).map((id) => Number(id.slice(1)))
    const most = Math.max(scenario.nodes, ...numbers.filter((number) => Number.isInteger(number)))
    return most === scenario.nodes ? scenario : { ...scenario, nodes: most }
  }

  /** The port with its elapsed time counted from now: a script's times are those of its own run. */
  #fromNow(): Port {
    const port = this.#port
    const began = port.elapsed()
    const unlessClosed = async <Value>(value: Promise<Value>): Promise<Value> => {
      const settled = await value
      return this.#closed ? new Promise<never>(() => {}) : settled
    }
    return {
      id: port.id,
      wall: () => port.wall(),
      elapsed: () => port.elapsed() - began,
      sleep: (after) => unlessClosed(port.sleep(after)),
      random: (label) => port.random(label),
      call: (to, request, timeout) => unlessClosed(port.call(to, request, timeout)),
    }
  }
}
