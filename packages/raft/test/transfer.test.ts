import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import type { ClientResult } from '../src/index.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { Cluster, type HostOptions } from '../src/testing/index.ts'

const config = { preVote: true, checkQuorum: true }

function clusterOf(size: number, options: HostOptions = { config }): Cluster {
  const cluster = new Cluster(
    Array.from({ length: size }, () => []),
    options,
  )
  cluster.campaign('n1')
  cluster.replies.length = 0
  return cluster
}

function handOver(cluster: Cluster, to: string): ClientResult | undefined {
  const request = { type: 'TransferLeadership', id: 1, to }
  cluster.at('n1').receive('admin', request)
  cluster.deliver()
  return cluster.replies.at(-1)?.result
}

function standing(cluster: Cluster): unknown[] {
  return [...cluster.hosts.values()].map(({ raft }) => [raft.role, raft.term])
}

describe('a leader that hands over', () => {
  it('(47) tells an up-to-date follower to stand, which leads the next term although all hear a leader', () => {
    const cluster = clusterOf(3)
    expect(handOver(cluster, 'n3')).toEqual({ type: 'transferring', to: 'n3' })
    expect(standing(cluster)).toEqual([
      ['follower', 2],
      ['follower', 2],
      ['leader', 2],
    ])
    expect(cluster.at('n3').marks).not.toContain('asked before an election')
    expect([...cluster.at('n1').timers.keys()]).toEqual(['election'])
  })

  it('(47) first brings a slow follower up to its own log', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n3')
    cluster.propose('n1')
    handOver(cluster, 'n3')
    expect(cluster.at('n1').raft.transferee).toBe('n3')
    cluster.heal()
    cluster.beat('n1')
    cluster.beat('n1')
    expect(standing(cluster)[2]).toEqual(['leader', 2])
    expect(cluster.at('n3').terms).toEqual([1, 1, 2])
  })

  it('(47) refuses proposals meanwhile and says to whom it hands over', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n3')
    handOver(cluster, 'n3')
    cluster.propose('n1')
    expect(cluster.replies.at(-1)?.result).toEqual({ type: 'transferring', to: 'n3' })
    expect(cluster.at('n1').raft.log.last).toBe(1)
  })

  it('(47) gives up after an election timeout and goes on', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n3')
    handOver(cluster, 'n3')
    expect(cluster.at('n1').timers.get('transfer')).toBe(300)
    cluster.at('n1').fire('transfer')
    cluster.propose('n1')
    expect(cluster.replies.at(-1)?.result).toEqual({ type: 'opened', session: 2 })
  })

  it('(47) does not begin anew for the same follower, and turns to another one', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n3')
    handOver(cluster, 'n3')
    const { timers } = cluster.at('n1')
    timers.set('transfer', 1)
    expect(handOver(cluster, 'n3')).toEqual({ type: 'transferring', to: 'n3' })
    expect(timers.get('transfer')).toBe(1)
    handOver(cluster, 'n2')
    expect(standing(cluster)[1]).toEqual(['leader', 2])
  })

  it('(47) refuses to hand over to a stranger', () => {
    const cluster = clusterOf(3)
    expect(handOver(cluster, 'n9')).toEqual({ type: 'unknown-member' })
    expect(standing(cluster)[0]).toEqual(['leader', 1])
  })

  it('(47) has nothing to do when it is to lead itself', () => {
    const cluster = clusterOf(3)
    expect(handOver(cluster, 'n1')).toEqual({ type: 'transferring', to: 'n1' })
    expect(standing(cluster)[0]).toEqual(['leader', 1])
    expect(cluster.at('n1').raft.transferee).toBeUndefined()
  })

  it('(47) ends it when somebody else leads', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n3')
    handOver(cluster, 'n3')
    cluster.at('n1').receive('n2', {
      type: 'AppendResult',
      term: 2,
      success: true,
      match: 0,
    } as Message)
    expect(cluster.at('n1').raft.transferee).toBeUndefined()
    expect(cluster.at('n1').timers.has('transfer')).toBe(false)
  })
})

