import type { NodeId, Recorder } from '@lockstep/process'
import type { Lab } from '@lockstep/sim'
import type { ClusterClient } from '../cluster/client.ts'

/** About an hour of work, at the pace of somebody who is watched. */
const work = { clients: 1, operations: 8_000, thinkMs: 400, timeoutMs: 5_000 }

/** A client that keeps a live cluster gently busy, so that there is something to see and to judge. */
export class LiveLoad {
  static readonly client: NodeId = 'c1'
  readonly #lab: Lab
  readonly #client: ClusterClient

  constructor(lab: Lab, client: ClusterClient) {
    this.#lab = lab
    this.#client = client
  }

  begin(record: Recorder): void {
    const { script } = this.#lab.draw(work, () => Math.random())
    const operations = script.map(([, notBefore, op]) => [notBefore, op] as const)
    // It ends with the client, in the middle of whatever it does.
    void this.#client.run(operations, record)
  }

  setNodes(nodes: Readonly<Record<NodeId, string>>): void {
    this.#client.setNodes(nodes)
  }

  end(): Promise<void> {
    return this.#client.close()
  }
}
