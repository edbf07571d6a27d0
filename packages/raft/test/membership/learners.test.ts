import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { Host } from '../../src/testing/index.ts'
import { about, change, clusterOf, commits, config, roles, used } from './script.ts'

describe('a learner', () => {
  it('gets the log and does not count', () => {
    const cluster = clusterOf(2, 3)
    expect(change(cluster, 'l3')).toMatchObject({ type: 'changed' })
    cluster.isolate('n2')
    cluster.propose('n1')
    expect(commits(cluster)).toEqual([2, 2, 2])
    expect(cluster.at('n3').raft.log.last).toBe(3)
  })

  it('(15) never stands for election, neither by its timer nor when it is told to', () => {
    const cluster = clusterOf(1, 2)
    change(cluster, 'l2')
    cluster.pass(1000)
    cluster.campaign('n2')
    cluster.at('n2').receive('n1', { type: 'TimeoutNow', term: 1 } as Message)
    cluster.deliver()
    expect(roles(cluster)).toEqual(['leader 1', 'follower 1'])
  })

  it('(47) is not handed over to', () => {
    const cluster = clusterOf(1, 2)
    change(cluster, 'l2')
    cluster.ask('n1', 'admin', { type: 'TransferLeadership', id: 9, to: 'n2' } as Message)
    cluster.deliver()
    expect(cluster.replies.at(-1)?.result).toEqual({ type: 'unknown-member' })
  })

  it('(15) votes when it is asked: the candidate may know that it is a voter by now', () => {
    const cluster = clusterOf(3, 4)
    change(cluster, 'l4')
    const request = { type: 'RequestVote', term: 5, lastIndex: 9, lastTerm: 1 }
    cluster.pass(1000)
    cluster.at('n4').receive('n2', request)
    expect(cluster.at('n4').sent('Vote')).toEqual([{ type: 'Vote', term: 5, granted: true }])
  })

  it('is promoted once it has nearly all of the log', () => {
    const cluster = clusterOf(1, 2, { config: { ...config, learnerLagMax: 2 } })
    cluster.isolate('n2')
    change(cluster, 'l2')
    for (let i = 0; i < 3; i++) cluster.propose('n1')
    expect(change(cluster, 'p2')).toMatchObject({ type: 'change-refused', code: 'not-caught-up' })
    cluster.heal()
    cluster.beat('n1')
    cluster.beat('n1')
    expect(change(cluster, 'p2')).toMatchObject({ type: 'changed' })
    expect(used(cluster, 'n1', 'n2')).toEqual(['(1 2)', '(1 2)'])
    expect(cluster.at('n1').marks).toContain('promoted a learner')
  })
})

describe('a node that is no member', () => {
  it('(16) does not lead, though it is told to stand and gets votes', () => {
    const host = new Host('n4', [])
    host.receive('n1', { type: 'TimeoutNow', term: 1 } as Message)
    for (const voter of ['n1', 'n2']) {
      host.receive(voter, { type: 'Vote', term: 1, granted: true } as Message)
    }
    expect([host.raft.role, host.raft.term]).toEqual(['follower', 0])
    expect(host.node.refusals.view()).toEqual({ 'not a member': 2 })
  })

  it.each([
    ['with the quorum check', { preVote: false, checkQuorum: true }],
    ['without', { preVote: false, checkQuorum: false }],
  ])('deposes nobody who is heard, %s', (_, how) => {
    const cluster = clusterOf(3, 3, { config: how })
    cluster.cut(about('n3'))
    change(cluster, 'r3')
    cluster.heal()
    // n3 was not told, and stands in one term after another.
    for (let i = 0; i < 3; i++) cluster.campaign('n3')
    expect(roles(cluster)).toEqual(['leader 1', 'follower 1', 'candidate 4'])
  })

  it('is not heard when it answers, so that its term deposes nobody either', () => {
    const cluster = clusterOf(3, 3)
    change(cluster, 'r3')
    const late = { type: 'AppendResult', term: 9, success: true, match: 0 }
    cluster.at('n1').receive('n3', late)
    expect(roles(cluster)[0]).toBe('leader 1')
  })
})
