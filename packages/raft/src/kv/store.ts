import { type Milliseconds, unreachable } from '@lockstep/process'
import { History, type SavedHistory } from './history.ts'
import { type Change, type KeyValue, keyOf, type Revision } from './key-value.ts'
import { Keys, type KeyTable, kvsOf } from './keys.ts'
import { type Lease, Leases, type LeaseTable } from './leases.ts'
import type {
  Compare,
  DeleteRangeStep,
  KvValue,
  PutStep,
  RangeOp,
  ReadOp,
  RefusalCode,
  Refused,
  StoreOp,
  StoreValue,
  TimeToLive,
  TxnOp,
  TxnResult,
  TxnStep,
  TxnStepResult,
} from './operation.ts'
import { keysIn, readRange } from './read-range.ts'
import { kvBytes } from './size.ts'
import { holds, stepsTaken, wrongWith, wrongWithStep } from './txn.ts'

/** The longest time to live that is granted: nine billion seconds. */
const ttlMaxMs = 9e12
/** The most changes that one write lets go from the history: more than most add, so that it never falls behind for long. */
const forgetMax = 4

const done: KvValue = { type: 'done' }
const deleted: KvValue = { type: 'deleted', existed: true }
const notThere: KvValue = { type: 'deleted', existed: false }
const swapped: KvValue = { type: 'swapped', swapped: true }
const notSwapped: KvValue = { type: 'swapped', swapped: false }
const missing: KvValue = { type: 'value', value: null }

/** What bounds a store. The same on every node of a cluster. */
export interface StoreLimits {
  /** So many revisions stay readable behind the newest one; what is older is compacted by itself. */
  readonly historyRevisions: number
  /** Leases are granted at least this long. */
  readonly leaseTtlMinMs: Milliseconds
}

/** About how many bytes a store holds: keys with their values, and the past that is kept. */
export interface StoreBytes {
  readonly keys: number
  readonly history: number
}

/** A store as plain data that never changes. */
export interface StoreState {
  readonly revision: Revision
  readonly compacted: Revision
  /** Log time. */
  readonly now: Milliseconds
  readonly keys: KeyTable
  readonly history: SavedHistory
  readonly leases: LeaseTable
}

/**
 * Keys, values and their past: a deterministic state machine, the same on every node after the same
 * operations at the same times. It means what etcd's means (version 3.4), with errors of its own.
 *
 * One counter, the revision, orders all that changes. Past revisions stay readable, and watchable,
 * back to the one that was compacted. A write of a key that is there takes as many steps whatever the
 * number of keys and however long the history, one of a new key steps down a tree; `save` costs nothing.
 */
export class Store {
  readonly #keys: Keys = new Keys()
  readonly #history: History = new History()
  readonly #leases: Leases = new Leases()
  readonly #limits: StoreLimits
  #revision: Revision = 1
  #compacted: Revision = 0
  #now: Milliseconds = 0
  /** Whether something was written under the revision after the newest one. */
  #isWriting = false
  /** `undefined` until somebody asks, after a state was restored. */
  #keyBytes: number | undefined = 0

  constructor(limits: StoreLimits) {
    this.#limits = limits
  }

  /** How many keys there are. */
  get size(): number {
    return this.#keys.size
  }

