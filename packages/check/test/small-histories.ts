import type { History, HistoryEvent } from '@lockstep/process'
import fc from 'fast-check'
import type { KvOp, KvValue } from '../src/index.ts'
import type { MutexOp, MutexValue, QueueOp, QueueValue } from './models.ts'

interface Step<Op, Value> {
  readonly client: number
  readonly gap: number
  readonly duration: number
  readonly ending: 'ok' | 'fail' | 'info' | 'open'
  readonly call: { readonly op: Op; readonly value: Value }
}

/**
 * Small histories with any answers at all, dense enough in time that operations often overlap and
 * often touch.
 */
export function smallHistory<Op, Value>(
  call: fc.Arbitrary<{ readonly op: Op; readonly value: Value }>,
  maxLength = 6,
): fc.Arbitrary<History<Op, Value>> {
  const step = fc.record({
    client: fc.nat(2),
    gap: fc.nat(1),
    duration: fc.nat(4),
    ending: fc.oneof(
      { weight: 7, arbitrary: fc.constant('ok' as const) },
      { weight: 2, arbitrary: fc.constantFrom('info' as const, 'open' as const) },
      { weight: 1, arbitrary: fc.constant('fail' as const) },
    ),
    call,
  })
  return fc.array(step, { minLength: 1, maxLength }).map(historyOf)
}

function historyOf<Op, Value>(steps: readonly Step<Op, Value>[]): History<Op, Value> {
  const clients = new Map<number, { name: string; at: number }>()
  const events: HistoryEvent<Op, Value>[] = []
  steps.forEach(({ client: number, gap, duration, ending, call: { op, value } }, id) => {
    const { name: client, at } = clients.get(number) ?? { name: `c${number}`, at: 0 }
    const calledAt = at + gap
    const endedAt = calledAt + duration
    events.push({ type: 'invoke', at: calledAt, client, id, op })
    if (ending === 'ok') events.push({ type: 'ok', at: endedAt, client, id, value })
    else if (ending !== 'open') events.push({ type: ending, at: endedAt, client, id, why: '' })
    clients.set(number, { name: ending === 'open' ? `${client}+` : client, at: endedAt })
  })
  return events.sort((a, b) => a.at - b.at)
}

/** Calls of a key-value store with few values, so that answers often fit. */
export function kvCall(
  keys: readonly string[],
): fc.Arbitrary<{ readonly op: KvOp; readonly value: KvValue }> {
  const key = fc.constantFrom(...keys)
  const value = fc.constantFrom('1', '2')
  const missing = fc.constantFrom(null, '1', '2')
  const get = fc.record({
    op: fc.record({ type: fc.constant('get' as const), key }),
    value: fc.record({ type: fc.constant('value' as const), value: missing }),
  })
  const put = fc.record({
    op: fc.record({ type: fc.constant('put' as const), key, value }),
    value: fc.record({ type: fc.constant('done' as const) }),
  })
  const remove = fc.record({
    op: fc.record({ type: fc.constant('delete' as const), key }),
    value: fc.record({ type: fc.constant('deleted' as const), existed: fc.boolean() }),
  })
  const cas = fc.record({
    op: fc.record({ type: fc.constant('cas' as const), key, from: missing, to: value }),
    value: fc.record({ type: fc.constant('swapped' as const), swapped: fc.boolean() }),
  })
  return fc.oneof(
    { weight: 4, arbitrary: get },
    { weight: 4, arbitrary: put },
    { weight: 1, arbitrary: remove },
    { weight: 2, arbitrary: cas },
  )
}

export const queueCall: fc.Arbitrary<{ readonly op: QueueOp; readonly value: QueueValue }> =
  fc.oneof(
    fc.record({
      op: fc.record({ type: fc.constant('enqueue' as const), item: fc.nat(1) }),
      value: fc.constant(undefined),
    }),
    fc.record({
      op: fc.record({ type: fc.constant('dequeue' as const) }),
      value: fc.constantFrom(undefined, 0, 1),
    }),
  )

export const mutexCall: fc.Arbitrary<{ readonly op: MutexOp; readonly value: MutexValue }> =
  fc.record({
    op: fc.constantFrom('acquire' as const, 'release' as const),
    value: fc.constant('done' as const),
  })
