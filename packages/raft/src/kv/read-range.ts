import type { History } from './history.ts'
import type { KeyValue, Revision } from './key-value.ts'
import { type KeyTable, kvsOf } from './keys.ts'
import type { RangeOp, RangeResult, Sort } from './operation.ts'
import { isIn, type KeyRange, noEnd } from './range.ts'
import { rankOf } from './tree.ts'

/** The keys of a range in their order, in O(log n) to the first. */
export function* keysIn(keys: KeyTable, range: KeyRange): Generator<KeyValue> {
  for (const kv of kvsOf(keys, rankOf(keys.order, range.key))) {
    if (!isIn(kv.key, range)) return
    yield kv
  }
}

/**
 * Reads a range of a store of that revision. The newest keys come from the table; what they were
 * at a past revision is found by taking back what changed since, so that costs as much as changed.
 */
export function readRange(
  keys: KeyTable,
  history: History,
  revision: Revision,
  op: RangeOp,
): RangeResult {
  const isPast = op.revision !== undefined && op.revision !== 0 && op.revision < revision
  const past = isPast ? pastOf(keys, history.before(op.revision, op), op) : undefined
  const count = past?.length ?? countIn(keys, op)
  if (op.countOnly === true) return { type: 'range', revision, kvs: [], count, more: false }
  const limit = op.limit === undefined || op.limit === 0 ? Number.POSITIVE_INFINITY : op.limit
  const { kvs, more } = chosen(past ?? keysIn(keys, op), op, limit)
  const shown = op.keysOnly === true ? kvs.map((kv) => ({ ...kv, value: '' })) : kvs
  return { type: 'range', revision, kvs: shown, count, more }
}

function countIn({ order }: KeyTable, range: KeyRange): number {
  const { key, end = `${key}\0` } = range
  const begin = rankOf(order, key)
  return Math.max(0, (end === noEnd ? order.size : rankOf(order, end)) - begin)
}

/** The keys of a range as they were, given what they were where they changed since. */
function pastOf(
  keys: KeyTable,
  were: ReadonlyMap<string, KeyValue | null>,
  range: KeyRange,
): KeyValue[] {
  const kvs: KeyValue[] = []
  for (const kv of were.values()) if (kv !== null) kvs.push(kv)
  for (const kv of keysIn(keys, range)) if (!were.has(kv.key)) kvs.push(kv)
  return kvs.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** What filters, sorting and the limit leave. Without the first two it reads no further than it must. */
function chosen(
  source: Iterable<KeyValue>,
  op: RangeOp,
  limit: number,
): { readonly kvs: KeyValue[]; readonly more: boolean } {
  const kvs: KeyValue[] = []
  for (const kv of source) {
    if (!passes(kv, op)) continue
    if (op.sort === undefined && kvs.length === limit) return { kvs, more: true }
    kvs.push(kv)
  }
  if (op.sort !== undefined) sort(kvs, op.sort)
  const more = kvs.length > limit
  if (more) kvs.length = limit
  return { kvs, more }
}

function passes({ modRevision, createRevision }: KeyValue, op: RangeOp): boolean {
  const { minModRevision = 0, maxModRevision = 0 } = op
  const { minCreateRevision = 0, maxCreateRevision = 0 } = op
  return (
    modRevision >= minModRevision &&
    (maxModRevision === 0 || modRevision <= maxModRevision) &&
    createRevision >= minCreateRevision &&
    (maxCreateRevision === 0 || createRevision <= maxCreateRevision)
  )
}

function sort(kvs: KeyValue[], { by, order }: Sort): void {
  const sign = order === 'ascending' ? 1 : -1
  kvs.sort((a, b) => (a[by] < b[by] ? -sign : a[by] > b[by] ? sign : 0))
}
