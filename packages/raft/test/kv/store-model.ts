import { unreachable } from '@lockstep/process'
import type { Change, KeyValue } from '../../src/kv/key-value.ts'
import type {
  Compare,
  RangeOp,
  RefusalCode,
  StoreOp,
  StoreValue,
  TxnOp,
  TxnStep,
  TxnStepResult,
} from '../../src/kv/operation.ts'
import { isIn, type KeyRange } from '../../src/kv/range.ts'
import type { StoreLimits } from '../../src/kv/store.ts'

type Keys = ReadonlyMap<string, KeyValue>

/**
 * The store as somebody would write it who need not care for time or memory: all keys of every
 * revision in an array, copied for each write.
 */
export class StoreModel {
  /** By revision; the store is empty at revision 1. */
  readonly revisions: Keys[] = [new Map(), new Map()]
  readonly changes: Change[] = []
  readonly leases = new Map<number, { ttlMs: number; expiresAt: number }>()
  readonly #limits: StoreLimits
  compacted = 0
  now = 0

  constructor(limits: StoreLimits) {
    this.#limits = limits
  }

  get revision(): number {
    return this.revisions.length - 1
  }

  get keys(): Keys {
    return this.revisions[this.revision] as Keys
  }

  advance(now: number): void {
    this.now = Math.max(this.now, now)
    const due = [...this.leases].filter(([, { expiresAt }]) => expiresAt <= this.now)
    due.sort(
      ([a, one], [b, other]) => one.expiresAt - other.expiresAt || (String(a) < String(b) ? -1 : 1),
    )
    for (const [id] of due) this.#end(id)
  }

  renewLeases(): void {
    for (const lease of this.leases.values()) lease.expiresAt = this.now + lease.ttlMs
  }

  apply(op: StoreOp, id: number): StoreValue {
    const held = 'key' in op ? this.keys.get(op.key) : undefined
    switch (op.type) {
      case 'get':
        return { type: 'value', value: held?.value ?? null }
      case 'put':
        this.#write((keys, revision) => put(keys, revision, op.key, op.value, 0))
        return { type: 'done' }
      case 'delete':
        this.#write((keys) => keys.delete(op.key))
        return { type: 'deleted', existed: held !== undefined }
      case 'cas': {
        const swapped = (held?.value ?? null) === op.from
        if (swapped) this.#write((keys, revision) => put(keys, revision, op.key, op.to, 0))
        return { type: 'swapped', swapped }
      }
      case 'range':
        if (op.key === '') return this.#refused('empty-key')
        return this.#wrongRange(op) ?? this.#range(op, this.keys, this.revision)
      case 'txn':
        return this.#txn(op)
      case 'compact':
        if (op.revision <= this.compacted) return this.#refused('compacted')
        if (op.revision > this.revision) return this.#refused('future-revision')
        this.compacted = op.revision
        return { type: 'compact', revision: this.revision }
      case 'leases': {
        const leases = [...this.leases.keys()].sort((a, b) => a - b)
        return { type: 'leases', revision: this.revision, leases }
      }
      case 'grant':
      case 'revoke':
      case 'keep-alive':
      case 'time-to-live':
        return this.#lease(op, id)
      default:
        return unreachable(op)
    }
  }

