import { describe, expect, it } from 'vitest'
import type { AppendEntries, Vote } from '../src/index.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { Cluster, diskOf, entryOf, Host } from '../src/testing/index.ts'

const vote = (term: number, granted: boolean): Vote => ({
  type: 'Vote',
  term: asTerm(term),
  granted,
})

function append(
  term: number,
  [prevTerm, prevIndex]: [number, number],
  terms: number[] = [],
): AppendEntries {
  return {
    type: 'AppendEntries',
    term: asTerm(term),
    prevIndex: asIndex(prevIndex),
    prevTerm: asTerm(prevTerm),
    entries: terms.map((of, i) => entryOf(prevIndex + 1 + i, of)),
    commit: asIndex(0),
  }
}

function requestVote(term: number, lastTerm: number, lastIndex: number) {
  return {
    type: 'RequestVote',
    term: asTerm(term),
    lastTerm: asTerm(lastTerm),
    lastIndex: asIndex(lastIndex),
  } as const
}

function nodesOf(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`)
}

describe('an election', () => {
  it('(1) starts from a follower of term 0 that knows no leader', () => {
    const { raft } = new Host('n1', nodesOf(3))
    expect([raft.role, raft.term, raft.leader]).toEqual(['follower', 0, undefined])
  })

  it.each([0, 0.3, 0.999])('(1) waits between the least and the most timeout: draw %d', (draw) => {
    const config = { electionTimeoutMinMs: 10, electionTimeoutMaxMs: 20, heartbeatMs: 1 }
    const host = new Host('n1', nodesOf(3), { config, random: () => draw })
    expect(host.timers.get('election')).toBe(10 + 10 * draw)
  })

  it('(2) makes a candidate of the next term that votes for itself and asks every other voter once', () => {
    const host = new Host('n1', nodesOf(3), { disk: diskOf([1, 1]) })
    host.fire('election')
    expect([host.raft.role, host.raft.term, host.raft.votedFor]).toEqual(['candidate', 2, 'n1'])
    const request = requestVote(2, 1, 2)
    expect(host.take()).toEqual([
      { from: 'n1', to: 'n2', message: request },
      { from: 'n1', to: 'n3', message: request },
    ])
  })

  it.each([
    [1, 0, 0, 'leader'],
    [3, 1, 0, 'leader'],
    [3, 0, 2, 'follower'],
    [3, 0, 0, 'candidate'],
    [5, 2, 0, 'leader'],
    [5, 0, 3, 'follower'],
    [5, 1, 3, 'follower'],
    [5, 1, 0, 'candidate'],
    [5, 0, 2, 'candidate'],
  ])(
    '(3) among %d nodes with %d grants and %d refusals of others makes a %s',
    (size, grants, refusals, role) => {
      const nodes = nodesOf(size)
      const host = new Host('n1', nodes)
      host.fire('election')
      const voters = nodes.slice(1)
      for (const voter of voters.slice(0, grants)) host.receive(voter, vote(1, true))
      for (const voter of voters.slice(grants, grants + refusals))
        host.receive(voter, vote(1, false))
      expect([host.raft.role, host.raft.term]).toEqual([role, 1])
    },
  )

  it('counts a voter once, however often its vote arrives', () => {
    const host = new Host('n1', nodesOf(5))
    host.fire('election')
    host.receive('n2', vote(1, true))
    host.receive('n2', vote(1, true))
    expect(host.raft.role).toBe('candidate')
  })

  it('ignores votes of an earlier term', () => {
    const host = new Host('n1', nodesOf(3), { disk: diskOf([], 4) })
    host.fire('election')
    host.receive('n2', vote(4, true))
    expect(host.raft.role).toBe('candidate')
  })

  it('(6) ends for a candidate that hears of the leader of its term, or of a later one', () => {
    for (const term of [1, 2]) {
      const host = new Host('n1', nodesOf(3))
      host.fire('election')
      host.receive('n2', append(term, [0, 0], [term]))
      expect([host.raft.role, host.raft.term, host.raft.leader]).toEqual(['follower', term, 'n2'])
      expect(host.terms).toEqual([term])
    }
  })

  it('(9) is lost by a short log and won at the next attempt, and then all logs are equal', () => {
    const cluster = new Cluster([
      diskOf([1]),
      diskOf([1]),
      diskOf([2]),
      diskOf([], 2, 'n3'),
      diskOf([], 2, 'n3'),
    ])
    cluster.campaign('n1')
    expect([cluster.at('n1').raft.role, cluster.at('n1').raft.term]).toEqual(['follower', 2])
    cluster.campaign('n1')
    expect([cluster.at('n1').raft.role, cluster.at('n1').raft.term]).toEqual(['leader', 3])
    for (const host of cluster.hosts.values()) expect(host.terms).toEqual([1, 3])
  })
})

describe('a voter', () => {
  it.each([
    [undefined, 'n2', true],
    ['n2', 'n2', true],
    ['n3', 'n2', false],
  ] as const)(
    '(4) that voted for %s answers %s in that term: %s',
    (votedFor, candidate, granted) => {
      const host = new Host('n1', nodesOf(3), { disk: diskOf([], 1, votedFor ?? null) })
      host.receive(candidate, requestVote(1, 0, 0))
      expect(host.sent('Vote')).toEqual([vote(1, granted)])
    },
  )

  it('(4) keeps its vote through a restart', () => {
    const host = new Host('n1', nodesOf(3))
    host.receive('n2', requestVote(1, 0, 0))
    host.restart()
    host.take()
    host.receive('n3', requestVote(1, 0, 0))
    expect(host.sent('Vote')).toEqual([vote(1, false)])
  })

  it.each([
    [[1], 1, 1, true],
    [[1], 1, 2, true],
    [[1, 1], 1, 1, false],
    [[1], 2, 1, true],
    [[1, 1], 2, 1, true],
    [[2], 1, 1, false],
    [[2], 1, 2, false],
    [[2, 2], 1, 1, false],
  ])(
    '(5) with log %j answers a log that ends with term %d at %d: %s',
    (log, lastTerm, lastIndex, granted) => {
      const host = new Host('n1', nodesOf(3), { disk: diskOf(log) })
      host.receive('n2', requestVote(3, lastTerm, lastIndex))
      expect(host.sent('Vote')).toEqual([vote(3, granted)])
    },
  )

  it('answers an earlier term with its own', () => {
    const host = new Host('n1', nodesOf(3), { disk: diskOf([], 5) })
    host.receive('n2', requestVote(4, 9, 9))
    expect(host.sent('Vote')).toEqual([vote(5, false)])
  })

  it('(49) says nothing before its vote is on disk', () => {
    const host = new Host('n1', nodesOf(3))
    host.autoSync = false
    host.receive('n2', requestVote(1, 0, 0))
    expect(host.take()).toEqual([])
    host.sync()
    expect(host.sent('Vote')).toEqual([vote(1, true)])
    expect(host.disk.records).toEqual([{ type: 'vote', term: 1, votedFor: 'n2' }])
  })

  it('starts its timeout anew when it grants, and only then', () => {
    const host = new Host('n1', nodesOf(3), { disk: diskOf([2]) })
    host.timers.delete('election')
    host.receive('n2', requestVote(3, 1, 1))
    expect(host.timers.has('election')).toBe(false)
    host.receive('n3', requestVote(3, 2, 1))
    expect(host.timers.has('election')).toBe(true)
  })
})

describe('a candidate', () => {
  it('(49) neither asks nor counts itself before its own vote is on disk', () => {
    const host = new Host('n1', nodesOf(3))
    host.autoSync = false
    host.fire('election')
    expect(host.take()).toEqual([])
    host.receive('n2', vote(1, true))
    expect(host.raft.role).toBe('candidate')
    host.sync()
    expect(host.raft.role).toBe('leader')
  })
})

describe('a leader', () => {
  it('clears its election timeout and keeps a heartbeat', () => {
    const cluster = new Cluster([[], [], []])
    cluster.campaign('n1')
    expect([...cluster.at('n1').timers.keys()]).toEqual(['heartbeat'])
    cluster.campaign('n2')
    expect([...cluster.at('n1').timers.keys()]).toEqual(['election'])
  })

  it('of an earlier term is answered with the later one, and steps down', () => {
    const cluster = new Cluster([[], [], []])
    cluster.campaign('n1')
    cluster.isolate('n1')
    cluster.campaign('n2')
    cluster.heal()
    cluster.beat('n1')
    expect([cluster.at('n1').raft.role, cluster.at('n1').raft.term]).toEqual(['follower', 2])
  })

  it('refuses to hear of another leader of its term', () => {
    const cluster = new Cluster([[], [], []])
    cluster.campaign('n1')
    cluster.at('n1').receive('n2', append(1, [0, 0]))
    expect(cluster.at('n1').raft.role).toBe('leader')
    expect(cluster.at('n1').node.refusals.view()).toEqual({ 'a second leader of the term': 1 })
  })

  it('(7) rejoins as a follower of the term it finds, with its disruptor’s election lost or won by the log', () => {
    const cluster = new Cluster([[], [], []])
    cluster.isolate('n3')
    cluster.campaign('n1')
    cluster.campaign('n3')
    expect(cluster.at('n3').raft.role).toBe('candidate')
    cluster.heal()
    cluster.campaign('n3')
    expect([...cluster.hosts.values()].map(({ raft }) => [raft.role, raft.term])).toEqual([
      ['follower', 2],
      ['follower', 2],
      ['follower', 2],
    ])
    expect([...cluster.hosts.values()].map(({ raft }) => raft.log.last)).toEqual([1, 1, 0])
  })
})
