import {
  judgeLinearizable,
  keyValue,
  type KeyContent,
  severalKeys,
  type SeveralKeysOp,
  type SeveralKeysValue,
} from '@lockstep/check'
import type { History, HistoryEvent, Verdict } from '@lockstep/process'
import type { Judge } from '@lockstep/sim'
import type { ChangeOp, MembersValue } from './lab-changes.ts'
import type { Revision } from './kv/key-value.ts'
import type { KvOp, KvValue, StoreOp, StoreValue, TxnOp } from './kv/operation.ts'
import { isIn, type KeyRange } from './kv/range.ts'
import { revisionOf, type WatchEvent } from './kv/watch-event.ts'

/** A client asks its watcher once more. */
interface WatchOp extends KeyRange {
  readonly type: 'watch'
}

/** What the lab's clients ask. */
export type LabOp = StoreOp | WatchOp | ChangeOp

/** What a watcher saw: all events of revisions from `from` on, below `next`. */
interface Watched {
  readonly type: 'watched'
  readonly from: Revision
  readonly next: Revision
  readonly events: readonly WatchEvent[]
}

/** What the lab's clients are answered. */
export type LabValue =
  | StoreValue
  | Watched
  | { readonly type: 'watch-compacted'; readonly compacted: Revision }
  | MembersValue

/** Keys that begin so go with leases, which end when nobody can say: they are for the watchers. */
export const leasedPrefix = 'l'

/** The judges of what the lab's clients saw; the last one's word stands for a run that holds. */
export const judges: readonly Judge<LabOp, LabValue>[] = [
  { name: 'watches', judge: judgeWatches },
  { name: 'linearizability', judge: judgeStore },
]

/**
 * Whether the keys without leases behaved like one copy. Key by key, where every operation is of one
 * key, which is much quicker; otherwise all keys together.
 */
function judgeStore(history: History<LabOp, LabValue>): Verdict {
  const ops = opsOf(history)
  const keys = new Set<string>()
  for (const op of ops.values()) if (isOfOneKey(op)) keys.add(op.key)
  const judged = new Map<number, SeveralKeysOp>()
  for (const [id, op] of ops) {
    const known = judgedOp(op, [...keys])
    if (known !== undefined) judged.set(id, known)
  }
  const translated: HistoryEvent<SeveralKeysOp, SeveralKeysValue>[] = []
  for (const event of history) {
    const op = judged.get(event.id)
    if (op === undefined) continue
    if (event.type === 'invoke') translated.push({ ...event, op })
    else if (event.type === 'ok') translated.push({ ...event, value: judgedValue(event.value, op) })
    else translated.push(event)
  }
  const isSimple = [...judged.values()].every(({ type }) => type !== 'read' && type !== 'write-if')
  return isSimple
    ? judgeLinearizable(keyValue, translated as History<KvOp, KvValue>)
    : judgeLinearizable(severalKeys, translated)
}

function opsOf(history: History<LabOp, LabValue>): Map<number, LabOp> {
  return new Map(
    history.flatMap((event) => (event.type === 'invoke' ? [[event.id, event.op]] : [])),
  )
}

function isOfOneKey(op: LabOp): op is KvOp {
  const isSimple = ['get', 'put', 'delete', 'cas'].includes(op.type)
  return isSimple && 'key' in op && !op.key.startsWith(leasedPrefix)
}

function judgedOp(op: LabOp, keys: readonly string[]): SeveralKeysOp | undefined {
  if (isOfOneKey(op)) return op
  if (op.type === 'range') return { type: 'read', keys: keys.filter((key) => isIn(key, op)) }
  return op.type === 'txn' ? judgedTxn(op) : undefined
}

/** A transaction that compares values, or whether keys are there, and writes keys without leases. */
function judgedTxn({ compare, success }: TxnOp): SeveralKeysOp | undefined {
  const writes: KeyContent[] = []
  for (const step of success) {
    if (step.type !== 'put' || step.key.startsWith(leasedPrefix)) return undefined
    writes.push({ key: step.key, value: step.value ?? '' })
  }
  const holds = compare.map(({ key, target, than }) => ({
    key,
    value: target === 'value' ? than : null,
  }))
  return { type: 'write-if', holds, writes }
}

