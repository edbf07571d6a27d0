import { describe, expect, it } from 'vitest'
import { asIndex, asTerm } from '../src/term.ts'
import { Cluster, diskOf, Host } from '../src/testing/index.ts'

const config = {
  electionTimeoutMinMs: 50,
  electionTimeoutMaxMs: 51,
  heartbeatMs: 10,
  checkQuorum: true,
}

function clusterOf(size: number, more: object = {}): Cluster {
  const disks = Array.from({ length: size }, () => diskOf([], 1))
  const cluster = new Cluster(disks, { config: { ...config, ...more } })
  cluster.campaign('n1')
  return cluster
}

function standing(cluster: Cluster): unknown[] {
  return [...cluster.hosts.values()].map(({ raft }) => [raft.role, raft.term])
}

function beats(cluster: Cluster, count: number): void {
  for (let i = 0; i < count; i++) {
    cluster.pass(10)
    cluster.beat('n1')
  }
}

function voteRequest(term: number) {
  return {
    type: 'RequestVote',
    term: asTerm(term),
    lastTerm: asTerm(9),
    lastIndex: asIndex(9),
  } as const
}

describe('a leader that checks its quorum', () => {
  it('(17) steps down in its term when nobody answered for an election timeout', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n1')
    beats(cluster, 5)
    expect(cluster.at('n1').raft.role).toBe('leader')
    beats(cluster, 1)
    const { raft, timers } = cluster.at('n1')
    expect([raft.role, raft.term, raft.leader]).toEqual(['follower', 2, undefined])
    expect([...timers.keys()]).toEqual(['election'])
  })

  it('(17) goes on as long as a majority answers, itself among it', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n3')
    beats(cluster, 20)
    expect(cluster.at('n1').raft.role).toBe('leader')
  })

  it('needs two of four others', () => {
    const cluster = clusterOf(5)
    cluster.isolate('n3', 'n4', 'n5')
    beats(cluster, 6)
    expect(cluster.at('n1').raft.role).toBe('follower')
  })

  it('is its own majority when it is alone', () => {
    const cluster = clusterOf(1)
    beats(cluster, 20)
    expect(cluster.at('n1').raft.role).toBe('leader')
  })

  it('stays for good where the check is off', () => {
    const cluster = clusterOf(3, { checkQuorum: false })
    cluster.isolate('n1')
    beats(cluster, 20)
    expect(cluster.at('n1').raft.role).toBe('leader')
  })
})

describe('a follower that hears its leader', () => {
  it('(14) ignores a candidate of a later term, and hears it after an election timeout of silence', () => {
    const cluster = clusterOf(3)
    const voter = cluster.at('n2')
    voter.now += 49
    voter.receive('n3', voteRequest(3))
    expect([voter.take(), voter.raft.term]).toEqual([[], 2])
    voter.now += 1
    voter.receive('n3', voteRequest(3))
    expect(voter.sent('Vote')).toEqual([{ type: 'Vote', term: 3, granted: true }])
  })

  it('(14) knows no leader after a restart, and votes', () => {
    const cluster = clusterOf(3)
    const voter = cluster.at('n2')
    voter.restart()
    voter.receive('n3', voteRequest(3))
    expect(voter.sent('Vote')).toEqual([{ type: 'Vote', term: 3, granted: true }])
  })

  it('votes at once where the check is off', () => {
    const host = new Host('n2', ['n1', 'n2', 'n3'])
    host.receive('n3', voteRequest(3))
    expect(host.sent('Vote')).toHaveLength(1)
  })
})

describe('a node that stood in a later term', () => {
  it('(19) is heard through its answer to the leader, which steps down', () => {
    const cluster = clusterOf(3)
    cluster.campaign('n3')
    expect(standing(cluster)).toEqual([
      ['leader', 2],
      ['follower', 2],
      ['candidate', 3],
    ])
    cluster.beat('n1')
    expect(standing(cluster)).toEqual([
      ['follower', 3],
      ['follower', 2],
      ['candidate', 3],
    ])
  })
})
