import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeId } from '@lockstep/process'
import { connectClient, type RunningNode, startNode } from '@lockstep/host'
import { RaftClient, type RaftView, raft } from '@lockstep/raft'
import { expect, onTestFinished, test } from 'vitest'

const ids: readonly NodeId[] = ['n1', 'n2', 'n3']
const build = raft({
  nodes: ids,
  electionTimeoutMinMs: 600,
  electionTimeoutMaxMs: 1200,
  heartbeatMs: 100,
  snapshotEntries: 20,
  keepEntries: 4,
  snapshotChunkBytes: 512,
})

/** Three nodes in this process, over real disks and sockets. */
class Trio {
  readonly nodes = new Map<NodeId, RunningNode>()
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  get urls(): Record<NodeId, string> {
    return Object.fromEntries([...this.nodes].map(([id, { url }]) => [id, url]))
  }

  async start(id: NodeId): Promise<void> {
    const directory = join(this.#directory, id)
    const node = await startNode({ id, cluster: 'test', directory, build, segmentBytes: 1 << 14 })
    this.nodes.set(id, node)
    for (const one of this.nodes.values()) one.setPeers(this.urls)
  }

  async stop(id: NodeId): Promise<void> {
    await this.nodes.get(id)?.stop()
    this.nodes.delete(id)
  }

  view(id: NodeId): RaftView {
    const node = this.nodes.get(id)
    if (node === undefined) throw new Error(`${id} is down`)
    return node.view() as RaftView
  }
}

test('nodes let their logs go, come back from their snapshots, and bring up who missed it', {
  timeout: 120_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-test-'))
  const trio = new Trio(directory)
  onTestFinished(async () => {
    for (const id of ids) await trio.stop(id)
    await rm(directory, { recursive: true, force: true })
  })
  for (const id of ids) await trio.start(id)
  const port = connectClient({ id: 'c1', cluster: 'test', nodes: trio.urls })
  onTestFinished(() => port.close())
  const client = new RaftClient(port, { nodes: ids, timeoutMs: 60_000 })
  let written = 0
  const write = async (): Promise<void> => {
    const key = `key ${written % 50}`
    expect((await client.put(key, String(written))).type).toBe('ok')
    written++
  }

  while (trio.view('n3').base <= 20) await write()
  const missing = trio.view('n3').last
  await trio.stop('n3')
  while (trio.view('n1').base <= missing || trio.view('n2').base <= missing) await write()
  for (let i = 0; i < 150; i++) await write()
  await trio.start('n3')
  port.setNodes(trio.urls)
  for (const id of ids) while (trio.view(id).base <= 200) await write()
  expect(trio.view('n3').keys).toBe(50)

  for (const id of ids) await trio.stop(id)
  for (const id of ids) await trio.start(id)
  port.setNodes(trio.urls)
  // On disk the log is let go later than in memory: once four times as many entries came as the last
  // snapshot had items, which are the keys and, while that is short, all of the history.
  for (const id of ids) expect(trio.view(id).base).toBeGreaterThan(50)
  for (let back = 1; back <= 50; back++) {
    const value = written - back
    expect(await client.get(`key ${value % 50}`)).toEqual({ type: 'ok', value: String(value) })
  }
  expect((await readdir(join(directory, 'n1'))).length).toBeLessThan(12)
})
