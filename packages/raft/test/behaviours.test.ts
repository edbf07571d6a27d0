import { readdirSync, readFileSync } from 'node:fs'
import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import type { AppendEntries, AppendResult } from '../src/index.ts'
import { asIndex, asTerm, Cluster, diskOf, Host, type Sent } from '../src/testing/index.ts'

/**
 * What implementations of Raft agree on, down to the exact outcome, by number. The title of a test
 * names the number of what it shows. Times are milliseconds here where others count ticks, and a
 * heartbeat is an append without entries.
 */
const behaviours: Readonly<Record<number, string>> = {
  1: 'a fresh node waits for a drawn election timeout',
  2: 'a candidate asks each other voter once',
  3: 'votes decide an election as soon as they can',
  4: 'one vote a term, also across a restart',
  5: 'votes go to logs that are up to date',
  6: 'a candidate follows a leader of its term or a later one',
  7: 'without pre-vote a returner with a short log raises the term',
  8: 'with pre-vote it does not',
  9: 'a short log loses, and the next attempt brings all logs in line',
  10: 'without a majority in reach pre-vote keeps term and disk as they are',
  11: 'two pre-candidates may split the vote, and the next attempt ends it',
  12: 'a node that is terms behind does not block an election',
  13: 'a pre-vote binds nobody',
  14: 'who hears a leader is deaf to candidates, but not to a transfer',
  15: 'a learner votes, but never stands',
  16: 'who is no member never leads',
  17: 'a leader that no majority answers steps down',
  18: 'who leads an old term is told of the new one',
  19: 'a disruptor deposes its leader unless it has to ask first',
  20: 'figure 8: copies of an older term commit nothing',
  21: 'a new leader’s own entry commits what a cut-off one left',
  22: 'a majority of copies commits, and the followers hear of it at once',
  23: 'figure 7: all logs become the leader’s',
  24: 'figure 7 takes one rejection a follower at most',
  25: 'a rejection skips whole terms on both sides',
  26: 'an append is answered by what stands before it',
  27: 'only a conflict cuts a log',
  28: 'a follower commits no further than what the append shows',
  29: 'what is committed is never contradicted',
  30: 'a leader of an old term is a dead letter',
  31: 'appends and rejections may be out of order',
  32: 'a follower that is probed is replicated to after one heartbeat',
  33: 'a probe is one message until it is answered',
  34: 'a full window lets nothing out but heartbeats',
  35: 'the window counts messages and bytes',
  36: 'what is not committed is bounded in bytes',
  37: 'lost appends fill the window until two heartbeats passed',
  38: 'a full window does not keep a follower from a snapshot',
  39: 'who is behind the log gets a snapshot, and no appends meanwhile',
  40: 'an acknowledgement that reaches the log ends the snapshot',
  41: 'a snapshot that brings nothing new changes nothing',
  42: 'one change of the members at a time',
  43: 'of two voters one may go, and the other commits alone',
  44: 'a joint configuration is left by itself, by the next leader too',
  45: 'a change that cannot be made is refused and says why',
  46: 'both majorities must agree, and a leader that goes does not count itself',
  47: 'a leader hands over to a voter that has its log, or goes on after an election timeout',
  48: 'a read is answered by what was committed when it was asked, and by no older question',
  49: 'what is promised is on disk first, and appends do not wait',
  50: 'a follower may forget its leader, but not one that has a lease',
}

/** The numbers that the titles of the tests name. */
function numbered(): Set<number> {
  const found = new Set<number>()
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.test.ts'))) {
    const text = readFileSync(`${import.meta.dirname}/${file}`, 'utf8')
    for (const [, numbers = ''] of text.matchAll(/'((?:\(\d+\) )+)/g)) {
      for (const [number] of numbers.matchAll(/\d+/g)) found.add(Number(number))
    }
  }
  return found
}

it('each behaviour has a test that names it, and no test names another one', () => {
  const numbers = Object.keys(behaviours).map(Number)
  expect([...numbered()].sort((a, b) => a - b)).toEqual(numbers)
})

