import type { Context, NodeId } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KnownNodes } from '../../src/client/known-nodes.ts'
import { Watching } from '../../src/client/watching.ts'
import { raftDefaults } from '../../src/config.ts'
import type { ClientReply, ClientResult, Watch, WatchEvent } from '../../src/index.ts'
import type { StoreOp } from '../../src/kv/operation.ts'
import { everyKey, type KeyRange, prefixOf } from '../../src/kv/range.ts'
import { Store } from '../../src/kv/store.ts'
import { eventOf, revisionOf, type WatchFilter } from '../../src/kv/watch-event.ts'
import { Watches } from '../../src/kv/watches.ts'
import { paper, type Rules } from '../../src/rules.ts'
import { mutant } from '../mutant.ts'

const limits = { historyRevisions: 1000, leaseTtlMinMs: 10 }

/** A node's store and those who watch it, under the test's hand. */
class Node {
  readonly store = new Store(limits)
  readonly watches: Watches
  readonly answers: { readonly to: NodeId; readonly reply: ClientReply }[] = []
  readonly marks: string[] = []
  timer: number | undefined
  now = 0

  constructor(rules: Rules = paper, config: Partial<typeof raftDefaults> = {}) {
    const context: Pick<Context<ClientReply>, 'elapsed' | 'send' | 'setTimer' | 'mark'> = {
      elapsed: () => this.now,
      send: (to, reply) => void this.answers.push({ to, reply }),
      setTimer: (_, after) => {
        this.timer = this.now + after
      },
      mark: (name) => void this.marks.push(name),
    }
    const all = { ...raftDefaults, ...config }
    this.watches = new Watches(context as Context<ClientReply>, this.store, rules, all)
  }

  apply(op: StoreOp): void {
    this.store.apply(op, 900)
    this.watches.applied()
  }

  put(key: string, value = '1'): void {
    this.apply({ type: 'put', key, value })
  }

  ask(id: number, change: Partial<Watch> = {}): void {
    const all = { range: everyKey, filter: {}, fromRevision: 2, waitMs: 100 }
    this.watches.receive('c1', { type: 'Watch', id, ...all, ...change })
  }

  take(): ClientResult[] {
    return this.answers.splice(0).map(({ reply }) => reply.result)
  }
}

function keysOf(result: ClientResult | undefined): unknown {
  if (result?.type !== 'watched') return result
  return result.events.map((event) => (event.type === 'put' ? event.kv.key : `-${event.key}`))
}

