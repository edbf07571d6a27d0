import { judgeLinearizable, keyValue, type KvOp, type KvValue } from '@lockstep/check'
import type { History, Verdict } from '@lockstep/process'
import { describe, expect, test } from 'vitest'
import { leaderOf } from '../../src/cluster/standing.ts'
import { area, LiveTest } from './workload.ts'

const timeout = 240_000

/**
 * A leader is cut off from its followers while its clients still reach it. One client goes on
 * reading there; another one writes through whoever leads next. The leader does not check its
 * quorum, so it does not find out by itself.
 */
async function readsAtADeposedLeader(flaws: readonly string[]): Promise<Verdict> {
  let verdict: Verdict | undefined
  await LiveTest.with({ flaws, settings: ['checkQuorum=false'] }, async (live) => {
    await live.run('writer', [{ type: 'put', key: 'a', value: 'old' }])
    const gets = Array.from({ length: 60 }, (): KvOp => ({ type: 'get', key: 'a' }))
    const reading = live.run('reader', gets, 100)
    await live.acknowledged(3)
    const old = await leaderOf(live.cluster, area.lab)
    if (old === undefined) throw new Error('nobody leads')
    for (const other of live.cluster.nodes.filter((id) => id !== old)) {
      await live.cluster.apply({ do: 'cut', from: old, to: other, both: true })
    }
    await live.run('writer', [{ type: 'put', key: 'a', value: 'new' }])
    await reading
    verdict = judgeLinearizable(keyValue, live.history.events as History<KvOp, KvValue>)
  })
  if (verdict === undefined) throw new Error('nothing was judged')
  return verdict
}

describe('the judge of live histories', { timeout }, () => {
  test('sees a stale read when a leader answers from its own state', async () => {
    expect(await readsAtADeposedLeader(['stale-read'])).toMatchObject({ is: 'violated' })
  })

  test('has nothing to say when the leader is confirmed before it answers', async () => {
    expect(await readsAtADeposedLeader([])).toMatchObject({ is: 'holds' })
  })
})
