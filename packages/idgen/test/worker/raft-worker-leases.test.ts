import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectClient, type LiveClient, type RunningNode, startNode } from '@lockstep/host'
import { RaftClient, raft } from '@lockstep/raft'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RaftWorkerLeases } from '../../src/worker/raft-worker-leases.ts'
import { expires, leasesHold, type OpenLeases } from './suite.ts'

describe('worker ids from a store of Raft', () => {
  const nodes = ['n1']
  let directory: string
  let node: RunningNode
  let connection: LiveClient
  let client: RaftClient
  let opened = 0
  const open: OpenLeases = async (workers) =>
    new RaftWorkerLeases({ raft: client, prefix: `w${++opened}`, workers, leaseMs: 1_000 })

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockstep-raft-workers-'))
    const build = raft({ nodes })
    node = await startNode({ id: 'n1', cluster: 'test', directory, build, segmentBytes: 1 << 16 })
    connection = connectClient({ id: 'c1', cluster: 'test', nodes: { n1: node.url } })
    client = new RaftClient(connection, { nodes, timeoutMs: 20_000 })
  })
  afterAll(async () => {
    await connection.close()
    await node.stop()
    await rm(directory, { recursive: true, force: true })
  })
  leasesHold(open)
  expires(open)

  test('a store that refuses is named', async () => {
    const told = { type: 'failed', text: 'nobody leads' } as const
    const silent = new RaftWorkerLeases({
      raft: {
        grant: async () => told,
        revoke: async () => told,
        keepAlive: async () => told,
        range: async () => told,
        txn: async () => told,
      },
    })
    await expect(silent.lend()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('nobody leads'),
    })
  })
})
