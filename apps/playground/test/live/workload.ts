import type { History, HistoryEvent, NodeId } from '@lockstep/process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KvOp } from '@lockstep/check'
import { areas } from '../../src/areas.ts'
import { ClusterClient } from '../../src/cluster/client.ts'
import { Cluster } from '../../src/cluster/cluster.ts'
import { LiveHistory } from '../../src/cluster/live-history.ts'
import { liveScenario } from '../../src/cluster/live-scenario.ts'

export const [area] = areas as [(typeof areas)[number]]

/** Clients wait long: an election on a busy machine takes its time, and is no failure. */
const timeoutMs = 30_000

/** Three processes, the clients beside them, and what all of these saw. */
export class LiveTest {
  readonly cluster: Cluster
  readonly history: LiveHistory
  readonly #clients = new Map<NodeId, ClusterClient>()
  readonly #listeners = new Set<() => void>()
  readonly #directory: string
  #acknowledged = 0

  private constructor(cluster: Cluster, directory: string) {
    this.cluster = cluster
    this.#directory = directory
    this.history = new LiveHistory(
      () => Math.floor(performance.now() * 1000),
      (event) => this.#onEvent(event),
    )
  }

  static async with(
    options: { readonly flaws?: readonly string[]; readonly settings?: readonly string[] },
    body: (live: LiveTest) => Promise<void>,
  ): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'lockstep-test-'))
    const started: { live?: LiveTest } = {}
    try {
      const cluster = await Cluster.start({
        lab: area.lab.name,
        cluster: 'test',
        nodes: ['n1', 'n2', 'n3'],
        directory,
        flaws: options.flaws ?? [],
        settings: options.settings ?? [],
        onChange: () => started.live?.moved(),
      })
      const live = new LiveTest(cluster, directory)
      started.live = live
      await body(live)
    } finally {
      await started.live?.end()
      await rm(directory, { recursive: true, force: true })
    }
  }

  /** Runs operations of one client in order; `paceMs` is the least time between two of them. */
  async run(id: NodeId, operations: readonly KvOp[], paceMs = 0): Promise<void> {
    const script = operations.map((op, index) => [index * paceMs, op] as const)
    await this.#client(id).run(script, this.history.recorder(id))
  }

  /** Resolves once so many more operations were acknowledged than were by now. */
  acknowledged(more: number): Promise<void> {
    const goal = this.#acknowledged + more
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#acknowledged < goal) return
        this.#listeners.delete(look)
        resolve()
      }
      this.#listeners.add(look)
      look()
    })
  }

  /** Reads every key once more, by a client of its own. */
  async finalReads(): Promise<void> {
    await this.run(
      'final',
      keys.map((key) => ({ type: 'get', key })),
    )
  }

  moved(): void {
    for (const client of this.#clients.values()) client.setNodes(this.cluster.urls)
  }

  async end(): Promise<void> {
    for (const client of this.#clients.values()) await client.close()
    await this.cluster.stop()
    await rm(this.#directory, { recursive: true, force: true })
  }

  #client(id: NodeId): ClusterClient {
    const known = this.#clients.get(id)
    if (known !== undefined) return known
    const client = new ClusterClient({
      lab: area.lab,
      scenario: liveScenario(area, { nodes: 3, timeoutMs }),
      cluster: 'test',
      id,
      nodes: this.cluster.urls,
    })
    this.#clients.set(id, client)
    return client
  }

  #onEvent({ type }: HistoryEvent): void {
    if (type !== 'ok') return
    this.#acknowledged++
    for (const listener of this.#listeners) listener()
  }
}

export const keys: readonly string[] = ['a', 'b', 'c']

/** Work of one client: every value is its own, so that a judge can tell whose it was. */
export function work(client: string, operations: number): readonly KvOp[] {
  let last: string | null = null
  return Array.from({ length: operations }, (_, index): KvOp => {
    const key = keys[(index + client.charCodeAt(client.length - 1)) % keys.length] ?? 'a'
    const value = `${client}-${index}`
    const kind = index % 5
    if (kind === 0 || kind === 3) return { type: 'get', key }
    if (kind === 4) return { type: 'cas', key, from: last, to: value }
    last = value
    return { type: 'put', key, value }
  })
}

/** How many operations ended so. */
export function count(history: History, type: HistoryEvent['type']): number {
  return history.filter((event) => event.type === type).length
}