  /** How much it holds. Counted once after `restore`, and kept up from then on. */
  get bytes(): StoreBytes {
    if (this.#keyBytes === undefined) {
      this.#keyBytes = 0
      for (const kv of kvsOf(this.#keys.table)) this.#keyBytes += kvBytes(kv)
    }
    return { keys: this.#keyBytes, history: this.#history.bytes }
  }

  /** The revision of the newest change. */
  get revision(): Revision {
    return this.#revision
  }

  /** The oldest revision that can be read; 0 while none was compacted. */
  get compacted(): Revision {
    return this.#compacted
  }

  /** Log time: it never goes back. */
  get now(): Milliseconds {
    return this.#now
  }

  /** How many leases there are. */
  get leases(): number {
    return this.#leases.size
  }

  /** When the next lease expires, in log time; `undefined` without leases. */
  get nextExpiry(): Milliseconds | undefined {
    return this.#leases.first?.expiresAt
  }

  /** The history, to look at. */
  get history(): Pick<History, 'since'> {
    return this.#history
  }

  /** The first keys in their order with their values, at most so many. */
  first(keysMax: number): Readonly<Record<string, string>> {
    const some: (readonly [string, string])[] = []
    for (const { key, value } of kvsOf(this.#keys.table)) {
      if (some.length >= keysMax) break
      some.push([key, value])
    }
    return Object.fromEntries(some)
  }

  /** The state as it is now, to look at: what is applied later shows in it. */
  get state(): StoreState {
    return this.#stateOf(this.#keys.table, this.#history.view, this.#leases.table)
  }

  /** The state as it is now, for good. */
  save(): StoreState {
    return this.#stateOf(this.#keys.save(), this.#history.save(), this.#leases.save())
  }

  /** Goes on from a state that was saved. */
  restore({ revision, compacted, now, keys, history, leases }: StoreState): void {
    this.#revision = revision
    this.#compacted = compacted
    this.#now = now
    this.#keys.restore(keys)
    this.#keyBytes = undefined
    this.#history.restore(history)
    this.#leases.restore(leases)
  }

  /**
   * Log time has come that far, or further: leases that are due by then end, each in a revision of
   * its own. `leaseTime` is log time too, as whoever keeps the leases has it.
   */
  advance(now: Milliseconds, leaseTime: Milliseconds = now): void {
    this.#now = Math.max(this.#now, now)
    for (let due = this.#leases.first; due !== undefined; due = this.#leases.first) {
      if (due.expiresAt > leaseTime) return
      this.#end(due)
    }
  }

  /** Gives every lease its full time again. */
  renewLeases(): void {
    this.#leases.renewAll(this.#now)
  }

  /** What is wrong with an operation whatever the store holds; `undefined` when nothing is. */
  wrongWith(op: StoreOp): Refused | undefined {
    const wrong =
      op.type === 'txn' ? wrongWith(op) : op.type === 'range' ? wrongWithStep(op) : undefined
    return wrong === undefined ? undefined : this.#refused(wrong)
  }

  /** Looks at keys that are written next, and changes nothing. */
  foresee(keys: readonly string[]): void {
    this.#keys.foresee(keys)
  }

  /**
   * Carries one operation out and returns its value. `id` names a lease that is granted without a
   * name; no later one is below it.
   */
  apply(op: StoreOp, id: number): StoreValue {
    switch (op.type) {
      case 'put':
        this.#put(op.key, op.value, 0)
        return this.#committed(done)
      case 'delete':
        return this.#committed(this.#remove(op.key) ? deleted : notThere)
      case 'cas':
        if ((this.#keys.get(op.key)?.value ?? null) !== op.from) return notSwapped
        this.#put(op.key, op.to, 0)
        return this.#committed(swapped)
      case 'txn':
        return this.#txn(op)
      case 'compact':
        return this.#compact(op.revision)
      case 'grant':
        return this.#grant(op.lease, op.ttlMs, id)
      case 'revoke':
        return this.#revoke(op.lease)
      case 'keep-alive':
        return this.#keepAlive(op.lease)
      case 'get':
      case 'range':
      case 'time-to-live':
      case 'leases':
        return this.read(op)
      default:
        return unreachable(op)
    }
  }

  /** Carries out an operation that only reads. `now` is log time as its reader knows it. */
  read(op: ReadOp, now: Milliseconds = this.#now): StoreValue {
    switch (op.type) {
      case 'get': {
        const held = this.#keys.get(op.key)
        return held === undefined ? missing : { type: 'value', value: held.value }
      }
      case 'range': {
        const wrong = wrongWithStep(op) ?? this.#wrongRevision(op)
        return wrong === undefined ? this.#range(op) : this.#refused(wrong)
      }
      case 'txn':
        return this.#txn(op)
      case 'time-to-live':
        return this.#timeToLive(op.lease, op.keys === true, now)
      case 'leases':
        return { type: 'leases', revision: this.#revision, leases: this.#leases.ids }
      default:
        return unreachable(op)
    }
  }

  #stateOf(keys: KeyTable, history: SavedHistory, leases: LeaseTable): StoreState {
    const { revision, compacted, now } = this
    return { revision, compacted, now, keys, history, leases }
  }

  /** Ends a revision if something was written under it. */
  #committed<Value>(value: Value): Value {
    if (!this.#isWriting) return value
    this.#isWriting = false
    this.#revision++
    this.#compacted = Math.max(this.#compacted, this.#revision - this.#limits.historyRevisions)
    this.#history.forget(this.#compacted, forgetMax)
    return value
  }

  #put(key: string, value: string, lease: number): KeyValue | null {
    const revision = this.#revision + 1
    const after = { key, value, createRevision: revision, modRevision: revision, version: 1, lease }
    const before = this.#keys.set(after) ?? null
    if (before !== null) {
      // One text of each key stays in memory, however often it is written.
      after.key = before.key
      after.createRevision = before.createRevision
      after.version = before.version + 1
    }
    this.#changed({ revision, before, after })
    return before
  }

  #remove(key: string): boolean {
    const before = this.#keys.delete(key)
    if (before === undefined) return false
    this.#changed({ revision: this.#revision + 1, before, after: null })
    return true
  }

  /** Writes down what the revision that begins did to a key. */
  #changed(change: Change): void {
    const { before, after } = change
    this.#history.add(change)
    this.#leases.moved(keyOf(change), before?.lease ?? 0, after?.lease ?? 0)
    this.#isWriting = true
    if (this.#keyBytes === undefined) return
    if (before !== null) this.#keyBytes -= kvBytes(before)
    if (after !== null) this.#keyBytes += kvBytes(after)
  }

  #range(op: RangeOp): TxnStepResult & { type: 'range' } {
    const revision = this.#revision + (this.#isWriting ? 1 : 0)
    return readRange(this.#keys.table, this.#history, revision, op)
  }

  #txn(op: TxnOp): StoreValue {
    const wrong = wrongWith(op)
    if (wrong !== undefined) return this.#refused(wrong)
    // A transaction sees comparisons as they were before it, so all are decided before it begins.
    const succeeds = this.#decided(op)
    for (const step of stepsTaken([op], succeeds)) {
      const missed = step.type === 'range' ? this.#wrongRevision(step) : this.#missedBy(step)
      if (missed !== undefined) return this.#refused(missed)
    }
    return this.#committed(this.#take(op, succeeds))
  }

  /** Decides every comparison of a transaction, and of those within it. */
  #decided(op: TxnOp): (txn: TxnOp) => boolean {
    const decided = new Map<TxnOp, boolean>()
    const decide = (txn: TxnOp): void => {
      decided.set(txn, this.succeeds(txn))
      for (const step of [...txn.success, ...txn.failure]) if (step.type === 'txn') decide(step)
    }
    decide(op)
    return (txn) => decided.get(txn) === true
  }

  /** Whether all comparisons of a transaction hold now. */
  succeeds(txn: TxnOp): boolean {
    return txn.compare.every((compare) => this.#holds(compare))
  }

  #holds(compare: Compare): boolean {
    return holds(compare, keysIn(this.#keys.table, compare))
  }

  #take(op: TxnOp, succeeds: (txn: TxnOp) => boolean): TxnResult {
    const succeeded = succeeds(op)
    const results = (succeeded ? op.success : op.failure).map((step) => this.#step(step, succeeds))
    const revision = this.#revision + (this.#isWriting ? 1 : 0)
    return { type: 'txn', revision, succeeded, results }
  }

  #step(step: TxnStep, succeeds: (txn: TxnOp) => boolean): TxnStepResult {
    switch (step.type) {
      case 'range':
        return this.#range(step)
      case 'put':
        return this.#putStep(step)
      case 'delete-range':
        return this.#deleteRange(step)
      case 'txn':
        return this.#take(step, succeeds)
      default:
        return unreachable(step)
    }
  }

  #putStep({ key, value, lease, prevKv, ignoreValue, ignoreLease }: PutStep): TxnStepResult {
    const held = this.#keys.get(key)
    const before = this.#put(
      key,
      ignoreValue === true && held !== undefined ? held.value : (value ?? ''),
      ignoreLease === true && held !== undefined ? held.lease : (lease ?? 0),
    )
    const result = { type: 'put', revision: this.#revision + 1 } as const
    return prevKv === true && before !== null ? { ...result, prevKv: before } : result
  }

  #deleteRange(step: DeleteRangeStep): TxnStepResult {
    const prevKvs = [...keysIn(this.#keys.table, step)]
    for (const { key } of prevKvs) this.#remove(key)
    const revision = this.#revision + (this.#isWriting ? 1 : 0)
    const result = { type: 'delete-range', revision, deleted: prevKvs.length } as const
    return step.prevKv === true ? { ...result, prevKvs } : result
  }

  #compact(revision: Revision): StoreValue {
    if (revision <= this.#compacted) return this.#refused('compacted')
    if (revision > this.#revision) return this.#refused('future-revision')
    this.#compacted = revision
    return { type: 'compact', revision: this.#revision }
  }

  #grant(wanted: number, ttlMs: Milliseconds, unused: number): StoreValue {
    if (ttlMs > ttlMaxMs) return this.#refused('ttl-too-large')
    if (this.#leases.get(wanted) !== undefined) return this.#refused('lease-exists')
    let id = wanted === 0 ? unused : wanted
    while (this.#leases.get(id) !== undefined) id++
    const granted = Math.max(ttlMs, this.#limits.leaseTtlMinMs)
    this.#leases.set({ id, ttlMs: granted, expiresAt: this.#now + granted })
    return { type: 'grant', revision: this.#revision, lease: id, ttlMs: granted }
  }

  #revoke(id: number): StoreValue {
    const lease = this.#leases.get(id)
    if (lease === undefined) return this.#refused('lease-not-found')
    this.#end(lease)
    return { type: 'revoke', revision: this.#revision }
  }

  #keepAlive(id: number): StoreValue {
    const lease = this.#leases.get(id)
    const { revision } = this
    if (lease === undefined) return { type: 'keep-alive', revision, ttlMs: 0 }
    this.#leases.set({ ...lease, expiresAt: this.#now + lease.ttlMs })
    return { type: 'keep-alive', revision, ttlMs: lease.ttlMs }
  }

  #timeToLive(id: number, withKeys: boolean, now: Milliseconds): TimeToLive {
    const lease = this.#leases.get(id)
    const { revision } = this
    if (lease === undefined) return { type: 'time-to-live', revision, ttlMs: -1, grantedMs: 0 }
    const ttlMs = Math.max(0, lease.expiresAt - now)
    const answer = { type: 'time-to-live', revision, ttlMs, grantedMs: lease.ttlMs } as const
    return withKeys ? { ...answer, keys: this.#leases.keysOf(id) } : answer
  }

  /** Removes the keys of a lease, in one revision, and the lease. */
  #end(lease: Lease): void {
    for (const key of this.#leases.keysOf(lease.id)) this.#remove(key)
    this.#leases.delete(lease)
    this.#committed(undefined)
  }

  #wrongRevision({ revision = 0 }: RangeOp): RefusalCode | undefined {
    if (revision === 0) return undefined
    if (revision > this.#revision) return 'future-revision'
    return revision < this.#compacted ? 'compacted' : undefined
  }

  /** What a put within a transaction needs and does not find. */
  #missedBy({ key, lease = 0, ignoreValue, ignoreLease }: PutStep): RefusalCode | undefined {
    const mustExist = ignoreValue === true || ignoreLease === true
    if (mustExist && this.#keys.get(key) === undefined) return 'key-not-found'
    if (lease !== 0 && this.#leases.get(lease) === undefined) return 'lease-not-found'
    return undefined
  }

  #refused(code: RefusalCode): Refused {
    return { type: 'refused', code, revision: this.#revision, compacted: this.#compacted }
  }
}