  #lease(
    op: Extract<StoreOp, { type: 'grant' | 'revoke' | 'keep-alive' | 'time-to-live' }>,
    id: number,
  ): StoreValue {
    const lease = this.leases.get(op.lease)
    const { revision } = this
    if (op.type === 'grant') {
      if (op.ttlMs > 9e12) return this.#refused('ttl-too-large')
      if (lease !== undefined) return this.#refused('lease-exists')
      let chosen = op.lease === 0 ? id : op.lease
      while (this.leases.has(chosen)) chosen++
      const ttlMs = Math.max(op.ttlMs, this.#limits.leaseTtlMinMs)
      this.leases.set(chosen, { ttlMs, expiresAt: this.now + ttlMs })
      return { type: 'grant', revision, lease: chosen, ttlMs }
    }
    if (op.type === 'revoke') {
      if (lease === undefined) return this.#refused('lease-not-found')
      this.#end(op.lease)
      return { type: 'revoke', revision: this.revision }
    }
    if (op.type === 'keep-alive') {
      if (lease === undefined) return { type: 'keep-alive', revision, ttlMs: 0 }
      lease.expiresAt = this.now + lease.ttlMs
      return { type: 'keep-alive', revision, ttlMs: lease.ttlMs }
    }
    if (lease === undefined) return { type: 'time-to-live', revision, ttlMs: -1, grantedMs: 0 }
    const ttlMs = lease.expiresAt - this.now
    const answer = { type: 'time-to-live', revision, ttlMs, grantedMs: lease.ttlMs } as const
    const keys = sorted(this.keys).filter((kv) => kv.lease === op.lease)
    return op.keys === true ? { ...answer, keys: keys.map(({ key }) => key) } : answer
  }

  #end(id: number): void {
    this.leases.delete(id)
    this.#write((keys) => {
      for (const kv of sorted(keys)) if (kv.lease === id) keys.delete(kv.key)
    })
  }

  /** A revision, if the write changes anything. */
  #write<Value>(write: (keys: Map<string, KeyValue>, revision: number) => Value): Value {
    const before = this.keys
    const revision = this.revision + 1
    const order: string[] = []
    const after = new Noting(before, order)
    const value = write(after, revision)
    if (order.length === 0) return value
    for (const key of order) {
      const change = { revision, before: before.get(key) ?? null, after: after.get(key) ?? null }
      this.changes.push(change)
    }
    this.revisions.push(after)
    this.compacted = Math.max(this.compacted, revision - this.#limits.historyRevisions)
    return value
  }

  #txn(op: TxnOp): StoreValue {
    const wrong = wrongWith(op)
    if (wrong !== undefined) return this.#refused(wrong)
    const { keys: before } = this
    const check = (steps: readonly TxnStep[]): StoreValue | undefined => {
      for (const step of steps) {
        const refused =
          step.type === 'range'
            ? this.#wrongRange(step)
            : step.type === 'txn'
              ? check(branch(step, before))
              : step.type === 'put'
                ? this.#wrongPut(step)
                : undefined
        if (refused !== undefined) return refused
      }
      return undefined
    }
    return (
      check(branch(op, before)) ?? this.#write((keys, revision) => this.#run(op, keys, revision))
    )
  }

  #run(op: TxnOp, keys: Map<string, KeyValue>, revision: number): TxnStepResult & { type: 'txn' } {
    const now = (): number =>
      keys instanceof Noting && keys.order.length > 0 ? revision : revision - 1
    const results = branch(op, this.keys).map((step): TxnStepResult => {
      if (step.type === 'range') return this.#range(step, keys, now())
      if (step.type === 'txn') return this.#run(step, keys, revision)
      const prevKvs = sorted(keys).filter(({ key }) => isIn(key, step))
      if (step.type === 'delete-range') {
        for (const { key } of prevKvs) keys.delete(key)
        const result = { type: step.type, revision: now(), deleted: prevKvs.length }
        return step.prevKv === true ? { ...result, prevKvs } : result
      }
      const [held] = prevKvs
      const value = step.ignoreValue === true ? held?.value : step.value
      const lease = step.ignoreLease === true ? held?.lease : step.lease
      put(keys, revision, step.key, value ?? '', lease ?? 0)
      const result = { type: step.type, revision }
      return step.prevKv === true && held !== undefined ? { ...result, prevKv: held } : result
    })
    return { type: 'txn', revision: now(), succeeded: succeeds(op, this.keys), results }
  }

  #wrongRange({ revision = 0 }: RangeOp): StoreValue | undefined {
    if (revision > this.revision) return this.#refused('future-revision')
    if (revision !== 0 && revision < this.compacted) return this.#refused('compacted')
    return undefined
  }

  #wrongPut(step: TxnStep & { type: 'put' }): StoreValue | undefined {
    const mustExist = step.ignoreValue === true || step.ignoreLease === true
    if (mustExist && !this.keys.has(step.key)) return this.#refused('key-not-found')
    const { lease = 0 } = step
    if (lease !== 0 && !this.leases.has(lease)) return this.#refused('lease-not-found')
    return undefined
  }

  #range(op: RangeOp, newest: Keys, revision: number): TxnStepResult & { type: 'range' } {
    const past = op.revision ?? 0
    const keys = past === 0 || past >= revision ? newest : (this.revisions[past] as Keys)
    const all = sorted(keys).filter(({ key }) => isIn(key, op))
    const kept = all.filter(
      (kv) =>
        kv.modRevision >= (op.minModRevision ?? 0) &&
        kv.modRevision <= (op.maxModRevision || Infinity) &&
        kv.createRevision >= (op.minCreateRevision ?? 0) &&
        kv.createRevision <= (op.maxCreateRevision || Infinity),
    )
    if (op.sort !== undefined) {
      const { by, order } = op.sort
      const compare = (a: KeyValue, b: KeyValue): number =>
        a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : 0
      kept.sort((a, b) => (order === 'ascending' ? compare(a, b) : compare(b, a)))
    }
    const cut = kept.slice(0, op.limit || Infinity)
    const count = all.length
    if (op.countOnly === true) return { type: 'range', revision, kvs: [], count, more: false }
    const kvs = op.keysOnly === true ? cut.map((kv) => ({ ...kv, value: '' })) : cut
    return { type: 'range', revision, kvs, count, more: cut.length < kept.length }
  }

  #refused(code: RefusalCode): StoreValue {
    return { type: 'refused', code, revision: this.revision, compacted: this.compacted }
  }
}

