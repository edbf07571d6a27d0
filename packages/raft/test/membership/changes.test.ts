import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import type { Configuration, MembershipStep } from '../../src/configuration.ts'
import { ask, change, clusterOf, commits, config, roles, shown, used } from './script.ts'

describe('a fresh cluster', () => {
  it('says in its first entry who its members are', () => {
    const cluster = clusterOf(3, 3)
    expect(cluster.at('n1').raft.log.configurationIndex).toBe(1)
    expect(used(cluster, 'n1', 'n2', 'n3')).toEqual(['(1 2 3)', '(1 2 3)', '(1 2 3)'])
    cluster.campaign('n2')
    cluster.pass(1000)
    cluster.campaign('n2')
    expect(cluster.at('n2').raft.log.configurationIndex).toBe(1)
    expect(cluster.at('n2').terms).toEqual([1, 2])
  })

  it('leaves a node alone that it has not added', () => {
    const cluster = clusterOf(1, 2)
    cluster.campaign('n2')
    expect(roles(cluster)).toEqual(['leader 1', 'follower 0'])
    expect(cluster.at('n2').marks).toEqual([])
  })
})

describe('a simple change', () => {
  it('adds a voter that catches up and counts', () => {
    const cluster = clusterOf(3, 4)
    expect(change(cluster, 'v4')).toMatchObject({ type: 'changed' })
    expect(used(cluster, 'n1', 'n4')).toEqual(['(1 2 3 4)', '(1 2 3 4)'])
    expect(commits(cluster)).toEqual([2, 2, 2, 2])
    cluster.isolate('n3', 'n4')
    cluster.propose('n1')
    expect(cluster.at('n1').raft.commit).toBe(2)
  })

  it('(43) counts as soon as it is in the log: the voter that goes is not asked any longer', () => {
    // etcd's outcome is another one: there n2 must acknowledge the change, which counts once it is
    // applied. Here it counts once it is appended (thesis §4.1), so that n1 commits it alone.
    const cluster = clusterOf(2, 2)
    cluster.isolate('n2')
    ask(cluster, 'n1', 'r2')
    cluster.propose('n1')
    expect(cluster.at('n1').raft.commit).toBe(3)
    expect(cluster.replies.map(({ result }) => result.type)).toEqual(['changed', 'opened'])
  })

  it('tells the node that goes, which does not stand for election any longer', () => {
    const cluster = clusterOf(3, 3)
    change(cluster, 'r3')
    expect(used(cluster, 'n3')).toEqual(['(1 2)'])
    expect(cluster.at('n1').raft.followers.map(({ id }) => id)).toEqual(['n2'])
    cluster.pass(1000)
    cluster.campaign('n3')
    expect(roles(cluster)).toEqual(['leader 1', 'follower 1', 'follower 1'])
  })

  it('is undone where its entry is cut', () => {
    const cluster = clusterOf(3, 4)
    cluster.isolate('n1')
    ask(cluster, 'n1', 'v4')
    cluster.deliver()
    expect(used(cluster, 'n1')).toEqual(['(1 2 3 4)'])
    cluster.pass(1000)
    cluster.campaign('n2')
    cluster.heal()
    cluster.beat('n2')
    cluster.beat('n2')
    expect(used(cluster, 'n1')).toEqual(['(1 2 3)'])
    expect(cluster.at('n1').marks).toContain('fell back to an earlier configuration')
    expect(cluster.replies.map(({ result }) => result.type)).toEqual(['deposed'])
  })

  it('keeps the addresses of the members', () => {
    const cluster = clusterOf(1, 2)
    const step: MembershipStep = { type: 'add-learner', id: 'n2', address: 'host:2' }
    change(cluster, 'l2', { steps: [step] })
    cluster.ask('n1', 'admin', { type: 'Members', id: 7 } as Message)
    cluster.deliver()
    expect(cluster.replies.at(-1)?.result).toEqual({
      type: 'members',
      committed: true,
      configuration: {
        voters: ['n1'],
        outgoing: [],
        learners: ['n2'],
        addresses: [{ id: 'n2', address: 'host:2' }],
      },
    })
  })
})

