import { judgeLinearizable, keyValue, type KvOp, type KvValue } from '@lockstep/check'
import type { History, NodeId } from '@lockstep/process'
import { describe, expect, test } from 'vitest'
import { leaderOf } from '../../src/cluster/standing.ts'
import { area, count, keys, LiveTest, work } from './workload.ts'

const timeout = 240_000
const clients: readonly NodeId[] = ['c1', 'c2', 'c3', 'c4']

/** Three processes under load, which are killed with SIGKILL and started again from their disks. */
async function survives(victims: (live: LiveTest) => Promise<readonly NodeId[]>): Promise<void> {
  await LiveTest.with({}, async (live) => {
    const load = Promise.all(clients.map((id) => live.run(id, work(id, 120), 10)))
    await live.acknowledged(60)
    const killed = await victims(live)
    await Promise.all(killed.map((node) => live.cluster.apply({ do: 'crash', node })))
    if (killed.length < 2) await live.acknowledged(60)
    await Promise.all(killed.map((node) => live.cluster.apply({ do: 'restart', node })))
    await load
    await live.finalReads()
    const history = live.history.events as History<KvOp, KvValue>
    expect(judgeLinearizable(keyValue, history)).toMatchObject({ is: 'holds' })
    const reads = history.filter(({ type, client }) => type === 'ok' && client === 'final')
    expect(reads).toHaveLength(keys.length)
    expect(count(history, 'ok')).toBeGreaterThan(clients.length * 100)
    for (const { incarnation, id } of live.cluster.status()) {
      expect(incarnation).toBe(killed.includes(id) ? 2 : 1)
    }
  })
}

async function leader(live: LiveTest): Promise<NodeId> {
  const id = await leaderOf(live.cluster, area.lab)
  if (id === undefined) throw new Error('nobody leads')
  return id
}

describe('three processes under load lose nothing that was acknowledged', { timeout }, () => {
  test('when the leader is killed', () => survives(async (live) => [await leader(live)]))

  test('when a follower is killed', () =>
    survives(async (live) => {
      const leading = await leader(live)
      return live.cluster.nodes.filter((id) => id !== leading).slice(0, 1)
    }))

  test('when all three are killed', () => survives(async (live) => live.cluster.nodes))
})
