import { connectClient, type LiveClient } from '@lockstep/host'
import { type Outcome, RaftClient } from '@lockstep/raft'
import type { Area } from '../areas.ts'
import { Cluster } from '../cluster/cluster.ts'
import { leaderOf } from '../cluster/standing.ts'
import type { Store } from './load.ts'
import { type TemporaryDirectory, temporaryDirectory } from './temporary.ts'

const connections = 4
const ids = ['n1', 'n2', 'n3']

/** Three Raft nodes as OS processes with synced logs, and lanes that share four connections. */
export class RaftStore implements Store {
  readonly #area: Area
  readonly #cluster: Cluster
  readonly #directory: TemporaryDirectory
  readonly #connections: readonly LiveClient[]
  readonly #lanes: RaftClient[] = []

  private constructor(area: Area, cluster: Cluster, directory: TemporaryDirectory) {
    this.#area = area
    this.#cluster = cluster
    this.#directory = directory
    this.#connections = Array.from({ length: connections }, (_, index) =>
      connectClient({ id: `bench${index}`, cluster: 'bench', nodes: cluster.urls }),
    )
  }

  static async start(area: Area): Promise<RaftStore> {
    const directory = await temporaryDirectory('lockstep-bench-')
    const cluster = await Cluster.start({
      lab: area.lab.name,
      cluster: 'bench',
      nodes: ids,
      directory: directory.path,
    })
    return new RaftStore(area, cluster, directory)
  }

  /** Opens as many lanes as are asked for, each with a session of its own. */
  async open(lanes: number): Promise<void> {
    while (this.#lanes.length < lanes) {
      const port = this.#connections[this.#lanes.length % connections] as LiveClient
      const lane = new RaftClient(port, { nodes: ids, timeoutMs: 60_000 })
      acknowledged(await lane.put('lane', String(this.#lanes.length)))
      this.#lanes.push(lane)
    }
  }

  async put(lane: number, key: string, value: string): Promise<void> {
    acknowledged(await this.#lane(lane).put(key, value))
  }

  async get(lane: number, key: string): Promise<void> {
    acknowledged(await this.#lane(lane).get(key))
  }

  /** Kills the leader and resolves with the time until the next put was acknowledged. */
  async failOver(): Promise<number> {
    const leader = await leaderOf(this.#cluster, this.#area.lab)
    if (leader === undefined) throw new Error('nobody leads')
    const began = performance.now()
    await this.#cluster.apply({ do: 'crash', node: leader })
    await this.put(0, 'after the crash', leader)
    const took = performance.now() - began
    await this.#cluster.apply({ do: 'restart', node: leader })
    for (const connection of this.#connections) connection.setNodes(this.#cluster.urls)
    await this.put(0, 'after the restart', leader)
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

  #lane(lane: number): RaftClient {
    const client = this.#lanes[lane]
    if (client === undefined) throw new RangeError(`lane ${lane} is not open`)
    return client
  }
}

function acknowledged(outcome: Outcome<unknown>): void {
  if (outcome.type !== 'ok') throw new Error(`not acknowledged: ${outcome.text}`)
}
