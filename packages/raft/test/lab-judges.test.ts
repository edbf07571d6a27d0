import type { HistoryEvent } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { everyKey } from '../src/kv/range.ts'
import type { WatchEvent } from '../src/kv/watch-event.ts'
import { judges, type LabOp, type LabValue } from '../src/lab-judges.ts'

const watch: LabOp = { type: 'watch', ...everyKey }
const write: LabOp = {
  type: 'txn',
  compare: [{ key: 'x', target: 'version', is: 'equal', than: 0 }],
  success: [
    { type: 'put', key: 'x', value: '1' },
    { type: 'put', key: 'y', value: '2' },
  ],
  failure: [],
}

/** A history of operations one after the other, each answered. */
function after(...ended: readonly (readonly [LabOp, LabValue])[]) {
  const history = ended.flatMap(([op, value], id): HistoryEvent<LabOp, LabValue>[] => [
    { type: 'invoke', at: 10 * id, client: 'c1', id, op },
    { type: 'ok', at: 10 * id + 5, client: 'c1', id, value },
  ])
  return Object.fromEntries(judges.map((one) => [one.name, one.judge(history).is]))
}

function put(key: string, value: string, revision: number): WatchEvent {
  const kv = { key, value, createRevision: revision, modRevision: revision, version: 1, lease: 0 }
  return { type: 'put', kv }
}

function watched(from: number, next: number, ...events: readonly WatchEvent[]): LabValue {
  return { type: 'watched', from, next, events }
}

const wrote: LabValue = {
  type: 'txn',
  revision: 2,
  succeeded: true,
  results: [
    { type: 'put', revision: 2 },
    { type: 'put', revision: 2 },
  ],
}
const both = [put('x', '1', 2), put('y', '2', 2)] as const

describe('the judge of the watches', () => {
  it('is content with watchers who saw all and alike', () => {
    const answers = after(
      [write, wrote],
      [watch, watched(1, 3, ...both)],
      [watch, watched(3, 4, put('x', '3', 3))],
      [watch, watched(1, 4, ...both, put('x', '3', 3))],
    )
    expect(answers).toEqual({ linearizability: 'holds', watches: 'holds' })
  })

  it.each<readonly [string, readonly LabValue[]]>([
    ['skipped a revision that another one saw', [watched(1, 3, ...both), watched(1, 4)]],
    ['saw half of a revision', [watched(1, 3, both[0])]],
    ['missed what was acknowledged', [watched(1, 4)]],
    ['saw something else', [watched(3, 4, put('x', '3', 3)), watched(3, 4, put('x', '4', 3))]],
    ['saw revisions out of order', [watched(1, 5, put('x', '4', 4), put('x', '3', 3))]],
    ['saw a revision before it asked', [watched(3, 4, both[0])]],
  ])('finds a watcher who %s', (_, answers) => {
    const asked = answers.map((value) => [watch, value] as const)
    expect(after([write, wrote], ...asked)['watches']).toBe('violated')
  })
})

describe('the judge of the store', () => {
  const range: LabOp = { type: 'range', ...everyKey }
  const read = (...kvs: readonly WatchEvent[]): LabValue => ({
    type: 'range',
    revision: 2,
    kvs: kvs.flatMap((event) => (event.type === 'put' ? [event.kv] : [])),
    count: kvs.length,
    more: false,
  })
  const get = (key: string): LabOp => ({ type: 'get', key })
  const value = (held: string | null): LabValue => ({ type: 'value', value: held })

  it('understands transactions and ranges', () => {
    const ops = [
      [get('x'), value(null)],
      [get('y'), value(null)],
    ] as const
    expect(after(...ops, [write, wrote], [range, read(...both)])['linearizability']).toBe('holds')
  })

  it('finds a transaction that is half there', () => {
    const ops = [
      [get('x'), value(null)],
      [get('y'), value(null)],
    ] as const
    const half = after(...ops, [write, wrote], [range, read(both[0])])
    expect(half['linearizability']).toBe('violated')
  })

  it('finds one that took place although its comparison did not hold', () => {
    const first: LabOp = { type: 'put', key: 'x', value: '0' }
    expect(after([first, { type: 'done' }], [write, wrote])['linearizability']).toBe('violated')
  })

  it('leaves keys with leases to the watchers', () => {
    const leased: LabOp = {
      type: 'txn',
      compare: [],
      success: [{ type: 'put', key: 'l0', value: '1', lease: 7 }],
      failure: [],
    }
    const answers = after([leased, wrote], [get('l0'), value(null)])
    expect(answers['linearizability']).toBe('holds')
  })
})
