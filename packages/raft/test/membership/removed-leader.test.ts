import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { ask, change, clusterOf, commits, roles, steps, used } from './script.ts'

describe('a leader that is removed', () => {
  it('(46) does not count itself, and one of the others must hold what comes after', () => {
    const cluster = clusterOf(2, 2)
    cluster.isolate('n2')
    ask(cluster, 'n1', 'r1')
    cluster.propose('n1')
    expect(used(cluster, 'n1')).toEqual(['(2)'])
    expect([cluster.at('n1').raft.role, cluster.at('n1').raft.commit]).toEqual(['leader', 1])
  })

  it('(46) does not let an acknowledgement of one of two commit, though it has the entry too', () => {
    const cluster = clusterOf(3, 3)
    cluster.isolate('n3')
    ask(cluster, 'n1', 'r1')
    cluster.deliver()
    cluster.propose('n1')
    expect(commits(cluster)).toEqual([1, 1, 1])
    expect(cluster.at('n2').raft.log.last).toBe(3)
  })

  it('(46) hands over and steps down once that is committed', () => {
    const cluster = clusterOf(3, 3)
    expect(change(cluster, 'r1')).toMatchObject({ type: 'changed' })
    expect(roles(cluster)).toEqual(['follower 1', 'leader 2', 'follower 2'])
    expect(cluster.at('n1').marks).toContain('removed itself')
    expect(cluster.at('n2').marks).not.toContain('asked before an election')
    cluster.pass(1000)
    cluster.campaign('n1')
    expect(roles(cluster)).toEqual(['follower 1', 'leader 2', 'follower 2'])
  })

  it('leads a joint configuration until it is left', () => {
    const cluster = clusterOf(3, 5)
    change(cluster, 'l4 l5')
    cluster.isolate('n4', 'n5')
    ask(cluster, 'n1', 'p4 p5 r1 r2')
    cluster.deliver()
    expect([used(cluster, 'n1'), roles(cluster)[0]]).toEqual([['(3 4 5)&&(1 2 3)'], 'leader 1'])
    cluster.heal()
    cluster.beat('n1')
    cluster.beat('n1')
    expect(roles(cluster)[0]).toBe('follower 1')
    expect(used(cluster, 'n3', 'n4', 'n5')).toEqual(Array(3).fill('(3 4 5)'))
    expect(roles(cluster).filter((role) => role === 'leader 2')).toHaveLength(1)
  })

  it('may be demoted, and learns from the one that leads next', () => {
    const cluster = clusterOf(3, 3)
    change(cluster, 'd1')
    expect(roles(cluster)).toEqual(['follower 2', 'leader 2', 'follower 2'])
    cluster.propose('n2')
    expect(commits(cluster)).toEqual([4, 4, 4])
  })

  it('(47) stops handing over to a voter that goes', () => {
    const cluster = clusterOf(3, 3)
    cluster.isolate('n3')
    cluster.ask('n1', 'admin', { type: 'TransferLeadership', id: 9, to: 'n3' } as Message)
    expect(cluster.at('n1').raft.transferee).toBe('n3')
    cluster.at('n1').raft.change({ steps: steps('r3') })
    expect(cluster.at('n1').raft.transferee).toBeUndefined()
  })
})