describe('a joint change', () => {
  it('(44) is entered, committed by both majorities, and left by itself', () => {
    const cluster = clusterOf(1, 3)
    cluster.isolate('n3')
    ask(cluster, 'n1', 'v2 v3', { force: true })
    expect(used(cluster, 'n1')).toEqual(['(1 2 3)&&(1)'])
    cluster.deliver()
    expect(used(cluster, 'n1', 'n2')).toEqual(['(1 2 3)', '(1 2 3)'])
    expect(cluster.at('n1').raft.log.configurationIndex).toBe(3)
    expect(cluster.replies.map(({ result }) => result.type)).toEqual(['changed'])
    expect(cluster.at('n1').marks.filter((mark) => mark.includes('joint'))).toEqual([
      'entered a joint configuration',
      'left a joint configuration',
    ])
  })

  it('(46) commits nothing while one of the majorities is not heard', () => {
    const cluster = clusterOf(3, 5)
    change(cluster, 'l4 l5')
    cluster.isolate('n2', 'n3')
    ask(cluster, 'n1', 'p4 p5 r2 r3')
    cluster.deliver()
    expect(used(cluster, 'n1', 'n4', 'n5')).toEqual(Array(3).fill('(1 4 5)&&(1 2 3)'))
    expect(cluster.at('n1').raft.commit).toBe(2)
    cluster.heal()
    cluster.beat('n1')
    cluster.beat('n1')
    expect(used(cluster, 'n1', 'n4', 'n5')).toEqual(Array(3).fill('(1 4 5)'))
    expect(cluster.at('n1').raft.commit).toBe(4)
  })

  it('(46) elects nobody while one of the majorities does not vote', () => {
    const cluster = clusterOf(3, 5)
    change(cluster, 'l4 l5')
    cluster.isolate('n2', 'n3')
    ask(cluster, 'n1', 'p4 p5 r2 r3')
    cluster.deliver()
    cluster.pass(1000)
    cluster.isolate('n1', 'n2', 'n3')
    cluster.campaign('n4')
    expect(cluster.at('n4').raft.role).toBe('pre-candidate')
    cluster.heal()
    cluster.pass(1000)
    cluster.campaign('n4')
    expect(cluster.at('n4').raft.role).toBe('leader')
  })

  it('(44) is left by the next leader, as soon as it has committed an entry of its own', () => {
    const cluster = clusterOf(3, 5)
    change(cluster, 'l4 l5')
    ask(cluster, 'n1', 'p4 p5 r2 r3')
    cluster.deliverOnce()
    cluster.drop()
    expect(used(cluster, 'n2', 'n4')).toEqual(Array(2).fill('(1 4 5)&&(1 2 3)'))
    cluster.crash('n1')
    cluster.pass(1000)
    cluster.campaign('n4')
    expect(roles(cluster)[3]).toBe('leader 2')
    expect(used(cluster, 'n4', 'n5')).toEqual(['(1 4 5)', '(1 4 5)'])
    expect(cluster.at('n4').terms).toEqual([1, 1, 1, 2, 2])
  })

  it('lets a demoted voter vote until it is left', () => {
    const cluster = clusterOf(3, 3)
    ask(cluster, 'n1', 'd3', { mode: 'joint' })
    expect(used(cluster, 'n1')).toEqual(['(1 2)&&(1 2 3) learners 3'])
    cluster.deliver()
    expect(used(cluster, 'n1', 'n3')).toEqual(Array(2).fill('(1 2) learners 3'))
  })

  it('comes back from the disk, though nothing there says that it is committed', () => {
    const cluster = clusterOf(3, 5)
    change(cluster, 'l4 l5')
    change(cluster, 'p4 p5 r2 r3')
    for (const id of ['n1', 'n4', 'n5']) cluster.restart(id)
    expect(commits(cluster).slice(3)).toEqual([0, 0])
    expect(used(cluster, 'n1', 'n4', 'n5')).toEqual(Array(3).fill('(1 4 5)'))
    cluster.isolate('n2', 'n3')
    cluster.campaign('n4')
    expect(roles(cluster)[3]).toBe('leader 2')
  })
})

describe('a snapshot', () => {
  const small = { ...config, snapshotEntries: 3, keepEntries: 0 }

  it('holds the configuration as of its last entry, and a later one stays in the log', () => {
    const cluster = clusterOf(2, 3, { config: small })
    change(cluster, 'l3')
    cluster.propose('n1')
    expect(cluster.at('n1').raft.snapshot?.index).toBe(3)
    change(cluster, 'r3')
    cluster.restart('n2')
    expect(used(cluster, 'n2')).toEqual(['(1 2)'])
    expect(shown(cluster.at('n2').disk.snapshot?.configuration as Configuration)).toBe(
      '(1 2) learners 3',
    )
  })

  it('tells a new node who the members are', () => {
    const cluster = clusterOf(3, 4, { config: small })
    for (let i = 0; i < 5; i++) cluster.propose('n1')
    expect(cluster.at('n1').raft.log.base).toBe(6)
    change(cluster, 'l4')
    cluster.beat('n1')
    expect(cluster.at('n4').marks).toContain('installed a snapshot')
    cluster.restart('n4')
    expect(used(cluster, 'n4')).toEqual(['(1 2 3) learners 4'])
    expect(change(cluster, 'p4')).toMatchObject({ type: 'changed' })
    expect(cluster.at('n4').disk.snapshot?.configuration.voters).toEqual(['n1', 'n2', 'n3'])
  })
})
