import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { rulesWith } from '../src/index.ts'
import { Cluster, type HostOptions, type Sent } from '../src/testing/index.ts'

const config = { reads: 'index' } as const

/** Three nodes; n1 leads term 1 and has committed in it. */
function cluster(options: HostOptions = {}): Cluster {
  const all = new Cluster([[], [], []], { config, ...options })
  all.campaign('n1')
  return all
}

function read(all: Cluster, node: string, id: number, from = 'any'): void {
  const op = { type: 'get', key: 'x' }
  all.ask(node, 'c1', { type: 'ClientRead', id, op, from } as Message)
}

/** What clients were answered since the last look. */
function answers(all: Cluster): unknown[] {
  return all.replies.splice(0).map(({ re, result }) => [re, result.type])
}

const is = (type: string) => (sent: Sent) => sent.message.type === type

describe('a follower that is asked to read', () => {
  it('asks its leader what is committed, and answers from its own state', () => {
    const all = cluster()
    read(all, 'n2', 7)
    expect(all.onTheirWay.map(({ to, message }) => [to, message.type])).toEqual([
      ['n1', 'ReadIndex'],
    ])
    all.deliver()
    expect(answers(all)).toEqual([[7, 'applied']])
  })

  it('(48) hears of every entry that is committed before it asks, as a learner too', () => {
    const all = new Cluster([[], [], []], { config, voters: 2 })
    all.campaign('n1')
    const change = { steps: [{ type: 'add-learner', id: 'n3' }] }
    all.ask('n1', 'admin', { type: 'ChangeMembership', id: 1, change } as Message)
    all.deliver()
    const indices: number[] = []
    all.cut(({ message }) => {
      if (message.type === 'ReadIndexResult') indices.push(message.index)
      return false
    })
    for (const _ of [1, 2, 3]) {
      for (let i = 0; i < 10; i++) all.propose('n1')
      for (const id of ['n2', 'n3']) read(all, id, 7)
      all.deliver()
    }
    expect(indices).toEqual([12, 12, 22, 22, 32, 32])
  })

  it('waits until it has applied what the leader named', () => {
    const all = cluster()
    all.cut(({ to, message }) => to === 'n2' && message.type === 'AppendEntries')
    all.propose('n1')
    answers(all)
    read(all, 'n2', 7)
    all.deliver()
    expect(all.at('n2').marks).toContain('let a forwarded read wait')
    expect(answers(all)).toEqual([])
    all.heal()
    all.beat('n1')
    all.beat('n1')
    expect(all.inspect('n2').applied).toBe(2)
    expect(answers(all)).toEqual([[7, 'applied']])
  })

  it('asks once for all that came before it asked, and again for those that came later', () => {
    const all = cluster()
    for (const id of [1, 2, 3]) read(all, 'n2', id)
    expect(all.onTheirWay.filter(is('ReadIndex'))).toHaveLength(1)
    all.deliver()
    expect(answers(all)).toEqual([
      [1, 'applied'],
      [2, 'applied'],
      [3, 'applied'],
    ])
    expect(all.inspect('n2').openRequests).toBe(0)
  })

  it('asks again when no answer comes', () => {
    const all = cluster()
    read(all, 'n2', 1)
    all.drop(is('ReadIndex'))
    all.fire('n2', 'read index')
    expect(answers(all)).toEqual([[1, 'applied']])
    expect(all.at('n2').timers.has('read index')).toBe(false)
  })

  it('(48) takes no answer to an earlier incarnation’s question', () => {
    const all = cluster()
    read(all, 'n2', 1)
    all.deliver(is('ReadIndex'))
    all.deliver(({ message }) => message.type !== 'ReadIndexResult')
    const late = all.onTheirWay.find(is('ReadIndexResult'))
    all.restart('n2')
    all.beat('n1')
    read(all, 'n2', 2)
    all.drop(is('ReadIndex'))
    expect(late?.message).toMatchObject({ incarnation: 1, batch: 1 })
    all.deliver()
    expect(answers(all)).toEqual([])
  })

  it('names the leader it does not know when there is none', () => {
    const all = new Cluster([[], [], []], { config })
    read(all, 'n2', 1)
    all.deliver()
    expect(answers(all)).toEqual([[1, 'not-leader']])
  })

  it('gives up what it asked of a leader when another one leads', () => {
    const all = cluster()
    read(all, 'n2', 1)
    all.drop(is('ReadIndex'))
    all.campaign('n3')
    expect(answers(all)).toEqual([[1, 'deposed']])
    read(all, 'n2', 2)
    all.deliver()
    expect(answers(all)).toEqual([[2, 'applied']])
  })

  it('has no answer from a leader that hears no majority', () => {
    const all = cluster()
    all.cut(({ from, to }) => from === 'n3' || to === 'n3')
    all.crash('n3')
    all.cut(({ from, to, message }) => from === 'n2' && to === 'n1' && message.type !== 'ReadIndex')
    read(all, 'n2', 1)
    all.deliver()
    expect(answers(all)).toEqual([])
  })

  it('answers before it has applied with the flaw forwarded-read-before-applied', () => {
    const all = cluster({ rules: rulesWith(['forwarded-read-before-applied']) })
    all.cut(({ to, message }) => to === 'n2' && message.type === 'AppendEntries')
    all.propose('n1')
    answers(all)
    read(all, 'n2', 7)
    all.deliver()
    expect(answers(all)).toEqual([[7, 'applied']])
  })
})

describe('a stale read', () => {
  it('is answered at once by a node that hears nobody', () => {
    const all = cluster()
    all.isolate('n2')
    read(all, 'n2', 1, 'stale')
    all.deliver(({ message }) => message.type === 'ClientReply')
    expect(answers(all)).toEqual([[1, 'applied']])
    expect(all.onTheirWay).toEqual([])
  })

  it('is not what a node does unless it is asked for by name', () => {
    const all = cluster()
    const op = { type: 'get', key: 'x' }
    all.ask('n2', 'c1', { type: 'ClientRead', id: 1, op } as unknown as Message)
    all.deliver()
    expect(answers(all)).toEqual([])
    expect(all.inspect('n2').refused).toEqual({ malformed: 1 })
  })
})
