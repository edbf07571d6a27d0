import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { type ClientResult, paper } from '../src/index.ts'
import { asIndex, asTerm, Cluster, type HostOptions } from '../src/testing/index.ts'

const config = { preVote: true, checkQuorum: true } as const
const leased = { ...config, reads: 'lease' } as const

/** Three nodes; n1 leads term 1, and the others hear it. */
function clusterOf(options: HostOptions = { config }): Cluster {
  const cluster = new Cluster([[], [], []], options)
  cluster.campaign('n1')
  return cluster
}

function forget(cluster: Cluster, id: string): ClientResult | undefined {
  cluster.ask(id, 'admin', { type: 'ForgetLeader', id: 1 } as Message)
  cluster.deliver()
  return cluster.replies.at(-1)?.result
}

/** Whether n2 votes for n3, which wants to lead the next term. */
function votes(cluster: Cluster): boolean {
  const asks = { term: asTerm(2), lastIndex: asIndex(1), lastTerm: asTerm(1) }
  cluster.at('n2').receive('n3', { type: 'RequestVote', ...asks })
  return cluster.at('n2').sent('Vote').length > 0
}

describe('a follower that is to forget its leader', () => {
  it('(50) keeps its term and its timer, and votes although it heard a leader', () => {
    const cluster = clusterOf()
    const { raft, timers } = cluster.at('n2')
    const timer = timers.get('election')
    cluster.pass(10)
    expect(forget(cluster, 'n2')).toEqual({ type: 'leader-forgotten' })
    expect([raft.role, raft.term, raft.leader]).toEqual(['follower', 1, undefined])
    expect(timers.get('election')).toBe(timer)
    expect(votes(cluster)).toBe(true)
  })

  it('(50) does not vote before', () => {
    expect(votes(clusterOf())).toBe(false)
  })

  it('(50) knows it again with the next append', () => {
    const cluster = clusterOf()
    forget(cluster, 'n2')
    cluster.beat('n1')
    expect(cluster.at('n2').raft.leader).toBe('n1')
    expect(votes(cluster)).toBe(false)
  })

  it('(50) does not where leaders have leases, since it promised not to vote', () => {
    const cluster = clusterOf({ config: leased })
    expect(forget(cluster, 'n2')).toMatchObject({ type: 'forget-refused', code: 'reads-by-lease' })
    expect(cluster.at('n2').raft.leader).toBe('n1')
    expect(votes(cluster)).toBe(false)
  })

  it('breaks the promise if it does not look at the lease', () => {
    const cluster = clusterOf({ config: leased, rules: { ...paper, mayForgetLeader: () => true } })
    forget(cluster, 'n2')
    expect(votes(cluster)).toBe(true)
  })

  it('gives up the reads that it forwarded', () => {
    const cluster = clusterOf({ config: { ...config, reads: 'index' } })
    const op = { type: 'get', key: 'x' }
    cluster.ask('n2', 'c1', { type: 'ClientRead', id: 7, op, from: 'any' } as Message)
    cluster.drop(({ message }) => message.type === 'ReadIndex')
    forget(cluster, 'n2')
    expect(cluster.replies).toContainEqual({
      type: 'ClientReply',
      re: 7,
      result: { type: 'deposed' },
    })
  })
})

describe('nothing changes', () => {
  it('(50) on a leader, which says so', () => {
    const cluster = clusterOf()
    expect(forget(cluster, 'n1')).toMatchObject({ type: 'forget-refused', code: 'leads' })
    expect(cluster.at('n1').raft).toMatchObject({ role: 'leader', leader: 'n1' })
  })

  it('(50) on a candidate, which knows of no leader', () => {
    const cluster = clusterOf({ config: {} })
    cluster.isolate('n2')
    cluster.campaign('n2')
    const { raft } = cluster.at('n2')
    expect(forget(cluster, 'n2')).toEqual({ type: 'leader-forgotten' })
    expect([raft.role, raft.term, raft.ballot?.granted.size]).toEqual(['candidate', 2, 1])
  })
})
