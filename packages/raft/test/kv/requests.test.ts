import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import type { ClientResult, KvOp } from '../../src/index.ts'
import { Host, type HostOptions } from '../../src/testing/index.ts'

const nodes = ['n1', 'n2', 'n3']
let ids = 0

function leader(options: HostOptions = {}): Host {
  const host = new Host('n1', nodes, options)
  host.fire('election')
  host.receive('n2', { type: 'Vote', term: 1, granted: true } as Message)
  acknowledge(host)
  return host
}

/** A follower acknowledges all that the leader has. */
function acknowledge(host: Host): void {
  const { log, term } = host.raft
  host.receive('n2', { type: 'AppendResult', term, success: true, match: log.last } as Message)
}

function open(host: Host, client: string): number {
  const id = ++ids
  host.receive(client, { type: 'OpenSession', id } as Message)
  return id
}

function ask(host: Host, client: string, session: number, seq: number, op: KvOp): number {
  const id = ++ids
  const request = { type: 'ClientRequest', id, session: { client: session, seq, received: 0 }, op }
  host.receive(client, request)
  return id
}

function answers(host: Host): [string, number, ClientResult][] {
  return host
    .take()
    .flatMap(({ to, message }) =>
      message.type === 'ClientReply' ? [[to, message.re, message.result]] : [],
    )
}

const put: KvOp = { type: 'put', key: 'x', value: '1' }

describe('a leader', () => {
  it('answers once the command is committed and applied', () => {
    const host = leader()
    const opening = open(host, 'c1')
    expect(answers(host)).toEqual([])
    acknowledge(host)
    expect(answers(host)).toEqual([['c1', opening, { type: 'opened', session: 2 }]])
    const id = ask(host, 'c1', 2, 1, put)
    acknowledge(host)
    expect(answers(host)).toEqual([['c1', id, { type: 'applied', value: { type: 'done' } }]])
  })

  it('proposes a request once, and answers its newest copy', () => {
    const host = leader()
    open(host, 'c1')
    acknowledge(host)
    ask(host, 'c1', 2, 1, put)
    const again = ask(host, 'c1', 2, 1, put)
    open(host, 'c2')
    const opening = open(host, 'c2')
    expect(host.raft.log.last).toBe(4)
    host.take()
    acknowledge(host)
    expect(answers(host)).toEqual([
      ['c1', again, { type: 'applied', value: { type: 'done' } }],
      ['c2', opening, { type: 'opened', session: 4 }],
    ])
  })

  it('answers a retry of what it applied without the log', () => {
    const host = leader()
    open(host, 'c1')
    acknowledge(host)
    ask(host, 'c1', 2, 1, put)
    acknowledge(host)
    host.take()
    const id = ask(host, 'c1', 2, 1, put)
    expect(answers(host)).toEqual([['c1', id, { type: 'applied', value: { type: 'done' } }]])
    expect(host.raft.log.last).toBe(3)
    expect(host.marks).toContain('answered a retry from the session')
  })

  it('refuses more than it may keep open', () => {
    const host = leader({ config: { pendingMax: 2 } })
    open(host, 'c1')
    open(host, 'c2')
    host.take()
    const id = open(host, 'c3')
    expect(answers(host)).toEqual([['c3', id, { type: 'overloaded' }]])
    acknowledge(host)
    host.take()
    open(host, 'c3')
    expect(answers(host)).toEqual([])
    expect(host.marks).toContain('refused an overload')
  })

  it('refuses what is too large for an entry before it is in the log, and says how large that is', () => {
    const host = leader({ config: { entryBytesMax: 100 } })
    open(host, 'c1')
    acknowledge(host)
    host.take()
    const { last } = host.raft.log
    const id = ask(host, 'c1', 2, 1, { type: 'put', key: 'x', value: 'x'.repeat(100) })
    const [[, , result] = []] = answers(host)
    expect(result).toMatchObject({ type: 'too-large', bytesMax: 100 })
    expect(host.raft.log.last).toBe(last)
    ask(host, 'c1', 2, 1, put)
    expect(host.raft.log.last).toBe(last + 1)
    expect(id).toBe(ids - 1)
  })

  it('that is deposed says so to whoever waits, and names the new leader to whoever comes', () => {
    const host = leader()
    const waiting = open(host, 'c1')
    host.take()
    const vote = { type: 'RequestVote', term: 2, lastIndex: 9, lastTerm: 1 }
    host.receive('n3', vote)
    expect(answers(host)).toEqual([['c1', waiting, { type: 'deposed' }]])
    const early = open(host, 'c1')
    const heartbeat = { type: 'AppendEntries', term: 2, prevIndex: 0, prevTerm: 0, commit: 0 }
    host.receive('n3', { ...heartbeat, entries: [] } as Message)
    const late = open(host, 'c1')
    expect(answers(host)).toEqual([
      ['c1', early, { type: 'not-leader', leader: null }],
      ['c1', late, { type: 'not-leader', leader: 'n3' }],
    ])
  })

  it('cannot answer a read without a majority', () => {
    const host = leader()
    open(host, 'c1')
    acknowledge(host)
    host.take()
    ask(host, 'c1', 2, 1, { type: 'get', key: 'x' })
    expect(answers(host)).toEqual([])
  })
})
