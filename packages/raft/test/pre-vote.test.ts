import { describe, expect, it } from 'vitest'
import type { PreVote, RequestPreVote } from '../src/index.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { Cluster, diskOf, Host } from '../src/testing/index.ts'

const config = { preVote: true }
const nodes = ['n1', 'n2', 'n3']

function ask(term: number, lastTerm: number, lastIndex: number): RequestPreVote {
  return {
    type: 'RequestPreVote',
    term: asTerm(term),
    lastTerm: asTerm(lastTerm),
    lastIndex: asIndex(lastIndex),
  }
}

function preVote(term: number, granted: boolean): PreVote {
  return { type: 'PreVote', term: asTerm(term), granted }
}

function standing(cluster: Cluster): unknown[] {
  return [...cluster.hosts.values()].map(({ raft }) => [raft.role, raft.term])
}

describe('a pre-candidate', () => {
  it('(10) asks everybody once, about the next term, and writes nothing down', () => {
    const host = new Host('n1', nodes, { config, disk: diskOf([1]) })
    const disk = [...host.disk.records]
    host.fire('election')
    expect([host.raft.role, host.raft.term]).toEqual(['pre-candidate', 1])
    const message = ask(2, 1, 1)
    expect(host.take()).toEqual([
      { from: 'n1', to: 'n2', message },
      { from: 'n1', to: 'n3', message },
    ])
    expect(host.disk.records).toEqual(disk)
  })

  it('(10) stays in its term, however often it asks in vain', () => {
    const cluster = new Cluster([[], [], []], { config })
    cluster.isolate('n1')
    for (let i = 0; i < 5; i++) cluster.campaign('n1')
    expect([cluster.at('n1').raft.role, cluster.at('n1').raft.term]).toEqual(['pre-candidate', 0])
    expect(cluster.at('n1').disk.records).toEqual([])
  })

  it('stands once a majority would vote for it', () => {
    const host = new Host('n1', nodes, { config })
    host.fire('election')
    host.receive('n2', preVote(1, true))
    expect([host.raft.role, host.raft.term, host.raft.votedFor]).toEqual(['candidate', 1, 'n1'])
  })

  it('leads at once when it is alone', () => {
    const host = new Host('n1', ['n1'], { config })
    host.fire('election')
    expect([host.raft.role, host.raft.term]).toEqual(['leader', 1])
  })

  it('stands back when a majority would not', () => {
    const host = new Host('n1', nodes, { config, disk: diskOf([], 2) })
    host.fire('election')
    host.receive('n2', preVote(2, false))
    expect(host.raft.role).toBe('pre-candidate')
    host.receive('n3', preVote(1, false))
    expect([host.raft.role, host.raft.term]).toEqual(['follower', 2])
  })

  it('learns of a later term from a refusal', () => {
    const host = new Host('n1', nodes, { config })
    host.fire('election')
    host.receive('n2', preVote(4, false))
    expect([host.raft.role, host.raft.term]).toEqual(['follower', 4])
  })

  it('does not count a grant for another term', () => {
    const host = new Host('n1', nodes, { config, disk: diskOf([], 2) })
    host.fire('election')
    host.receive('n2', preVote(2, true))
    host.receive('n3', preVote(4, true))
    expect([host.raft.role, host.raft.term]).toEqual(['pre-candidate', 2])
  })

  it('becomes a follower when it votes for another candidate of its term', () => {
    const host = new Host('n1', nodes, { config, disk: diskOf([], 1) })
    host.fire('election')
    host.receive('n2', { ...ask(1, 0, 0), type: 'RequestVote' })
    expect([host.raft.role, host.raft.votedFor]).toEqual(['follower', 'n2'])
  })
})

