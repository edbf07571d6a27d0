import { join } from 'node:path'
import { connectClient, startNode } from '@lockstep/host'
import { raftLab } from '@lockstep/raft/lab'
import { raft, RaftClient } from '@lockstep/raft'
import { expect, test } from 'vitest'
import { serveMetrics } from '../../src/metrics/metrics-server.ts'
import { NodeMetrics } from '../../src/metrics/node-metrics.ts'
import { inDirectory } from '../command.ts'

const line =
  /^(?:# HELP [a-z_:]\w* .+|# TYPE [a-z_:]\w* (?:gauge|counter|histogram|summary)|[a-z_:]\w*(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? (?:[-+.\de]+|[-+]Inf|Nan))$/

interface Running {
  readonly url: string
  /** Asks for one path, and returns the status and the text. */
  readonly get: (path: string) => Promise<{ readonly status: number; readonly text: string }>
}

/** Runs n1 of a cluster of these nodes, alone, with its metrics. */
async function withNode(
  nodes: readonly string[],
  work: (running: Running) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const metrics = new NodeMetrics(raftLab)
    const build = raft({ nodes })
    const { onSync } = metrics
    const node = await startNode({ id: 'n1', cluster: 'metrics', directory, build, onSync })
    const server = await serveMetrics(metrics, node, 0)
    try {
      const get = async (path: string): ReturnType<Running['get']> => {
        const response = await fetch(new URL(path, server.url))
        return { status: response.status, text: await response.text() }
      }
      await work({ url: node.url, get })
    } finally {
      await server.close()
      await node.stop(0)
    }
  })
}

function valueOf(text: string, name: string): number {
  const found = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(found?.slice(name.length))
}

test('a node without a quorum is up and not ready', async () => {
  await withNode(['n1', 'n2', 'n3'], async ({ get }) => {
    expect((await get('/ready')).status).toBe(503)
    expect((await get('/health')).status).toBe(200)
    expect((await get('/')).status).toBe(404)
    const { text } = await get('/metrics')
    expect(text).toContain('lockstep_raft_role{role="leader"} 0\n')
    expect(text).not.toContain('lockstep_link_')
  })
})

test('a leader is ready, and every line of its metrics is well formed', async () => {
  await withNode(['n1'], async ({ get }) => {
    await expect.poll(async () => (await get('/ready')).status).toBe(200)
    await expect
      .poll(async () => valueOf((await get('/metrics')).text, 'lockstep_raft_commit_index'))
      .toBeGreaterThan(0)
    const { status, text } = await get('/metrics')
    expect(status).toBe(200)
    expect(text.endsWith('\n')).toBe(true)
    for (const one of text.split('\n').filter(Boolean)) expect(one).toMatch(line)
    expect(text).toContain('lockstep_raft_role{role="leader"} 1\n')
    expect(valueOf(text, 'lockstep_raft_term')).toBeGreaterThan(0)
    expect(valueOf(text, 'lockstep_wal_sync_duration_seconds_count')).toBeGreaterThan(0)
    expect(valueOf(text, 'lockstep_wal_written_bytes_total')).toBeGreaterThan(0)
    expect(valueOf(text, 'lockstep_wal_bytes')).toBeGreaterThan(0)
    expect(valueOf(text, 'lockstep_snapshot_bytes')).toBe(0)
    expect(valueOf(text, 'lockstep_raft_key_bytes')).toBe(0)
    expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(0)
    // Every answer is made anew: counters of an earlier one are not added up.
    expect(valueOf((await get('/metrics')).text, 'lockstep_refused_links_total')).toBe(0)
  })
})

test('the traffic with each peer is counted', async () => {
  await inDirectory(async (directory) => {
    const build = raft({ nodes: ['n1', 'n2'] })
    const metrics = new NodeMetrics(raftLab)
    const start = (id: string) =>
      startNode({ id, cluster: 'metrics', directory: join(directory, id), build })
    const n1 = await start('n1')
    const n2 = await start('n2')
    try {
      n1.setPeers({ n2: n2.url })
      n2.setPeers({ n1: n1.url })
      const names = ['sent', 'received'].flatMap((way) => [`${way}_messages`, `${way}_bytes`])
      await expect
        .poll(async () => {
          const text = await metrics.text(n1)
          return names.filter(
            (name) => !(valueOf(text, `lockstep_link_${name}_total{peer="n2"}`) > 0),
          )
        })
        .toEqual([])
    } finally {
      await Promise.all([n1.stop(0), n2.stop(0)])
    }
  })
})

test('the traffic with clients and the bytes of the log are counted', async () => {
  await withNode(['n1'], async ({ url, get }) => {
    const nodes = { n1: url }
    const port = connectClient({ id: 'c1', cluster: 'metrics', nodes })
    const store = new RaftClient(port, { nodes: ['n1'], timeoutMs: 30_000 })
    const values = async (): Promise<readonly number[]> => {
      const { text } = await get('/metrics')
      const ways = ['sent', 'received'].map((way) => `lockstep_client_${way}`)
      const names = ways.flatMap((way) => [`${way}_messages_total`, `${way}_bytes_total`])
      return [...names, 'lockstep_raft_log_bytes'].map((name) => valueOf(text, name))
    }
    try {
      await store.put('a', 'x')
      const before = await values()
      const size = 1_000
      await store.put('a', 'x'.repeat(size))
      const after = await values()
      const more = after.map((value, i) => value - (before[i] ?? 0))
      expect(more[0]).toBe(1)
      expect(more[2]).toBe(1)
      expect(more[1]).toBeGreaterThan(0)
      expect(more[3]).toBeGreaterThan(size)
      expect(more[4]).toBeGreaterThan(size)
      expect(more[4]).toBeLessThan(2 * size)
    } finally {
      await port.close()
    }
  })
})
