import type { History, HistoryEvent } from '@lockstep/process'
import { type KvOp, type KvValue } from '../src/index.ts'

type Done = readonly [
  client: string,
  from: number,
  to: number,
  op: KvOp,
  value: KvValue | 'info' | 'fail',
]

/** A history written as one line for each operation; ids count from 0. */
export function kvHistory(...lines: readonly Done[]): History<KvOp, KvValue> {
  const events = lines.flatMap(
    ([client, from, to, op, value], id): HistoryEvent<KvOp, KvValue>[] => [
      { type: 'invoke', at: from, client, id, op },
      typeof value === 'string'
        ? { type: value, at: to, client, id, why: 'no answer' }
        : { type: 'ok', at: to, client, id, value },
    ],
  )
  return events.sort((a, b) => a.at - b.at)
}

export const put = (key: string, value: string): KvOp => ({ type: 'put', key, value })
export const get = (key: string): KvOp => ({ type: 'get', key })
export const done: KvValue = { type: 'done' }
export const found = (value: string | null): KvValue => ({ type: 'value', value })

/** A key that takes more steps than there are: a value that nobody wrote, beside many open puts. */
export function hardKey(key: string, clients: number): History<KvOp, KvValue> {
  const writers = Array.from(
    { length: clients },
    (_, i): Done => [`w${i}${key}`, 0, 100, put(key, `${i}`), done],
  )
  return kvHistory(...writers, [`r${key}`, 10, 90, get(key), found('nowhere')])
}

/** Histories side by side, with fresh ids. */
export function beside(...histories: readonly History<KvOp, KvValue>[]): History<KvOp, KvValue> {
  return histories
    .flatMap((history, i) =>
      history.map((event) => ({ ...event, id: event.id * histories.length + i })),
    )
    .sort((a, b) => a.at - b.at)
}
