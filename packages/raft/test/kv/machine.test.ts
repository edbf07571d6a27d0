import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Machine } from '../../src/kv/machine.ts'
import type { ClientResult, Command } from '../../src/index.ts'
import type { KvOp, KvValue } from '../../src/kv/operation.ts'
import { itemsOf } from '../../src/kv/state.ts'
import { paper, type Rules } from '../../src/rules.ts'
import { asIndex, asTerm } from '../../src/term.ts'
import { mutant } from '../mutant.ts'

const key = fc.constantFrom('x', 'y')
const value = fc.constantFrom('1', '2', '3')
const operation: fc.Arbitrary<KvOp> = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('put' as const), key, value }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({
    type: fc.constant('cas' as const),
    key,
    from: fc.option(value, { nil: null }),
    to: value,
  }),
)

/** The store as an object that does everything once. */
function naive(values: Record<string, string | undefined>, op: KvOp): KvValue {
  const held = values[op.key]
  if (op.type === 'get') return { type: 'value', value: held ?? null }
  if (op.type === 'put') values[op.key] = op.value
  if (op.type === 'put') return { type: 'done' }
  if (op.type === 'delete') values[op.key] = undefined
  if (op.type === 'delete') return { type: 'deleted', existed: held !== undefined }
  const swapped = (held ?? null) === op.from
  if (swapped) values[op.key] = op.to
  return { type: 'swapped', swapped }
}

const limits = {
  sessionsMax: 10,
  sessionTimeoutMs: 1000,
  sessionWindow: 4,
  historyRevisions: 1000,
  leaseTtlMinMs: 10,
}

/** A state machine that is given its log entry by entry. */
class Log {
  readonly machine: Machine
  #last = 0

  constructor(rules: Rules = paper, change: Partial<typeof limits> = {}) {
    this.machine = new Machine(rules, { ...limits, ...change })
  }

  /** Applies one more entry, proposed at that time of the log, applied at that of the node's own clock. */
  apply(command: Command, time = 0, own = 0): ClientResult | undefined {
    const index = asIndex(++this.#last)
    return this.machine.apply({ type: 'entry', index, term: asTerm(1), time, command }, own)
  }

  /** Opens a session. */
  open(time = 0): number {
    this.apply({ type: 'open' }, time)
    return this.#last
  }

  operate(client: number, seq: number, received: number, op: KvOp, time = 0): ClientResult {
    const session = { client: asIndex(client), seq, received }
    const result = this.apply({ type: 'operate', session, op }, time)
    if (result === undefined) throw new Error('an operation has a result')
    return result
  }
}

/** Something that happens to the operations of one client; numbers count from the oldest one that fits. */
const happening = fc.record({
  client: fc.nat(2),
  is: fc.constantFrom('asks', 'copy arrives', 'late copy arrives', 'answer arrives'),
  which: fc.nat(5),
  op: operation,
})

interface Asked {
  readonly op: KvOp
  /** What it came to when it was applied first. */
  value?: KvValue
  isAnswered: boolean
}

function receivedBy(all: readonly Asked[]): number {
  const open = all.findIndex(({ isAnswered }) => !isAnswered)
  return open < 0 ? all.length : open
}

/**
 * However copies of operations are doubled, reordered and late, each operation is carried out once:
 * whoever still waits for its answer gets that of the first time, and no other copy does anything.
 */
function appliesOnce(rules: Rules) {
  return fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
    const log = new Log(rules)
    const clients = [0, 1, 2].map(() => ({ session: log.open(), asked: [] as Asked[] }))
    const values: Record<string, string | undefined> = {}
    for (const { client, is, which, op } of happenings) {
      const { session, asked } = clients[client] as (typeof clients)[number]
      const received = receivedBy(asked)
      if (is === 'asks') {
        if (asked.length < received + limits.sessionWindow) asked.push({ op, isAnswered: false })
        continue
      }
      const isLate = is === 'late copy arrives'
      const seq = isLate ? 1 + which : received + 1 + which
      const one = asked[seq - 1]
      if (one === undefined) continue
      if (is === 'answer arrives') {
        if (one.value !== undefined) one.isAnswered = true
        continue
      }
      const wasSent = isLate ? Math.min(received, seq - 1) : received
      const result = log.operate(session, seq, wasSent, one.op)
      if (one.isAnswered && result.type === 'superseded') continue
      one.value ??= naive(values, one.op)
      expect(result).toEqual({ type: 'applied', value: one.value })
    }
    expect(log.machine.store.first(9)).toEqual(JSON.parse(JSON.stringify(values)))
  })
}

