import type { History, HistoryEvent } from '@lockstep/process'
import { describe, expect, test } from 'vitest'
import { type MalformedCode, MalformedHistory } from '../src/index.ts'
import { operationsOf } from '../src/operation.ts'

function invoke(at: number, client: string, id: number): HistoryEvent<string, string> {
  return { type: 'invoke', at, client, id, op: `op ${id}` }
}

function ok(at: number, client: string, id: number): HistoryEvent<string, string> {
  return { type: 'ok', at, client, id, value: `value ${id}` }
}

function end(
  type: 'fail' | 'info',
  at: number,
  client: string,
  id: number,
): HistoryEvent<string, string> {
  return { type, at, client, id, why: 'no answer' }
}

function refusal(history: History<string, string>): MalformedHistory {
  try {
    operationsOf(history)
  } catch (error) {
    if (error instanceof MalformedHistory) return error
    throw error
  }
  throw new Error('the history was taken')
}

describe('the operations of a history', () => {
  test('that ended well span from call to return with their value', () => {
    expect(operationsOf([invoke(1, 'a', 7), ok(4, 'a', 7)])).toEqual([
      {
        id: 7,
        client: 'a',
        op: 'op 7',
        outcome: { known: true, value: 'value 7' },
        calledAt: 1,
        returnedAt: 4,
      },
    ])
  })

  test('that failed are left out', () => {
    expect(operationsOf([invoke(1, 'a', 1), end('fail', 2, 'a', 1)])).toEqual([])
  })

  test('that ended unknown, or never, stay open for ever', () => {
    const operations = operationsOf([invoke(1, 'a', 1), invoke(1, 'b', 2), end('info', 2, 'a', 1)])
    expect(operations.map(({ outcome }) => outcome.known)).toEqual([false, false])
    expect(operations.map(({ returnedAt }) => returnedAt)).toEqual([Infinity, Infinity])
  })

  test('may come client by client', () => {
    const history = [invoke(5, 'a', 1), ok(9, 'a', 1), invoke(0, 'b', 2), ok(7, 'b', 2)]
    expect(operationsOf(history).map(({ id }) => id)).toEqual([1, 2])
  })
})

describe('a history is refused when', () => {
  const cases: readonly [string, MalformedCode, number, History<string, string>][] = [
    ['an operation ends that nobody invoked', 'ended-without-invoke', 0, [ok(1, 'a', 1)]],
    [
      'an id is invoked twice',
      'invoked-twice',
      2,
      [invoke(1, 'a', 1), ok(2, 'a', 1), invoke(3, 'b', 1)],
    ],
    [
      'a client has two open operations',
      'client-busy',
      1,
      [invoke(1, 'a', 1), invoke(2, 'a', 2), ok(3, 'a', 1)],
    ],
    [
      'an operation ends twice',
      'ended-twice',
      2,
      [invoke(1, 'a', 1), end('info', 2, 'a', 1), ok(3, 'a', 1)],
    ],
    [
      'one client ends the operation of another',
      'ended-by-another',
      2,
      [invoke(1, 'a', 1), invoke(1, 'b', 2), ok(3, 'b', 1)],
    ],
    ['the time of a client goes back', 'time-went-back', 1, [invoke(5, 'a', 1), ok(4, 'a', 1)]],
    ['a time is not a number', 'time-went-back', 0, [invoke(Number.NaN, 'a', 1)]],
  ]

  test.for(cases)('%s', ([, code, index, history]) => {
    const error = refusal(history)
    expect(error.code).toBe(code)
    expect(error.index).toBe(index)
    expect(error.message).toContain(`event ${index} of the history`)
  })
})
