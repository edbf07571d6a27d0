import { judgeLinearizable, keyValue, type KvOp, type KvValue } from '@lockstep/check'
import type { Fault, History, NodeId } from '@lockstep/process'
import type { Mark, RaftView } from '@lockstep/raft'
import { describe, expect, test } from 'vitest'
import { leaderOf } from '../../src/cluster/standing.ts'
import { area, LiveTest } from './workload.ts'

const timeout = 240_000

interface Seen {
  /** How often a node missed its leader, and how often one asked for an election. */
  readonly missed: number
  readonly asked: number
  readonly terms: number
}

/** What the others see when the leader of a cluster under load goes. */
async function seenByOthers(how: 'stop' | 'crash'): Promise<Seen> {
  let seen: Seen | undefined
  await LiveTest.with({}, async (live) => {
    const puts = Array.from(
      { length: 200 },
      (_, n): KvOp => ({ type: 'put', key: 'a', value: `${n}` }),
    )
    const load = live.run('c1', puts, 5)
    await live.acknowledged(40)
    const leader = await leaderOf(live.cluster, area.lab)
    if (leader === undefined) throw new Error('nobody leads')
    const others = live.cluster.nodes.filter((id) => id !== leader)
    const marks: string[] = []
    for (const id of others) {
      live.cluster.control(id)?.onEvents((events) => {
        marks.push(...events.filter(({ kind }) => kind === 'mark').map(({ name }) => name))
      })
    }
    const [before] = await Promise.all(others.map((id) => termOf(live, id)))
    const fault: Fault = { do: how, node: leader }
    await live.cluster.apply(fault)
    await live.acknowledged(40)
    const after = await Promise.all(others.map((id) => termOf(live, id)))
    const often = (mark: Mark): number => marks.filter((name) => name === mark).length
    seen = {
      missed: often('missed its leader'),
      asked: often('asked before an election'),
      terms: Math.max(...after) - (before ?? 0),
    }
    await live.cluster.apply({ do: 'restart', node: leader })
    await load
    await live.finalReads()
    const history = live.history.events as History<KvOp, KvValue>
    expect(judgeLinearizable(keyValue, history)).toMatchObject({ is: 'holds' })
  })
  if (seen === undefined) throw new Error('nothing was seen')
  return seen
}

async function termOf(live: LiveTest, id: NodeId): Promise<number> {
  const control = live.cluster.control(id)
  if (control === undefined) throw new Error(`${id} is down`)
  return ((await control.look()).view as RaftView).term
}

describe('when the leader goes', { timeout }, () => {
  test('nobody misses it if it was asked to', async () => {
    expect(await seenByOthers('stop')).toEqual({ missed: 0, asked: 0, terms: 1 })
  })

  test('the others hear its connections end if it was killed, and ask for an election', async () => {
    const { missed, asked, terms } = await seenByOthers('crash')
    for (const seen of [missed, asked, terms]) expect(seen).toBeGreaterThan(0)
  })
})