const put: KvOp = { type: 'put', key: 'x', value: '1' }

describe('the state machine', () => {
  it('applies an operation once, however often and in whatever order it reaches the log', () => {
    fc.assert(appliesOnce(paper), { numRuns: 300 })
  })

  it.each<[string, Partial<Rules>]>([
    ['applies again what it applied', { mayApply: () => true }],
    ['remembers the newest operation only', { mayApply: (seq, received) => seq > received + 1 }],
    ['forgets what the client has', { mayApply: (_seq, _received, wasApplied) => !wasApplied }],
  ])('does not if it %s', (_, broken) => {
    expect(fc.check(appliesOnce({ ...paper, ...broken }), mutant).failed).toBe(true)
  })

  it('refuses what the client has the answer of', () => {
    const log = new Log()
    const session = log.open()
    log.operate(session, 1, 0, put)
    expect(log.operate(session, 1, 0, put)).toEqual({ type: 'applied', value: { type: 'done' } })
    log.operate(session, 3, 2, put)
    expect(log.operate(session, 1, 0, put)).toEqual({ type: 'superseded' })
    expect(log.operate(session, 2, 0, put)).toEqual({ type: 'superseded' })
  })

  it('keeps the results of a window of operations, and refuses what lies beyond it', () => {
    const log = new Log()
    const session = log.open()
    for (const seq of [4, 3, 2, 1]) log.operate(session, seq, 0, put)
    expect(log.operate(session, 5, 0, put)).toEqual({ type: 'overloaded' })
    expect(log.machine.sessions.get(asIndex(session))?.results).toHaveLength(4)
    expect(log.operate(session, 5, 1, put).type).toBe('applied')
    const kept = log.machine.sessions.get(asIndex(session))
    expect(kept?.received).toBe(1)
    expect(kept?.results.map(({ seq }) => seq)).toEqual([2, 3, 4, 5])
  })

  it('lets the session go that was idle longest when there are too many, and knows it no more', () => {
    const log = new Log(paper, { sessionsMax: 2 })
    const [one, two] = [log.open(), log.open()]
    expect(log.operate(one, 1, 0, put).type).toBe('applied')
    const three = log.open()
    expect(log.machine.sessions.size).toBe(2)
    const types = [log.operate(one, 2, 1, put), log.operate(two, 1, 0, put)].map(({ type }) => type)
    expect(types).toEqual(['applied', 'session-expired'])
    expect(log.operate(three, 1, 0, put).type).toBe('applied')
  })

  it('lets a session go that was idle for the timeout, by the time of the log', () => {
    const log = new Log()
    const [idle, busy] = [log.open(100), log.open(100)]
    log.operate(busy, 1, 0, put, 600)
    expect(log.operate(idle, 1, 0, put, 1099).type).toBe('applied')
    const late = log.open(1700)
    expect(log.machine.sessions.size).toBe(2)
    expect(log.operate(busy, 2, 1, put, 1700)).toEqual({ type: 'session-expired' })
    log.apply({ type: 'noop' }, 2700)
    expect(log.machine.sessions.size).toBe(0)
    expect(log.operate(late, 1, 0, put, 2700)).toEqual({ type: 'session-expired' })
  })

  it('has no time that goes back, and none of its own', () => {
    const log = new Log()
    const session = log.open(500)
    log.apply({ type: 'noop' }, 300, 1_000_000)
    expect(log.machine.time).toBe(500)
    expect(log.operate(session, 1, 0, put, 1499).type).toBe('applied')
  })

  it('goes on from what was saved as if nothing had been, and what was saved stays', () => {
    const log = new Log()
    const session = log.open(100)
    log.operate(session, 1, 0, put, 100)
    log.operate(session, 3, 0, put, 200)
    const saved = log.machine.save()
    const text = JSON.stringify([...itemsOf(saved)])
    const other = new Machine(paper, limits)
    other.restore(saved)
    expect(other.settled({ client: asIndex(session), seq: 3, received: 0 })?.type).toBe('applied')
    expect(other.settled({ client: asIndex(session), seq: 2, received: 0 })).toBeUndefined()
    log.operate(session, 2, 0, put, 300)
    log.operate(session, 4, 3, put, 400)
    expect(JSON.stringify([...itemsOf(saved)])).toBe(text)
    expect([other.time, log.machine.time]).toEqual([200, 400])
    const command = { type: 'noop' } as const
    const entry = { type: 'entry', index: asIndex(9), term: asTerm(1), command } as const
    other.apply({ ...entry, time: 1200 }, 0)
    expect(other.sessions.size).toBe(0)
  })
})