describe('a watcher', () => {
  it('is answered at once from the past, in order and by whole revisions', () => {
    const node = new Node()
    node.put('b')
    const put = (key: string) => ({ type: 'put', key, value: '1' }) as const
    node.apply({ type: 'txn', compare: [], success: [put('c'), put('a')], failure: [] })
    node.apply({ type: 'delete', key: 'b' })
    node.ask(1)
    const [answer] = node.take()
    expect(keysOf(answer)).toEqual(['b', 'c', 'a', '-b'])
    expect(answer).toMatchObject({ next: 5 })
  })

  it('waits where there is nothing yet, and is answered by the change that concerns it', () => {
    const node = new Node()
    node.ask(1, { range: prefixOf('x') })
    node.put('a')
    expect(node.take()).toEqual([])
    node.put('xy')
    expect(node.take().map(keysOf)).toEqual([['xy']])
    node.put('xz')
    expect([node.take(), node.watches.size]).toEqual([[], 0])
  })

  it('hears how far it has seen everything when the time is up', () => {
    const node = new Node()
    node.ask(1, { range: { key: 'x' } })
    node.put('a')
    node.now = node.timer ?? 0
    node.watches.timedOut()
    expect(node.take()).toEqual([{ type: 'watched', events: [], next: 3 }])
  })

  it('of a future revision sees nothing before it', () => {
    const node = new Node()
    node.ask(1, { fromRevision: 4 })
    node.put('a')
    node.put('b')
    expect(node.take()).toEqual([])
    node.put('c')
    expect(node.take().map(keysOf)).toEqual([['c']])
  })

  it('leaves out what it does not want, and sees what was before', () => {
    const node = new Node()
    node.put('a', '1')
    node.put('a', '2')
    node.apply({ type: 'delete', key: 'a' })
    node.ask(1, { filter: { noPut: true, prevKv: true } })
    node.ask(2, { filter: { noDelete: true } })
    const [removed, written] = node.take()
    expect(removed).toMatchObject({ events: [{ type: 'delete', prevKv: { value: '2' } }] })
    expect(keysOf(written)).toEqual(['a', 'a'])
  })

  it('may begin at the compacted revision, whose removal it sees, and not before it', () => {
    const node = new Node()
    node.put('a')
    node.apply({ type: 'delete', key: 'a' })
    node.put('b')
    node.apply({ type: 'compact', revision: 3 })
    node.ask(1, { fromRevision: 3 })
    node.ask(2, { fromRevision: 2 })
    const [seen, gone] = node.take()
    expect(keysOf(seen)).toEqual(['-a', 'b'])
    expect(gone).toEqual({ type: 'watch-compacted', compacted: 3 })
  })

  it('is refused where too many wait', () => {
    const node = new Node(paper, { watchesMax: 1 })
    node.ask(1)
    node.ask(2)
    expect(node.take()).toEqual([{ type: 'overloaded' }])
    expect(node.marks).toContain('refused an overload')
  })

  it('that waits sees what a snapshot brings, or that it is gone', () => {
    const ahead = new Node()
    for (const key of ['a', 'b', 'c']) ahead.put(key)
    const node = new Node()
    node.ask(1)
    node.store.restore(ahead.store.save())
    node.watches.restored()
    expect(node.take().map(keysOf)).toEqual([['a', 'b', 'c']])
    ahead.apply({ type: 'compact', revision: 4 })
    const late = new Node()
    late.ask(1)
    late.store.restore(ahead.store.save())
    late.watches.restored()
    expect(late.take()).toEqual([{ type: 'watch-compacted', compacted: 4 }])
  })
})

const key = fc.constantFrom('a', 'b', 'ca', 'cb')
const write = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('put' as const), key }) },
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('several' as const), keys: fc.uniqueArray(key) }),
)
const step = fc.oneof(
  { weight: 4, arbitrary: write },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), node: fc.nat(1) }) },
  fc.record({ do: fc.constant('time' as const) }),
  fc.record({ do: fc.constant('catch up' as const) }),
  fc.record({ do: fc.constant('restart' as const), node: fc.nat(1) }),
)
const range: fc.Arbitrary<KeyRange> = fc.constantFrom(everyKey, { key: 'a' }, prefixOf('c'))
const filter = fc.record({ noPut: fc.boolean(), noDelete: fc.boolean(), prevKv: fc.boolean() })

function opOf(one: typeof write extends fc.Arbitrary<infer T> ? T : never): StoreOp {
  if (one.do === 'put') return { type: 'put', key: one.key, value: '1' }
  if (one.do === 'delete') return { type: 'delete', key: one.key }
  const success = one.keys.map((of) => ({ type: 'put', key: of, value: '2' }) as const)
  return { type: 'txn', compare: [], success, failure: [] }
}