/** A copy of the keys that notes which ones change, in order. */
class Noting extends Map<string, KeyValue> {
  readonly order: string[] = []

  constructor(keys: Keys, order: string[]) {
    super()
    for (const [key, kv] of keys) super.set(key, kv)
    this.order = order
  }

  override set(key: string, kv: KeyValue): this {
    // The constructor of Map may call this before the fields are there.
    this.order?.push(key)
    return super.set(key, kv)
  }

  override delete(key: string): boolean {
    if (!super.delete(key)) return false
    this.order.push(key)
    return true
  }
}

function put(
  keys: Map<string, KeyValue>,
  revision: number,
  key: string,
  value: string,
  lease: number,
): void {
  const held = keys.get(key)
  const createRevision = held?.createRevision ?? revision
  const version = (held?.version ?? 0) + 1
  keys.set(key, { key, value, createRevision, modRevision: revision, version, lease })
}

function sorted(keys: Keys): KeyValue[] {
  return [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function branch(op: TxnOp, keys: Keys): readonly TxnStep[] {
  return succeeds(op, keys) ? op.success : op.failure
}

function succeeds(op: TxnOp, keys: Keys): boolean {
  return op.compare.every((compare) => holds(compare, keys))
}

function holds(compare: Compare, keys: Keys): boolean {
  const found: (string | number)[] = sorted(keys)
    .filter(({ key }) => isIn(key, compare))
    .map((kv) => kv[compare.target])
  if (found.length === 0 && compare.target === 'value') return false
  return (found.length === 0 ? [0] : found).every((one) => {
    if (compare.is === 'equal') return one === compare.than
    if (compare.is === 'not-equal') return one !== compare.than
    return compare.is === 'less' ? one < compare.than : one > compare.than
  })
}

function wrongWith(op: TxnOp): RefusalCode | undefined {
  const branches = [op.success, op.failure]
  if ([op.compare, ...branches].some(({ length }) => length > 128)) return 'too-many-operations'
  if (op.compare.some(({ key }) => key === '')) return 'empty-key'
  for (const step of branches.flat()) {
    const wrong = step.type === 'txn' ? wrongWith(step) : wrongWithStep(step)
    if (wrong !== undefined) return wrong
  }
  return branches.some((steps) => waysOf(steps).some(writesTwice)) ? 'duplicate-key' : undefined
}

function wrongWithStep(step: Exclude<TxnStep, TxnOp>): RefusalCode | undefined {
  if (step.key === '') return 'empty-key'
  if (step.type !== 'put') return undefined
  if (step.ignoreValue === true && step.value !== undefined) return 'value-provided'
  return step.ignoreLease === true && step.lease !== undefined && step.lease !== 0
    ? 'lease-provided'
    : undefined
}

type Plain = Exclude<TxnStep, TxnOp>

/** Every list of steps that a branch may come to. */
function waysOf(steps: readonly TxnStep[]): Plain[][] {
  let ways: Plain[][] = [[]]
  for (const step of steps) {
    const more = step.type === 'txn' ? [...waysOf(step.success), ...waysOf(step.failure)] : [[step]]
    ways = ways.flatMap((way) => more.map((next) => [...way, ...next]))
  }
  return ways
}

/** Keys are few and short here, so that ranges can be tried out. */
function writesTwice(steps: readonly Plain[]): boolean {
  const puts = steps.filter((step) => step.type === 'put').map(({ key }) => key)
  const removed: KeyRange[] = steps.filter((step) => step.type === 'delete-range')
  return (
    new Set(puts).size < puts.length ||
    puts.some((key) => removed.some((range) => isIn(key, range)))
  )
}
