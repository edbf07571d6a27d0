import type { Message, TraceEvent } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { parseOperation } from '../src/console.ts'
import type { KvOp, KvValue, StoreOp } from '../src/index.ts'
import { glyph, logRows, operationText, sentence, summary } from '../src/stage.ts'
import { Cluster, entryOf } from '../src/testing/index.ts'

function mark(name: string, data?: unknown): TraceEvent {
  const place = { row: 0, at: 0, step: 0, cause: -1, peer: undefined, value: 0 }
  return { ...place, kind: 'mark', node: 'n2', name, data }
}

describe('the stage', () => {
  it('draws an append without entries as a heartbeat', () => {
    const append = { type: 'AppendEntries', term: 3, entries: [] as unknown[] }
    expect(glyph(append as Message)).toEqual({ family: 'heartbeat', epoch: 3 })
    append.entries.push(entryOf(1, 3))
    expect(glyph(append as Message)).toEqual({ family: 'append', epoch: 3 })
    expect(glyph({ type: 'InstallSnapshot', term: 3 } as Message).family).toBe('snapshot')
    expect(glyph({ type: 'SnapshotResult', term: 3 } as Message).family).toBe('snapshot')
    expect(glyph({ type: 'Gossip' }).family).toBe('other')
  })

  it('sums a node up', () => {
    const cluster = new Cluster([[], [], []])
    cluster.campaign('n1')
    const view = cluster.at('n1').node.view()
    const log = { end: 1, synced: 1, commit: 1, applied: 1 }
    expect(summary(view)).toEqual({
      shape: 'leader',
      role: 'leader',
      epoch: 1,
      log,
      timer: 'heartbeat',
    })
    expect(logRows(view)).toEqual([{ index: 1, epoch: 1, text: 'members: n1, n2, n3' }])
    expect(JSON.parse(JSON.stringify(view))).toEqual(view)
  })

  it('draws who does not vote as an observer, and says whether it learns', () => {
    const cluster = new Cluster([[], [], []], { voters: 1 })
    cluster.campaign('n1')
    const change = { steps: [{ type: 'add-learner', id: 'n2' }] }
    cluster.ask('n1', 'admin', { type: 'ChangeMembership', id: 1, change } as Message)
    cluster.deliver()
    const [, learner, outsider] = [...cluster.hosts.values()].map((host) => summary(host.inspect()))
    expect(learner).toMatchObject({ shape: 'observer', role: 'learner' })
    expect(outsider).toMatchObject({ shape: 'observer', role: 'outsider' })
    expect(learner?.timer).toBeUndefined()
  })

  it('shows whose votes a candidate has', () => {
    const cluster = new Cluster([[], [], []])
    cluster.isolate('n1')
    cluster.campaign('n1')
    const { votes } = summary(cluster.at('n1').node.view())
    expect(votes).toEqual({ granted: ['n1'], needed: 2 })
  })

  it('shows who asks before it stands as a candidate with the votes it would get', () => {
    const cluster = new Cluster([[], [], []], { config: { preVote: true } })
    cluster.isolate('n1')
    cluster.campaign('n1')
    const asking = summary(cluster.at('n1').node.view())
    expect(asking).toMatchObject({ shape: 'candidate', role: 'pre-candidate', epoch: 0 })
    expect(asking.votes).toEqual({ granted: ['n1'], needed: 2 })
  })

  it.each([
    [{ type: 'RequestPreVote', term: 2 }, 'vote'],
    [{ type: 'TimeoutNow', term: 2 }, 'vote'],
    [{ type: 'ConfirmLeader', term: 2 }, 'heartbeat'],
    [{ type: 'LeaderConfirmed', term: 2 }, 'heartbeat'],
  ])('draws %j with the family %s, in the colour of its term', (message, family) => {
    expect(glyph(message)).toEqual({ family, epoch: 2 })
  })

  it.each([
    ['asked before an election', { term: 3 }, 'n2 asks who would vote for it in term 3'],
    ['stood back', { term: 3 }, 'n2 stays in term 3: no majority would vote for it'],
    [
      'ignored a candidate',
      { candidate: 'n1' },
      'n2 ignored n1, which wants to be elected: it hears its leader',
    ],
    ['heard no majority', { term: 3 }, 'n2 heard no majority for an election timeout'],
    ['began to hand over', { to: 'n3' }, 'n2 hands over to n3 and takes no proposals'],
    ['gave up handing over', { to: 'n3' }, 'n2 still leads, and gave up handing over to n3'],
    [
      'stepped down for its stalled disk',
      { unsynced: 3 },
      'n2 steps down, since its disk still wrote nothing; entries that wait for it: 3',
    ],
    [
      'let a read wait',
      { term: 3, waiting: 1 },
      'n2 lets a read wait: nothing of term 3 is committed yet',
    ],
    ['answered reads together', { term: 3, waiting: 0 }, 'n2 answered reads together'],
  ])('says %s as a sentence', (name, data, expected) => {
    expect(sentence(mark(name, data))).toBe(expected)
  })

  it('says what happened in sentences', () => {
    const votes = { term: 4, votes: ['n1', 'n2', 'n5'] }
    expect(sentence(mark('became leader', votes))).toBe(
      'n2 became leader of term 4 (votes n1, n2, n5)',
    )
    expect(sentence(mark('installed a snapshot', { index: 9, from: 'n1' }))).toBe(
      'n2 goes on from a snapshot up to entry 9, sent by n1',
    )
    expect(sentence(mark('left requests open', { open: 1 }))).toBe('n2 left 1 request open')
    expect(sentence(mark('became leader'))).toBe('n2 became leader')
    expect(sentence({ ...mark(''), kind: 'crash', value: 2 })).toBe(
      'n2 crashed and lost 2 unsynced writes',
    )
    expect(sentence({ ...mark(''), kind: 'send' })).toBeUndefined()
  })

  it.each<[KvOp, KvValue | undefined, string]>([
    [{ type: 'put', key: 'x', value: '3' }, undefined, 'put x = 3'],
    [{ type: 'put', key: 'x', value: '3' }, { type: 'done' }, 'put x = 3'],
    [{ type: 'get', key: 'x' }, { type: 'value', value: '3' }, 'get x → 3'],
    [{ type: 'get', key: 'x' }, { type: 'value', value: null }, 'get x → nothing'],
    [{ type: 'delete', key: 'x' }, { type: 'deleted', existed: false }, 'delete x → was not there'],
    [
      { type: 'cas', key: 'x', from: null, to: '1' },
      { type: 'swapped', swapped: true },
      'cas x: nothing to 1 → swapped',
    ],
  ])('tells %j with %j as %s', (op, value, text) => {
    expect(operationText(op, value)).toBe(text)
  })
})

