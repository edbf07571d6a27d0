import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { type ClientResult, rulesWith } from '../src/index.ts'
import { Cluster, diskOf, Host, type HostOptions } from '../src/testing/index.ts'

const config = { reads: 'index' } as const
const nodes = ['n1', 'n2', 'n3']
const nothing: ClientResult = { type: 'applied', value: { type: 'value', value: null } }

/** A leader of term 1 whose own entry is committed, or not yet. */
function leader(own: 'committed' | 'pending', options: HostOptions = {}): Host {
  const host = new Host('n1', nodes, { config, ...options })
  host.fire('election')
  host.receive('n2', { type: 'Vote', term: 1, granted: true } as Message)
  if (own === 'committed') commit(host)
  host.take()
  return host
}

function commit(host: Host): void {
  const { log, term } = host.raft
  host.receive('n2', { type: 'AppendResult', term, success: true, match: log.last } as Message)
}

function get(host: Host, client: string, id: number, seq = 1): void {
  const session = { client: Number(client.slice(1)), seq, received: 0 }
  const op = { type: 'get', key: 'x' }
  host.receive(client, { type: 'ClientRequest', id, session, op } as Message)
}

function confirm(host: Host, from: string, round: number, term = 1): void {
  host.receive(from, { type: 'LeaderConfirmed', term, round } as Message)
}

/** What was sent: rounds that were asked for, and answers to clients. */
function sent(host: Host): unknown[] {
  return host.take().flatMap(({ to, message }) => {
    if (message.type === 'ConfirmLeader') return [[to, message.round]]
    if (message.type === 'ClientReply') return [[to, message.re, message.result]]
    return []
  })
}

describe('a leader that is asked to read', () => {
  it('asks whether it still leads, and answers once a majority said so, without an entry', () => {
    const host = leader('committed')
    get(host, 'c1', 7)
    expect(sent(host)).toEqual([
      ['n2', 1],
      ['n3', 1],
    ])
    confirm(host, 'n3', 1)
    expect(sent(host)).toEqual([['c1', 7, nothing]])
    expect(host.raft.log.last).toBe(1)
  })

  it('asks once for all reads that came while it was asking', () => {
    const host = leader('committed')
    get(host, 'c1', 1)
    for (let i = 2; i <= 9; i++) get(host, `c${i}`, i)
    expect(sent(host)).toHaveLength(2)
    confirm(host, 'n2', 1)
    expect(sent(host)).toEqual([
      ['c1', 1, nothing],
      ['n2', 2],
      ['n3', 2],
    ])
    confirm(host, 'n2', 2)
    expect(sent(host)).toHaveLength(8)
  })

  it('(48) answers no read by a round that began before it', () => {
    const host = leader('committed')
    get(host, 'c1', 1)
    get(host, 'c2', 2)
    confirm(host, 'n2', 1)
    host.take()
    confirm(host, 'n3', 1)
    confirm(host, 'n2', 1)
    expect(sent(host)).toEqual([])
  })

  it('(48) lets reads wait until an entry of its own term is committed', () => {
    const host = leader('pending')
    get(host, 'c1', 1)
    host.fire('heartbeat')
    expect(sent(host)).toEqual([])
    commit(host)
    expect(sent(host)).toEqual([
      ['n2', 1],
      ['n3', 1],
    ])
  })

  it('asks again with every heartbeat while the answers are missing', () => {
    const host = leader('committed')
    get(host, 'c1', 1)
    host.take()
    host.fire('heartbeat')
    expect(sent(host)).toEqual([
      ['n2', 2],
      ['n3', 2],
    ])
    confirm(host, 'n2', 1)
    expect(sent(host)).toEqual([['c1', 1, nothing]])
    host.fire('heartbeat')
    expect(sent(host)).toEqual([])
  })

  it('(48) answers at once when it is alone', () => {
    const host = new Host('n1', ['n1'], { config })
    host.fire('election')
    host.take()
    get(host, 'c1', 1)
    expect(sent(host)).toEqual([['c1', 1, nothing]])
  })

  it('takes a retry for the read that it repeats', () => {
    const host = leader('committed')
    get(host, 'c1', 1)
    get(host, 'c1', 2)
    host.take()
    confirm(host, 'n2', 1)
    expect(sent(host)).toEqual([['c1', 2, nothing]])
  })

  it('refuses more than it may keep open', () => {
    const host = leader('committed', { config: { ...config, pendingMax: 1 } })
    get(host, 'c1', 1)
    host.take()
    get(host, 'c2', 2)
    expect(sent(host)).toEqual([['c2', 2, { type: 'overloaded' }]])
  })

  it('answers what waits when it is deposed', () => {
    const host = leader('committed')
    get(host, 'c1', 1)
    host.take()
    confirm(host, 'n2', 0, 2)
    expect(sent(host)).toEqual([['c1', 1, { type: 'deposed' }]])
    expect([host.raft.role, host.raft.term]).toEqual(['follower', 2])
  })

  it('does not take the no of a later term for a yes, once it leads that term itself', () => {
    const host = leader('committed')
    get(host, 'c1', 1)
    host.receive('n3', { type: 'AppendResult', term: 2, success: true, match: 0 } as Message)
    host.fire('election')
    host.receive('n2', { type: 'Vote', term: 3, granted: true } as Message)
    commit(host)
    get(host, 'c1', 2)
    host.take()
    confirm(host, 'n3', 0, 3)
    expect(sent(host)).toEqual([])
  })

  it('refuses the answer to a question that it never asked', () => {
    const host = leader('committed')
    confirm(host, 'n2', 1)
    expect(host.node.refusals.view()).toEqual({ 'acknowledges what was never sent': 1 })
  })
})