function result(term: number, match: number): AppendResult {
  return { type: 'AppendResult', term: asTerm(term), success: true, match: asIndex(match) }
}

function appendsTo(cluster: Cluster, id: string): AppendEntries[] {
  return cluster.onTheirWay.flatMap(({ to, message }) =>
    to === id && message.type === 'AppendEntries' ? [message] : [],
  )
}

const three = ['n1', 'n2', 'n3']

describe('a fresh node', () => {
  it('(1) never stands before the least timeout, always before the most, and at any time between', () => {
    const config = { electionTimeoutMinMs: 10, electionTimeoutMaxMs: 20, heartbeatMs: 1 }
    const waits = new Set<number>()
    for (let round = 0; round < 500; round++) {
      const random = () => round / 500
      const cluster = new Cluster([[], [], []], { config, random })
      cluster.tick(9)
      expect(cluster.inspect('n1').role).toBe('follower')
      const { at } = cluster.at('n1').nextTimer ?? { at: Number.NaN }
      waits.add(Math.floor(at))
      cluster.tick(11)
      expect([...cluster.hosts.values()].some(({ raft }) => raft.term > 0)).toBe(true)
    }
    expect([...waits].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => 10 + i))
  })

  it('(10) without pre-vote raises its term with every attempt in vain', () => {
    const cluster = new Cluster([[], [], []])
    cluster.isolate('n1')
    cluster.campaign('n1')
    expect(cluster.inspect('n1')).toMatchObject({ role: 'candidate', term: 1 })
    cluster.campaign('n1')
    expect(cluster.inspect('n1')).toMatchObject({ role: 'candidate', term: 2 })
  })
})

describe('a new leader', () => {
  it('(21) whose appends are blocked commits nothing, and all with its next proposal', () => {
    const cluster = new Cluster([[], [], [], [], []])
    cluster.campaign('n1')
    cluster.isolate('n1', 'n2')
    cluster.propose('n1')
    cluster.propose('n1')
    expect(cluster.inspect('n1').commit).toBe(1)
    const isAppend = ({ message }: Sent): boolean => message.type === 'AppendEntries'
    cluster.cut((sent) => sent.from === 'n1' || sent.to === 'n1' || isAppend(sent))
    cluster.campaign('n2')
    expect(cluster.inspect('n2')).toMatchObject({ role: 'leader', commit: 1 })
    cluster.heal()
    cluster.beat('n2')
    cluster.beat('n2')
    cluster.propose('n2')
    expect(cluster.inspect('n2').commit).toBe(5)
  })

  it('(22) commits the entries of earlier terms with its own', () => {
    const cluster = new Cluster([diskOf([1, 1, 2]), diskOf([1, 1, 2]), []])
    cluster.isolate('n3')
    cluster.campaign('n1')
    expect(cluster.inspect('n1').commit).toBe(4)
    expect(cluster.inspect('n2').commit).toBe(4)
  })

  it('(24) of figure 7 finds each log with the fewest probes', () => {
    const logs = ['1114455666', '111445566', '1114', '11144556666', '1114455677777', '1114444']
    const ten = '1'.repeat(10)
    const all = [...logs, '11122233333'].map((log) => Array.from(ten + log, Number))
    const cluster = new Cluster(all.map((terms) => diskOf(terms, 7)))
    const probes = new Map<string, unknown[]>()
    cluster.cut(({ to, message }) => {
      if (message.type === 'AppendEntries') {
        const known = probes.get(to) ?? []
        probes.set(to, [...known, [message.prevIndex, message.prevTerm]])
      }
      return false
    })
    cluster.campaign('n1')
    const first = [20, 6]
    expect([...probes].map(([id, of]) => [id, of.slice(0, 2)])).toEqual([
      ['n2', [first, [19, 6]]],
      ['n3', [first, [14, 4]]],
      ['n4', [first, [21, 8]]],
      ['n5', [first, [18, 6]]],
      ['n6', [first, [15, 4]]],
      ['n7', [first, [13, 1]]],
    ])
    const rejected = [...cluster.hosts.values()].map(
      ({ marks }) => marks.filter((mark) => mark === 'rejected an append').length,
    )
    expect(rejected).toEqual([0, 1, 1, 0, 1, 1, 1])
  })

  it('(32) goes from probing a follower that has all to replicating with one answer', () => {
    const cluster = new Cluster([diskOf([1]), diskOf([1]), diskOf([1])])
    cluster.cut(({ to, message }) => to === 'n3' && message.type === 'AppendEntries')
    cluster.campaign('n1')
    const states = () => cluster.inspect('n1').followers.map(({ id, state }) => [id, state])
    expect(states()).toEqual([
      ['n2', 'replicate'],
      ['n3', 'probe'],
    ])
    cluster.heal()
    cluster.beat('n1')
    cluster.beat('n1')
    expect(states()).toEqual([
      ['n2', 'replicate'],
      ['n3', 'replicate'],
    ])
    expect(cluster.inspect('n3').commit).toBe(2)
  })

  it('(33) sends a follower that it probes one message until that one is answered', () => {
    const cluster = new Cluster([[], []])
    cluster.at('n1').fire('election')
    cluster.deliverOnce()
    cluster.deliver(({ message }) => message.type !== 'AppendEntries')
    expect(appendsTo(cluster, 'n2')).toHaveLength(1)
    for (let id = 1; id <= 3; id++)
      cluster.ask('n1', `c${id}`, { type: 'OpenSession', id } as Message)
    expect(appendsTo(cluster, 'n2')).toHaveLength(1)
    cluster.deliver()
    expect(cluster.at('n2').terms).toEqual([1, 1, 1, 1])
  })
})