describe('the console', () => {
  it.each<[string, StoreOp]>([
    ['get x', { type: 'get', key: 'x' }],
    ['  put x   3 ', { type: 'put', key: 'x', value: '3' }],
    ['delete x', { type: 'delete', key: 'x' }],
    ['cas x 1 2', { type: 'cas', key: 'x', from: '1', to: '2' }],
    ['cas x - 2', { type: 'cas', key: 'x', from: null, to: '2' }],
    ['range a z', { type: 'range', key: 'a', end: 'z' }],
    ['grant 7 2000', { type: 'grant', lease: 7, ttlMs: 2000 }],
    ['keep-alive 7', { type: 'keep-alive', lease: 7 }],
    ['revoke 7', { type: 'revoke', lease: 7 }],
    ['compact 3', { type: 'compact', revision: 3 }],
  ])('reads %s', (line, op) => {
    expect(parseOperation(line)).toEqual(op)
  })

  it.each([
    ['', /there is no ''; try one of: get x/],
    ['fetch x', /there is no 'fetch'/],
    ['get', /expected: get KEY/],
    ['get x y', /expected: get KEY/],
    ['put x', /expected: put KEY VALUE/],
    ['cas x 1', /expected: cas KEY FROM TO/],
    ['range a', /expected: range KEY END/],
    ['grant x', /expected: grant LEASE MS/],
    ['compact 0', /expected: compact REVISION/],
    ['constructor', /there is no 'constructor'/],
  ])('says how to mend %j', (line, sentenceOf) => {
    expect(() => parseOperation(line)).toThrow(sentenceOf)
  })
})