describe('a follower that is asked who leads', () => {
  it('says yes in the term it is in, and waits anew', () => {
    const host = new Host('n2', nodes, { config, disk: diskOf([], 1) })
    host.timers.delete('election')
    host.receive('n1', { type: 'ConfirmLeader', term: 1, round: 5 } as Message)
    expect(host.sent('LeaderConfirmed')).toEqual([{ type: 'LeaderConfirmed', term: 1, round: 5 }])
    expect([host.raft.leader, host.timers.has('election')]).toEqual(['n1', true])
  })

  it('says no, without the round, when it knows of a later term', () => {
    const host = new Host('n2', nodes, { config, disk: diskOf([], 4) })
    host.receive('n1', { type: 'ConfirmLeader', term: 1, round: 5 } as Message)
    expect(host.sent('LeaderConfirmed')).toEqual([{ type: 'LeaderConfirmed', term: 4, round: 0 }])
  })

  it('names the leader when a client asks it to read', () => {
    const cluster = new Cluster([[], [], []], { config })
    cluster.campaign('n1')
    get(cluster.at('n2'), 'c1', 1)
    expect(sent(cluster.at('n2'))).toEqual([['c1', 1, { type: 'not-leader', leader: 'n1' }]])
  })
})

describe('the flaw', () => {
  it('stale-read-index answers without asking, and read-before-own-commit before it knows', () => {
    const asksNobody = leader('committed', { rules: rulesWith(['stale-read-index']) })
    get(asksNobody, 'c1', 1)
    expect(sent(asksNobody)).toEqual([['c1', 1, nothing]])
    const early = leader('pending', { rules: rulesWith(['read-before-own-commit']) })
    get(early, 'c1', 1)
    confirm(early, 'n2', 1)
    expect(sent(early).at(-1)).toEqual(['c1', 1, nothing])
  })
})

describe('a leader that need not ask all', () => {
  const few = { config: { ...config, confirmDelayMs: 10 } }

  it('asks as many as it takes, and all when they keep still', () => {
    const host = leader('committed', few)
    get(host, 'c1', 7)
    expect(sent(host)).toEqual([['n2', 1]])
    host.fire('confirm')
    expect(sent(host)).toEqual([
      ['n2', 1],
      ['n3', 1],
    ])
    confirm(host, 'n3', 1)
    expect(sent(host)).toEqual([['c1', 7, nothing]])
  })

  it('asks those first who answered last', () => {
    const host = leader('committed', few)
    get(host, 'c1', 7)
    host.now++
    confirm(host, 'n3', 1)
    host.take()
    get(host, 'c1', 8, 2)
    expect(sent(host)).toEqual([['n3', 2]])
  })

  it('asks nobody again who answered, and nobody once it is deposed', () => {
    const host = leader('committed', few)
    get(host, 'c1', 7)
    confirm(host, 'n2', 1)
    host.take()
    host.fire('confirm')
    expect(sent(host)).toEqual([])
    get(host, 'c1', 8, 2)
    host.receive('n2', { type: 'LeaderConfirmed', term: 2, round: 0 } as Message)
    expect(host.timers.has('confirm')).toBe(false)
  })

  it('asks two of four others', () => {
    const host = new Host('n1', [...nodes, 'n4', 'n5'], few)
    host.fire('election')
    for (const from of ['n3', 'n4'])
      host.receive(from, { type: 'Vote', term: 1, granted: true } as Message)
    host.now++
    for (const from of ['n3', 'n4'])
      host.receive(from, { type: 'AppendResult', term: 1, success: true, match: 1 } as Message)
    host.take()
    get(host, 'c1', 7)
    expect(sent(host)).toEqual([
      ['n3', 1],
      ['n4', 1],
    ])
  })
})
