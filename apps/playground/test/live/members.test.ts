import { judgeLinearizable, keyValue, type KvOp, type KvValue } from '@lockstep/check'
import type { History, NodeId } from '@lockstep/process'
import { expect, test } from 'vitest'
import { MemberChanges } from '../../src/cluster/member-changes.ts'
import { leaderOf } from '../../src/cluster/standing.ts'
import { StoreClient } from '../../src/cluster/store-client.ts'
import { area, count, keys, LiveTest, work } from './workload.ts'

const clients: readonly NodeId[] = ['c1', 'c2', 'c3', 'c4']

test('nodes come and go under load, and nothing that was acknowledged is lost', async () => {
  await LiveTest.with({}, async (live) => {
    const { cluster } = live
    const administrator = new StoreClient({
      cluster: 'test',
      id: 'administrator',
      nodes: cluster.urls,
      timeoutMs: 10_000,
    })
    try {
      const members = new MemberChanges(cluster, administrator)
      const over = new AbortController()
      const load = Promise.all(
        clients.map(async (id) => {
          for (let round = 1; !over.signal.aborted; round++)
            await live.run(id, work(`${round}-${id}`, 40), 20)
        }),
      )
      await live.acknowledged(60)
      expect(await members.add('n4')).toBe('n4 runs, has caught up, and votes.')
      const leader = await leaderOf(cluster, area.lab)
      if (leader === undefined) throw new Error('nobody leads')
      const victim = ['n1', 'n2', 'n3'].find((id) => id !== leader) ?? ''
      await cluster.apply({ do: 'crash', node: victim })
      await live.acknowledged(60)
      await cluster.apply({ do: 'restart', node: victim })
      await members.remove(leader)
      const left = ['n1', 'n2', 'n3', 'n4'].filter((id) => id !== leader)
      expect(cluster.nodes).toEqual(left)
      await live.acknowledged(60)
      over.abort()
      await load
      await live.finalReads()
      const configuration = await administrator.store.members()
      expect(configuration?.voters.toSorted()).toEqual(left)
      const history = live.history.events as History<KvOp, KvValue>
      expect(judgeLinearizable(keyValue, history)).toMatchObject({ is: 'holds' })
      const reads = history.filter(({ type, client }) => type === 'ok' && client === 'final')
      expect(reads).toHaveLength(keys.length)
      expect(count(history, 'ok')).toBeGreaterThan(180)
    } finally {
      await administrator.close()
    }
  })
}, 240_000)
