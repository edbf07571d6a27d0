import { fc } from '@fast-check/vitest'
import type { TraceEvent } from '@lockstep/process'
import { describe, expect, test } from 'vitest'
import { type LiveEvent, LiveTrace } from '../../src/session/live-trace.ts'

interface Message {
  readonly from: number
  readonly to: number
  /** True time of sending, and how long it took. */
  readonly at: number
  readonly took: number
}

const message: fc.Arbitrary<Message> = fc.record({
  from: fc.nat({ max: 2 }),
  to: fc.nat({ max: 2 }),
  at: fc.nat({ max: 10_000 }),
  took: fc.integer({ min: 1, max: 300 }),
})
const scene = fc.record({
  messages: fc.array(message, { maxLength: 40 }),
  /** How far each node's clock is off. */
  off: fc.tuple(fc.nat({ max: 2_000 }), fc.nat({ max: 2_000 }), fc.nat({ max: 2_000 })),
  cut: fc.nat({ max: 14_000 }),
})

type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never

/** What three nodes report of messages between them, each by its own clock, in its own order. */
function reports({ messages, off }: Scene): readonly LiveEvent[][] {
  const happened = messages.flatMap(({ from, to, at, took }, number) => [
    { at, who: from, event: event('send', from, to, number) },
    { at: at + took, who: to, event: event('deliver', to, from, number) },
  ])
  happened.sort((a, b) => a.at - b.at)
  const lists: LiveEvent[][] = [[], [], []]
  for (const { at, who, event: partial } of happened) {
    const list = lists[who] ?? []
    list.push({ ...partial, at: at + (off[who] ?? 0), row: list.length })
  }
  return lists
}

function event(
  kind: 'send' | 'deliver',
  node: number,
  peer: number,
  number: number,
): Omit<LiveEvent, 'at' | 'row'> {
  return { kind, node: `n${node}`, peer: `n${peer}`, name: 'm', value: number, cause: -1 }
}

function merged(lists: readonly LiveEvent[][], cut: number): TraceEvent[] {
  const rows: TraceEvent[] = []
  const trace = new LiveTrace(0, (row) => rows.push(row))
  for (const [node, list] of lists.entries()) trace.add(`n${node}`, list)
  trace.flush(cut)
  trace.flush(Number.POSITIVE_INFINITY)
  return rows
}

/** Merges by the clocks alone, as one would at first. */
function byTheClocks(lists: readonly LiveEvent[][]): TraceEvent[] {
  const sent = new Map<number, number>()
  return lists
    .flat()
    .sort((a, b) => a.at - b.at)
    .map((one, row) => {
      if (one.kind === 'send') sent.set(one.value, row)
      return {
        ...one,
        row,
        step: row,
        cause: one.kind === 'deliver' ? (sent.get(one.value) ?? -1) : -1,
      }
    })
}

function isOneHistory(
  merge: (lists: readonly LiveEvent[][], cut: number) => TraceEvent[],
): boolean {
  const property = fc.property(scene, (one) => {
    const lists = reports(one)
    const rows = merge(lists, one.cut)
    for (const [node, list] of lists.entries()) {
      const mine = rows.filter((row) => row.node === `n${node}`)
      expect(mine.map(({ kind, value }) => `${kind} ${value}`)).toEqual(
        list.map(({ kind, value }) => `${kind} ${value}`),
      )
    }
    for (const [row, { at, kind, value, cause }] of rows.entries()) {
      expect(at).toBeGreaterThanOrEqual(rows[row - 1]?.at ?? 0)
      if (kind !== 'deliver') continue
      expect(cause).toBeLessThan(row)
      expect(rows[cause]).toMatchObject({ kind: 'send', value })
    }
  })
  return !fc.check(property, { numRuns: 300 }).failed
}

describe('the merged trace of several processes', () => {
  test('keeps every order, lets time pass one way, and has every delivery behind its sending', () => {
    expect(isOneHistory(merged)).toBe(true)
  })

  test('a merge that trusts the clocks is caught', () => {
    expect(isOneHistory(byTheClocks)).toBe(false)
  })

  test('waits for what is not reported yet', () => {
    const rows: TraceEvent[] = []
    const trace = new LiveTrace(1_000, (row) => rows.push(row))
    const [one = [], two = []] = reports({
      messages: [{ from: 0, to: 1, at: 2_000, took: 5 }],
      off: [0, 0, 0],
      cut: 0,
    })
    trace.add('n1', two)
    trace.flush(2_000)
    expect(rows).toEqual([])
    trace.add('n0', one)
    trace.flush(3_000)
    expect(rows.map(({ kind, at, cause }) => [kind, at, cause])).toEqual([
      ['send', 1_000, -1],
      ['deliver', 1_005, 0],
    ])
  })

  test('waits longer for a process that runs and is late with what it sent', () => {
    const rows: TraceEvent[] = []
    const trace = new LiveTrace(0, (row) => rows.push(row))
    const [one = [], two = []] = reports({
      messages: [{ from: 0, to: 1, at: 100, took: 5 }],
      off: [0, 0, 0],
      cut: 0,
    })
    trace.began('n0')
    trace.add('n1', two)
    trace.flush(500, 50)
    expect(rows).toEqual([])
    trace.add('n0', one)
    trace.flush(500, 50)
    expect(rows.map(({ kind }) => kind)).toEqual(['send', 'deliver'])
  })

  test.for([
    ['its patience ends', 'n1', 200],
    ['the sender is gone', 'n0', 50],
  ] as const)('goes on without a sending when %s', ([, gone, patience]) => {
    const rows: TraceEvent[] = []
    const trace = new LiveTrace(0, (row) => rows.push(row))
    const [, two = []] = reports({
      messages: [{ from: 0, to: 1, at: 100, took: 5 }],
      off: [0, 0, 0],
      cut: 0,
    })
    trace.began('n0')
    trace.ended(gone)
    trace.add('n1', two)
    trace.flush(500, patience)
    expect(rows).toMatchObject([{ kind: 'deliver', cause: -1 }])
  })

  test('leaves out a loss that was none: the message had arrived', () => {
    const rows: TraceEvent[] = []
    const trace = new LiveTrace(0, (row) => rows.push(row))
    const [one = [], two = []] = reports({
      messages: [{ from: 0, to: 1, at: 10, took: 5 }],
      off: [0, 0, 0],
      cut: 0,
    })
    const gaveUp: LiveEvent = {
      ...event('send', 0, 1, 2),
      kind: 'drop',
      data: 0,
      at: 500,
      row: 1,
    }
    trace.add('n0', [...one, gaveUp])
    trace.add('n1', two)
    trace.flush(1_000)
    expect(rows.map(({ kind }) => kind)).toEqual(['send', 'deliver'])
  })
})