function judgedValue(value: LabValue, op: SeveralKeysOp): SeveralKeysValue {
  if (value.type === 'txn') return { type: 'wrote', wrote: value.succeeded }
  if (value.type === 'range' && op.type === 'read') {
    const held = new Map(value.kvs.map((kv) => [kv.key, kv.value]))
    return { type: 'read', values: op.keys.map((key) => held.get(key) ?? null) }
  }
  return value as SeveralKeysValue
}

/** Something a watcher should have seen, or did. */
interface Fact {
  readonly id: number
  readonly text: string
}

/**
 * Whether the watchers, who watch all keys, saw every revision whole, in order and alike, and what
 * clients know to have been written. Who says to have seen all revisions of a span has seen nothing
 * at those that it does not name.
 */
function judgeWatches(history: History<LabOp, LabValue>): Verdict {
  const ops = opsOf(history)
  const seen = new Map<Revision, Fact>()
  const written = new Map<Revision, Fact[]>()
  const spans: {
    readonly id: number
    readonly watched: Watched
    readonly by: Map<Revision, string>
  }[] = []
  for (const event of history) {
    if (event.type !== 'ok') continue
    const { id, value } = event
    if (value.type === 'txn') noteWrites(ops.get(id), value, id, written)
    if (value.type !== 'watched') continue
    const by = byRevision(value)
    if (by === undefined) return violated('a watcher saw revisions out of order', [id])
    spans.push({ id, watched: value, by })
    for (const [revision, text] of by) {
      const before = seen.get(revision)
      if (before === undefined) seen.set(revision, { id, text })
      else if (before.text !== text) {
        return violated(`two watchers saw revision ${revision} differently`, [before.id, id])
      }
    }
  }
  for (const { id, watched, by } of spans) {
    for (const [revision, fact] of seen) {
      if (revision < watched.from || revision >= watched.next || by.has(revision)) continue
      return violated(`a watcher skipped revision ${revision}: ${fact.text}`, [fact.id, id])
    }
    for (const [revision, facts] of written) {
      if (revision < watched.from || revision >= watched.next) continue
      const missed = facts.find(({ text }) => by.get(revision)?.includes(text) !== true)
      if (missed === undefined) continue
      return violated(`a watcher did not see ${missed.text} at revision ${revision}`, [
        missed.id,
        id,
      ])
    }
  }
  return { is: 'holds', text: `Watches: ${spans.length} answers, ${seen.size} revisions seen` }
}

/** The events of each revision as text; `undefined` when they are out of order or out of their span. */
function byRevision({ from, next, events }: Watched): Map<Revision, string> | undefined {
  const by = new Map<Revision, string>()
  let last = from
  for (const event of events) {
    const revision = revisionOf(event)
    if (revision < last || revision >= next) return undefined
    last = revision
    by.set(revision, `${by.get(revision) ?? ''}${eventText(event)};`)
  }
  return by
}

function noteWrites(
  op: LabOp | undefined,
  value: LabValue & { readonly type: 'txn' },
  id: number,
  written: Map<Revision, Fact[]>,
): void {
  if (op?.type !== 'txn') return
  const steps = value.succeeded ? op.success : op.failure
  for (const [i, step] of steps.entries()) {
    const result = value.results[i]
    if (step.type !== 'put' || result?.type !== 'put') continue
    const fact = { id, text: `${step.key} = ${step.value ?? ''};` }
    written.set(result.revision, [...(written.get(result.revision) ?? []), fact])
  }
}

function eventText(event: WatchEvent): string {
  return event.type === 'put' ? `${event.kv.key} = ${event.kv.value}` : `${event.key} removed`
}

function violated(text: string, operations: readonly number[]): Verdict {
  return { is: 'violated', by: 'watches', text: `Watches: ${text}`, operations }
}
