/** The judges of what the lab's clients got: no id twice, in order, and true. */
import { FieldTruth, Order, Uniqueness } from '@lockstep/check'
import type { History, Verdict } from '@lockstep/process'
import type { Judge } from '@lockstep/sim'
import { SnowflakeLayout } from '../snowflake/layout.ts'
import type { Given } from './messages.ts'
import type { IdOp, IdValue } from './work.ts'

/** In the order of what they cost whoever relies on it. */
export const judges: readonly Judge<IdOp, IdValue>[] = [
  { name: 'uniqueness', judge: (history) => judgeUniqueness(given(history)) },
  { name: 'order', judge: judgeOrder },
  { name: 'field truth', judge: (history) => judgeTruth(given(history)) },
]

function given(history: History<IdOp, IdValue>): readonly Given[] {
  return history.flatMap((event) =>
    event.type === 'ok' && event.value.type === 'ids' ? [event.value] : [],
  )
}

/** Ids of different kinds count apart: they are for different tables. */
function judgeUniqueness(all: readonly Given[]): Verdict {
  let holds: Verdict = { is: 'holds', text: 'Unique: no ids were given' }
  for (const kind of ['counter', 'segment', 'snowflake'] as const) {
    const uniqueness = new Uniqueness()
    for (const one of all) if (one.kind === kind) uniqueness.add(sourceOf(one), one.ids.map(BigInt))
    const verdict = uniqueness.verdict()
    if (verdict.is !== 'holds') return verdict
    if (uniqueness.count > 0) holds = verdict
  }
  return holds
}

/**
 * One life of a generator gives ids that grow, unless it follows its clock back: the ids of an answer, and those of a
 * question behind all that were answered before it was asked. Questions at the same time may share out a stretch.
 */
function judgeOrder(history: History<IdOp, IdValue>): Verdict {
  const highest = new Map<string, bigint>()
  const before = new Map<number, ReadonlyMap<string, bigint>>()
  const order = new Order<bigint>()
  for (const event of history) {
    if (event.type === 'invoke') before.set(event.id, new Map(highest))
    if (event.type !== 'ok' || event.value.type !== 'ids' || event.value.goesBack === true) continue
    const source = sourceOf(event.value)
    const ids = event.value.ids.map(BigInt)
    const known = before.get(event.id)?.get(source)
    order.add(
      `${source}, answer ${event.value.serial}`,
      known === undefined ? ids : [known, ...ids],
    )
    const last = ids.at(-1) ?? 0n
    if (last > (highest.get(source) ?? -1n)) highest.set(source, last)
  }
  return order.verdict()
}

/** Each id names the worker that made it, and a time at which its clock stood while it was made. */
function judgeTruth(all: readonly Given[]): Verdict {
  let truth: FieldTruth<bigint> | undefined
  for (const { ids, fromMs, toMs, workerId, layout: options, aheadMs = 0 } of all) {
    if (options === undefined || workerId === undefined) continue
    // All nodes of a run have the same layout.
    const layout = new SnowflakeLayout(options)
    truth ??= new FieldTruth((id) => layout.fieldsOf(id), { behindMs: 0, aheadMs })
    for (const id of ids) truth.add(BigInt(id), { fromMs, toMs, workerId })
  }
  return (
    truth?.verdict() ?? { is: 'holds', text: 'Fields are true: no ids that have any were given' }
  )
}

/** A generator of one life of a node. */
function sourceOf({ node, life, kind, workerId }: Given): string {
  const worker = workerId === undefined ? '' : ` as worker ${workerId}`
  return `${node}, life ${life}${worker}: ${kind}`
}
