import { connectClient, type LiveClient } from '@lockstep/host'
import { type Outcome, RaftClient, raftShapes } from '@lockstep/raft'
import { type TemporaryDirectory, temporaryDirectory } from '@lockstep/servers'
import type { Area } from '../areas.ts'
import { Cluster } from '../cluster/cluster.ts'
import { leaderOf } from '../cluster/standing.ts'
import type { Lane } from './load.ts'

const ids = ['n1', 'n2', 'n3']

/** Three Raft nodes as OS processes with synced logs, and clients of theirs. */
export class RaftStore {
  readonly #area: Area
  readonly #cluster: Cluster
  readonly #directory: TemporaryDirectory
  readonly #connections: LiveClient[] = []

  private constructor(area: Area, cluster: Cluster, directory: TemporaryDirectory) {
    this.#area = area
    this.#cluster = cluster
    this.#directory = directory
  }

  /** Starts the nodes, with settings of the area's lab as `name=value`. */
  static async start(area: Area, settings: readonly string[] = []): Promise<RaftStore> {
    const directory = await temporaryDirectory('lockstep-bench-')
    const cluster = await Cluster.start({
      lab: area.lab.name,
      cluster: 'bench',
      nodes: ids,
      directory: directory.path,
      settings,
    })
    return new RaftStore(area, cluster, directory)
  }

  /** Opens connections, and lanes that share them, each with a session of its own. */
  async open(connections: number, lanes: number): Promise<readonly Lane[]> {
    const ports = Array.from({ length: connections }, () => this.#connect())
    const opened: Lane[] = []
    for (let number = 0; number < lanes; number++) {
      const client = new RaftClient(ports[number % connections] as LiveClient, {
        nodes: ids,
        timeoutMs: 60_000,
      })
      const lane = {
        put: async (key: string, value: string): Promise<void> =>
          acknowledged(await client.put(key, value)),
        get: async (key: string): Promise<void> => acknowledged(await client.get(key)),
      }
      await lane.put('lane', String(number))
      opened.push(lane)
    }
    return opened
  }

  /** Kills the leader and resolves with the time until the next put of a lane was acknowledged. */
  async failOver(lane: Lane): Promise<number> {
    const leader = await leaderOf(this.#cluster, this.#area.lab)
    if (leader === undefined) throw new Error('nobody leads')
    const began = performance.now()
    await this.#cluster.apply({ do: 'crash', node: leader })
    await lane.put('after the crash', leader)
    const took = performance.now() - began
    await this.#cluster.apply({ do: 'restart', node: leader })
    for (const connection of this.#connections) connection.setNodes(this.#cluster.urls)
    await lane.put('after the restart', leader)
    return took
  }

  get pids(): readonly number[] {
    return this.#cluster.status().flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()))
    await this.#cluster.stop()
    await this.#directory.remove()
  }

  #connect(): LiveClient {
    const id = `bench${this.#connections.length}`
    const connection = connectClient({
      id,
      cluster: 'bench',
      nodes: this.#cluster.urls,
      shapes: raftShapes,
    })
    this.#connections.push(connection)
    return connection
  }
}

function acknowledged(outcome: Outcome<unknown>): void {
  if (outcome.type !== 'ok') throw new Error(`not acknowledged: ${outcome.text}`)
}