describe('a voter that is asked first', () => {
  it('(13) says yes for the term it was asked about, and keeps vote, term and timer', () => {
    const host = new Host('n1', nodes, { config, disk: diskOf([1], 2, 'n3') })
    host.timers.delete('election')
    host.receive('n2', ask(9, 1, 1))
    expect(host.sent('PreVote')).toEqual([preVote(9, true)])
    expect([host.raft.term, host.raft.votedFor, host.timers.has('election')]).toEqual([
      2,
      'n3',
      false,
    ])
  })

  it.each([
    ['a log that is behind', ask(9, 1, 1)],
    ['its own term', ask(2, 2, 5)],
  ])('(13) says no to %s, with its own term', (_, request) => {
    const host = new Host('n1', nodes, { config, disk: diskOf([1, 2]) })
    host.receive('n2', request)
    expect(host.sent('PreVote')).toEqual([preVote(2, false)])
  })

  it('(14) says nothing while it hears its leader, and yes once it was silent for an election timeout', () => {
    const cluster = new Cluster([[], [], []], { config })
    cluster.campaign('n1')
    const voter = cluster.at('n2')
    voter.now += 149
    voter.receive('n3', ask(2, 1, 1))
    expect(voter.take()).toEqual([])
    voter.now += 1
    voter.receive('n3', ask(2, 1, 1))
    expect(voter.sent('PreVote')).toEqual([preVote(2, true)])
  })

  it('says nothing while it leads', () => {
    const cluster = new Cluster([[], [], []], { config })
    cluster.campaign('n1')
    cluster.pass(1000)
    cluster.at('n1').receive('n3', ask(2, 1, 1))
    expect(cluster.at('n1').take()).toEqual([])
  })
})

describe('with pre-vote', () => {
  it('(8) a returner with a short log changes nothing', () => {
    const cluster = new Cluster([[], [], []], { config })
    cluster.cut(({ from, to }) => [from, to].sort().join() === 'n1,n3')
    cluster.campaign('n1')
    cluster.at('n3').restart()
    cluster.campaign('n3')
    cluster.heal()
    cluster.pass(1000)
    cluster.campaign('n3')
    expect(cluster.at('n1').raft.role).toBe('leader')
    const rafts = [...cluster.hosts.values()].map(({ raft }) => raft)
    expect(rafts.map(({ term }) => term)).toEqual([1, 1, 1])
    expect(rafts.map(({ log }) => log.last)).toEqual([1, 1, 0])
  })

  it('(9) a short log loses and wins at the next attempt, and then all logs are equal', () => {
    const disks = [diskOf([1]), diskOf([1]), diskOf([2]), diskOf([], 2, 'n3'), diskOf([], 2, 'n3')]
    const cluster = new Cluster(disks, { config })
    cluster.campaign('n1')
    expect(standing(cluster)[0]).toEqual(['follower', 2])
    cluster.campaign('n1')
    expect(standing(cluster)[0]).toEqual(['leader', 3])
    for (const host of cluster.hosts.values()) expect(host.terms).toEqual([1, 3])
  })

  it('(11) two that ask at the same time both stand, and the next attempt ends it', () => {
    const cluster = new Cluster([diskOf([], 1), diskOf([], 1), diskOf([], 1)], { config })
    cluster.campaign('n1')
    cluster.isolate('n1')
    cluster.pass(150)
    cluster.at('n2').fire('election')
    cluster.at('n3').fire('election')
    cluster.deliver()
    expect(standing(cluster).slice(1)).toEqual([
      ['candidate', 3],
      ['candidate', 3],
    ])
    cluster.campaign('n2')
    expect(standing(cluster).slice(1)).toEqual([
      ['leader', 4],
      ['follower', 4],
    ])
  })

  it('(12) a node that is terms behind does not keep the others from electing', () => {
    const cluster = new Cluster([[], [], []], { config })
    cluster.campaign('n2')
    cluster.isolate('n3')
    cluster.at('n2').restart()
    cluster.pass(150)
    cluster.campaign('n1')
    cluster.at('n1').restart()
    cluster.pass(150)
    cluster.campaign('n2')
    expect(standing(cluster)[1]).toEqual(['leader', 3])
    cluster.isolate('n2')
    cluster.pass(150)
    cluster.campaign('n3')
    cluster.campaign('n1')
    expect(standing(cluster)[0]).toEqual(['leader', 4])
  })

  it('(19) a follower that heard nothing in time disturbs nobody', () => {
    const cluster = new Cluster([diskOf([], 1), diskOf([], 1), diskOf([], 1)], { config })
    cluster.campaign('n1')
    cluster.campaign('n3')
    expect(standing(cluster)).toEqual([
      ['leader', 2],
      ['follower', 2],
      ['pre-candidate', 2],
    ])
    cluster.beat('n1')
    expect(standing(cluster)[2]).toEqual(['follower', 2])
  })
})