describe('a follower', () => {
  it('(25) whose log is let go up to where the leader’s never was is one that no such leader has', () => {
    // Others answer with a hint that the leader cannot use. Here the follower says what it has
    // committed, and the leader, which cannot have been elected without it, refuses that.
    const config = { snapshotEntries: 5, keepEntries: 0 }
    const follower = new Host('n2', three, { config })
    const entries = diskOf([1, 1, 3, 3, 3]).slice(1)
    const append = { type: 'AppendEntries', term: 3, prevIndex: 0, prevTerm: 0, entries, commit: 5 }
    follower.receive('n1', append)
    expect(follower.raft.log.base).toBe(5)
    follower.take()
    const probe = { ...append, term: 4, prevIndex: 3, prevTerm: 3, entries: [] }
    follower.receive('n1', probe)
    expect(follower.sent('AppendResult')).toEqual([result(4, 5)])
    const leader = new Host('n1', three, { disk: diskOf([1, 1, 3]) })
    leader.fire('election')
    leader.receive('n3', { type: 'Vote', term: 4, granted: true } as Message)
    leader.receive('n2', result(4, 5))
    expect(leader.node.refusals.view()).toEqual({ 'acknowledges what was never sent': 1 })
  })

  it('(31) that gets the second append first asks for the first, and the leader is not led back', () => {
    const cluster = new Cluster([[], []])
    cluster.campaign('n1')
    const append = (prevIndex: number, entries: unknown): Message =>
      ({ type: 'AppendEntries', term: 1, prevIndex, prevTerm: 1, entries, commit: 1 }) as Message
    const follower = cluster.at('n2')
    const [two, three_] = diskOf([1, 1, 1]).slice(2)
    follower.receive('n1', append(2, [three_]))
    follower.receive('n1', append(1, [two]))
    const [late, first] = follower.sent('AppendResult')
    expect(late).toMatchObject({ success: false, rejected: 2, hintIndex: 1 })
    expect(first).toEqual(result(1, 2))
    cluster.propose('n1')
    cluster.propose('n1')
    const { followers } = cluster.inspect('n1')
    expect(followers[0]).toMatchObject({ match: 3, next: 4 })
    cluster.at('n1').receive('n2', late as Message)
    expect(cluster.inspect('n1').followers[0]).toMatchObject({ match: 3, next: 4 })
  })
})
