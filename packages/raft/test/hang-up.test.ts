import { describe, expect, it } from 'vitest'
import { paper, type RaftConfig } from '../src/index.ts'
import { asIndex, asTerm, Cluster, type HostOptions } from '../src/testing/index.ts'

const config = { preVote: true, checkQuorum: true } as const

/** Three nodes; n1 leads term 1, and the others have just heard it. */
function clusterOf(options: HostOptions = { config }): Cluster {
  const cluster = new Cluster([[], [], []], options)
  cluster.campaign('n1')
  return cluster
}

/** The process of n1 ends, and these hear its connections end. */
function kill(cluster: Cluster, ...hearing: readonly string[]): void {
  cluster.crash('n1')
  for (const id of hearing) cluster.at(id).hungUp('n1')
}

function roles(cluster: Cluster): unknown[] {
  return ['n2', 'n3'].map((id) => {
    const { role, term } = cluster.at(id).raft
    return [role, term]
  })
}

/** Whether n2 takes its leader for lost when the connection ends. */
function misses(given: Partial<RaftConfig>, options: HostOptions = {}): boolean {
  const cluster = clusterOf({ ...options, config: { ...config, ...given } })
  kill(cluster, 'n2')
  return cluster.at('n2').raft.leader === undefined
}

describe('a follower whose leader hung up', () => {
  it('stands within a tenth of the least election timeout, and is elected by who misses the leader too', () => {
    const cluster = clusterOf()
    kill(cluster, 'n2', 'n3')
    const { timers, now } = cluster.at('n2')
    expect((timers.get('hurry') ?? 0) - now).toBe(7.5)
    cluster.fire('n2', 'hurry')
    expect(roles(cluster)).toEqual([
      ['leader', 2],
      ['follower', 2],
    ])
  })

  it('is not elected by who still hears the leader, and follows it again when it speaks', () => {
    const cluster = clusterOf()
    cluster.at('n2').hungUp('n1')
    cluster.fire('n2', 'hurry')
    expect(roles(cluster)).toEqual([
      ['pre-candidate', 1],
      ['follower', 1],
    ])
    cluster.beat('n1')
    const { role, term, leader } = cluster.at('n2').raft
    expect([role, term, leader]).toEqual(['follower', 1, 'n1'])
  })

  it('goes on where it was when the leader speaks before it stands', () => {
    const cluster = clusterOf()
    cluster.at('n2').hungUp('n1')
    cluster.beat('n1')
    cluster.fire('n2', 'hurry')
    expect(roles(cluster)).toEqual([
      ['follower', 1],
      ['follower', 1],
    ])
  })

  it('does not ask any more once it has voted for somebody else', () => {
    const cluster = clusterOf()
    kill(cluster, 'n2', 'n3')
    const asks = { term: asTerm(2), lastIndex: asIndex(1), lastTerm: asTerm(1) }
    cluster.at('n2').receive('n3', { type: 'RequestVote', ...asks })
    cluster.at('n2').take()
    cluster.at('n2').fire('hurry')
    expect([cluster.at('n2').raft.votedFor, cluster.at('n2').take()]).toEqual(['n3', []])
  })

  it('keeps its election timeout, in case that its questions are lost', () => {
    const cluster = clusterOf()
    const before = cluster.at('n2').timers.get('election')
    kill(cluster, 'n2')
    expect(cluster.at('n2').timers.get('election')).toBe(before)
  })

  it('does not split the vote with another one that asks at the same time', () => {
    const cluster = clusterOf()
    kill(cluster, 'n2', 'n3')
    for (const id of ['n2', 'n3']) cluster.at(id).fire('hurry')
    cluster.deliver()
    expect(roles(cluster)).toEqual([
      ['leader', 2],
      ['follower', 2],
    ])
    expect(cluster.at('n2').marks).toContain('asked before a rival')
  })

  it('lets a rival go first that has more of the log', () => {
    const cluster = clusterOf()
    cluster.isolate('n2')
    cluster.propose('n1')
    kill(cluster, 'n2', 'n3')
    cluster.heal()
    for (const id of ['n2', 'n3']) cluster.at(id).fire('hurry')
    cluster.deliver()
    expect(roles(cluster)).toEqual([
      ['follower', 2],
      ['leader', 2],
    ])
  })

  it('waits where a leader has a lease, where nobody is asked before an election, and where it has no vote', () => {
    expect(misses({})).toBe(true)
    expect(misses({ reads: 'lease' })).toBe(false)
    expect(misses({ preVote: false })).toBe(false)
    const cluster = new Cluster([[], [], []], { config, voters: 1 })
    cluster.campaign('n1')
    kill(cluster, 'n2')
    expect(cluster.at('n2').timers.has('hurry')).toBe(false)
  })

  it('breaks the promise of a lease if it does not look at it', () => {
    const rules = { ...paper, mayForgetLeader: () => true }
    expect(misses({ reads: 'lease' }, { rules })).toBe(true)
  })
})

describe('a connection that ends', () => {
  it('changes nothing when it was not the leader’s', () => {
    const cluster = clusterOf()
    cluster.at('n2').hungUp('n3')
    expect(cluster.at('n2').raft.leader).toBe('n1')
    cluster.at('n1').hungUp('n2')
    expect(cluster.at('n1').raft.role).toBe('leader')
  })

  it('does not make a node vote for a stale log', () => {
    const cluster = clusterOf()
    kill(cluster, 'n2')
    const stale = { term: asTerm(2), lastIndex: asIndex(0), lastTerm: asTerm(0) }
    cluster.at('n2').receive('n3', { type: 'RequestPreVote', ...stale })
    expect(cluster.at('n2').sent('PreVote')).toEqual([{ type: 'PreVote', term: 1, granted: false }])
  })
})