/** Whichever nodes it asks, and whatever becomes of them, a watcher sees every event once and in order. */
function seesAll(rules: Rules) {
  const steps = fc.array(step, { maxLength: 60, size: 'max' })
  const starts = fc.integer({ min: 1, max: 6 })
  return fc.property(
    steps,
    range,
    filter,
    starts,
    fc.constantFrom(1, 200),
    (all, of, want, first, bytes) => {
      const config = { watchBytesMax: bytes }
      const nodes = [new Node(rules, config), new Node(rules, config)]
      const log: StoreOp[] = []
      const applied = [0, 0]
      const seen: WatchEvent[] = []
      let next = first
      let asked = 0
      /** One node applies everything, the other one lags behind it. */
      const catchUp = (which: number): void => {
        for (
          ;
          (applied[which] as number) < log.length;
          applied[which] = (applied[which] as number) + 1
        ) {
          nodes[which]?.apply(log[applied[which] as number] as StoreOp)
        }
      }
      const listen = (): void => {
        for (const node of nodes) {
          for (const { reply } of node.answers.splice(0)) {
            // The port drops an answer that comes to a question which was given up.
            if (reply.re !== asked || reply.result.type !== 'watched') continue
            seen.push(...reply.result.events)
            next = reply.result.next
          }
        }
      }
      const ask = (which: number): void => {
        nodes[which]?.ask(++asked, { range: of, filter: want, fromRevision: next })
        listen()
      }
      for (const one of all) {
        if (one.do === 'ask') ask(one.node)
        else if (one.do === 'catch up') catchUp(1)
        else if (one.do === 'restart') {
          const state = nodes[one.node]?.store.save()
          const node = new Node(rules, config)
          if (state !== undefined) node.store.restore(state)
          node.watches.restored()
          nodes[one.node] = node
        } else if (one.do === 'time') {
          for (const node of nodes) {
            node.now += 1000
            node.watches.timedOut()
          }
        } else {
          log.push(opOf(one))
          catchUp(0)
        }
        listen()
      }
      catchUp(1)
      for (let i = 0; i < 200; i++) ask(i % 2)
      const changes = [...(nodes[0]?.store.history.since(first) ?? [])]
      const expected = changes.flatMap((change) => eventOf(change, of, want) ?? [])
      expect(seen).toEqual(expected)
      expect(seen.map(revisionOf)).toEqual(seen.map(revisionOf).sort((a, b) => a - b))
    },
  )
}

describe('watching', () => {
  it('shows every event once and in order, across nodes that lag and restart', () => {
    fc.assert(seesAll(paper), { numRuns: 150 })
  })

  it('does not when an answer in parts lets its watcher go on behind all of it', () => {
    const skips: Rules = { ...paper, watchedUpTo: (_, revision) => revision }
    expect(fc.check(seesAll(skips), mutant).failed).toBe(true)
  })
})

/** Nodes that answer as they are told. */
function watching(answers: readonly (ClientResult | undefined)[], want: WatchFilter = {}) {
  const asked: { readonly to: NodeId; readonly from: number }[] = []
  const port = {
    id: 'c1',
    wall: () => 0,
    elapsed: () => 0,
    random: () => 0,
    sleep: () => Promise.resolve(),
    call: (to: NodeId, request: object) => {
      asked.push({ to, from: (request as Watch).fromRevision })
      const result = answers[asked.length - 1]
      const reply = { type: 'ClientReply', re: 1, result }
      return Promise.resolve(result === undefined ? undefined : reply)
    },
  }
  const doubts: number[] = []
  const nodes = new KnownNodes(['n1', 'n2'], port, 1000, () => {
    doubts.push(asked.length)
    return Promise.resolve()
  })
  const patience = { nodes, waitMs: 10, attemptTimeoutMs: 10, backoffMs: 1 }
  return { asked, doubts, watcher: new Watching(port, patience, everyKey, want, 5) }
}

describe('a client that watches', () => {
  const event: WatchEvent = { type: 'delete', key: 'a', modRevision: 6 }

  it('asks on behind what it was answered, and another node when one is silent', async () => {
    const { asked, doubts, watcher } = watching([
      undefined,
      { type: 'watched', events: [event], next: 7 },
      { type: 'overloaded' },
      { type: 'watched', events: [], next: 9 },
    ])
    const answers = [
      await watcher.ask(),
      await watcher.ask(),
      await watcher.ask(),
      await watcher.ask(),
    ]
    expect(answers).toEqual([
      undefined,
      { type: 'events', revision: 6, events: [event] },
      undefined,
      { type: 'progress', revision: 8 },
    ])
    expect(asked).toEqual([
      { to: 'n1', from: 5 },
      { to: 'n2', from: 5 },
      { to: 'n2', from: 7 },
      { to: 'n1', from: 7 },
    ])
    expect(doubts).toEqual([1])
  })

  it('never goes back, whatever a node says', async () => {
    const { watcher } = watching([{ type: 'watched', events: [event], next: 4 }])
    expect([await watcher.ask(), watcher.next]).toEqual([undefined, 5])
  })
})