describe('a follower', () => {
  it('refuses to name a member to hand over to', () => {
    const cluster = clusterOf(3)
    const request = { type: 'TransferLeadership', id: 4, to: 'n3' }
    cluster.at('n2').receive('admin', request)
    cluster.deliver()
    expect(cluster.replies.at(-1)?.result).toEqual({ type: 'not-leader', leader: 'n1' })
  })

  it.each([
    ['of another node than its leader', 'n3', 1],
    ['of another term', 'n1', 2],
  ])('ignores the order to stand %s', (_, from, term) => {
    const cluster = clusterOf(3)
    const order = { type: 'TimeoutNow', term: asTerm(term) }
    cluster.at('n2').receive(from, order)
    expect(standing(cluster)[1]).toEqual(['follower', 1])
  })

  it('(14) that hears its leader votes for a transfer and for nothing else', () => {
    const cluster = clusterOf(3)
    const voter = cluster.at('n2')
    const request = {
      type: 'RequestVote',
      term: asTerm(2),
      lastIndex: asIndex(1),
      lastTerm: asTerm(1),
    }
    voter.receive('n3', request)
    expect(voter.sent('Vote')).toEqual([])
    const wanted = { ...request, isTransfer: true }
    voter.receive('n3', wanted)
    expect(voter.sent('Vote')).toEqual([{ type: 'Vote', term: 2, granted: true }])
  })
})

describe('a leader whose disk stalls', () => {
  function stalled(size: number, handOverOnStall = true): Cluster {
    const cluster = clusterOf(size, { config: { ...config, handOverOnStall } })
    cluster.at('n1').autoSync = false
    cluster.propose('n1')
    return cluster
  }

  function beats(cluster: Cluster, count: number): void {
    for (let i = 0; i < count; i++) {
      cluster.pass(50)
      cluster.beat('n1')
    }
  }

  it('hands over after an election timeout', () => {
    const cluster = stalled(3)
    beats(cluster, 6)
    expect(cluster.at('n1').raft.role).toBe('leader')
    beats(cluster, 1)
    expect(cluster.at('n1').marks).toContain('found its disk stalled')
    expect(standing(cluster).slice(1)).toContainEqual(['leader', 2])
  })

  /** Nobody is told to stand, so whoever is to lead next never does. */
  function deafHeirs(): Cluster {
    const cluster = stalled(3)
    cluster.cut(({ message }) => message.type === 'TimeoutNow')
    beats(cluster, 7)
    expect(cluster.at('n1').raft.transferee).toBeDefined()
    return cluster
  }

  it('steps down when the hand-over fails and its disk is still stalled, and the others elect', () => {
    const cluster = deafHeirs()
    beats(cluster, 6)
    cluster.at('n1').fire('transfer')
    const { raft, marks } = cluster.at('n1')
    expect([raft.role, raft.term, raft.leader]).toEqual(['follower', 1, undefined])
    expect(marks).toContain('stepped down for its stalled disk')
    cluster.pass(400)
    cluster.campaign('n2')
    expect(standing(cluster)[1]).toEqual(['leader', 2])
    expect(cluster.at('n2').terms).toEqual([1, 1, 2])
  })

  it('goes on when its disk wrote something meanwhile', () => {
    const cluster = deafHeirs()
    cluster.at('n1').sync()
    cluster.propose('n1')
    cluster.at('n1').fire('transfer')
    expect(cluster.at('n1').raft.role).toBe('leader')
    expect(cluster.at('n1').marks).not.toContain('stepped down for its stalled disk')
  })

  it('goes on when too few of the others are heard by then', () => {
    const cluster = deafHeirs()
    cluster.isolate('n3')
    cluster.pass(150)
    cluster.at('n1').fire('transfer')
    expect(cluster.at('n1').raft.role).toBe('leader')
  })

  it('stays while its disk moves on', () => {
    const cluster = stalled(3)
    for (let i = 0; i < 10; i++) {
      cluster.at('n1').sync()
      cluster.propose('n1')
      beats(cluster, 3)
    }
    expect(cluster.at('n1').raft.role).toBe('leader')
  })

  it('stays where the others are too few to elect', () => {
    const cluster = stalled(2)
    beats(cluster, 20)
    expect(cluster.at('n1').raft.transferee).toBeUndefined()
  })

  it('stays where it is not allowed to', () => {
    const cluster = stalled(3, false)
    beats(cluster, 20)
    expect(cluster.at('n1').raft.role).toBe('leader')
    cluster.cut(({ message }) => message.type === 'TimeoutNow')
    handOver(cluster, 'n3')
    cluster.at('n1').fire('transfer')
    expect(cluster.at('n1').raft.role).toBe('leader')
  })
})
