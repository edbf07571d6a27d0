import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/kv/key-value.ts'
import type { Compare, RangeOp, StoreOp, StoreValue, TxnStep } from '../../src/kv/operation.ts'
import { everyKey, noEnd } from '../../src/kv/range.ts'
import { noSessions } from '../../src/kv/sessions.ts'
import { itemsOf, StateBuilder, sizeOf } from '../../src/kv/state.ts'
import { changeBytes, kvBytes } from '../../src/kv/size.ts'
import { Store, type StoreBytes, type StoreLimits, type StoreState } from '../../src/kv/store.ts'
import { mutant } from '../mutant.ts'
import { StoreModel } from './store-model.ts'

const key = fc.constantFrom('a', 'b', 'c', 'd')
const value = fc.constantFrom('1', '2', '3')
const lease = fc.constantFrom(0, 0, 1, 2, 900)
const revision = fc.nat(24)
const range = fc.oneof(
  fc.record({ key }),
  fc.record({ key, end: fc.constantFrom('b', 'c', 'e', noEnd) }),
)
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 3 })

/** Without the fields that were left out. */
function dense<T>(of: fc.Arbitrary<object>): fc.Arbitrary<T> {
  return of.map((one) => {
    const entries = Object.entries(one).filter(([, field]) => field !== undefined)
    return Object.fromEntries(entries) as T
  })
}

const rangeOp = dense<RangeOp>(
  fc
    .tuple(
      range,
      fc.record({
        revision: maybe(revision),
        limit: maybe(fc.nat(3)),
        sort: maybe(
          fc.record({
            by: fc.constantFrom('key', 'value', 'version', 'createRevision', 'modRevision'),
            order: fc.constantFrom('ascending', 'descending'),
          }),
        ),
        minModRevision: maybe(revision),
        maxModRevision: maybe(revision),
        minCreateRevision: maybe(revision),
        maxCreateRevision: maybe(revision),
        keysOnly: maybe(fc.boolean()),
        countOnly: maybe(fc.boolean()),
      }),
    )
    .map(([of, options]) => ({ type: 'range', ...of, ...options })),
)
const putStep = dense<TxnStep>(
  fc.record({
    type: fc.constant('put' as const),
    key,
    value: fc.oneof(
      { weight: 4, arbitrary: value },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    lease: maybe(lease),
    prevKv: maybe(fc.boolean()),
    ignoreValue: fc.constantFrom(undefined, undefined, undefined, true),
    ignoreLease: fc.constantFrom(undefined, undefined, undefined, true),
  }),
)
const deleteRange = dense<TxnStep>(
  fc
    .tuple(range, maybe(fc.boolean()))
    .map(([of, prevKv]) => ({ type: 'delete-range', ...of, prevKv })),
)
const compare = dense<Compare>(
  fc
    .tuple(
      range,
      fc.constantFrom('equal', 'not-equal', 'less', 'greater'),
      fc.oneof(
        fc.record({ target: fc.constant('value'), than: value }),
        fc.record({
          target: fc.constantFrom('version', 'createRevision', 'modRevision', 'lease'),
          than: fc.nat(3),
        }),
      ),
    )
    .map(([of, is, what]) => ({ ...of, is, ...what })),
)
const { txn } = fc.letrec<{ txn: StoreOp & { type: 'txn' }; step: TxnStep }>((tie) => ({
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: putStep },
    { weight: 2, arbitrary: rangeOp },
    { weight: 2, arbitrary: deleteRange },
    { weight: 1, arbitrary: tie('txn') },
  ),
  txn: fc.record({
    type: fc.constant('txn' as const),
    compare: fc.array(compare, { maxLength: 2 }),
    success: fc.array(tie('step'), { maxLength: 3 }),
    failure: fc.array(tie('step'), { maxLength: 2 }),
  }),
}))
/** A put that only a lease makes interesting. */
const leasedPut = fc.record({ key, lease: fc.constantFrom(1, 2) }).map(
  (put): StoreOp => ({
    type: 'txn',
    compare: [],
    success: [{ type: 'put', value: '4', ...put }],
    failure: [],
  }),
)
const operation: fc.Arbitrary<StoreOp> = fc.oneof(
  fc.record({ type: fc.constant('get'), key }),
  { weight: 3, arbitrary: fc.record({ type: fc.constant('put'), key, value }) },
  fc.record({ type: fc.constant('delete'), key }),
  fc.record({ type: fc.constant('cas'), key, from: fc.option(value), to: value }),
  { weight: 2, arbitrary: rangeOp },
  { weight: 4, arbitrary: txn },
  { weight: 3, arbitrary: leasedPut },
  fc.record({ type: fc.constant('compact'), revision }),
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('grant'),
      lease,
      ttlMs: fc.constantFrom(-1, 20, 90, 90, 9.1e12),
    }),
  },
  fc.record({ type: fc.constant('revoke'), lease }),
  fc.record({ type: fc.constant('keep-alive'), lease }),
  fc.record({ type: fc.constant('time-to-live'), lease, keys: fc.boolean() }),
  fc.record({ type: fc.constant('leases') }),
)
const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('apply' as const), op: operation }) },
  fc.record({ do: fc.constant('pass' as const), ms: fc.nat(8) }),
  fc.record({ do: fc.constant('renew' as const) }),
  fc.record({ do: fc.constant('save' as const) }),
  fc.record({ do: fc.constant('travel' as const) }),
)
const limits = fc.record({
  historyRevisions: fc.constantFrom(3, 10, 1000),
  leaseTtlMinMs: fc.constant(10),
})

/** A store that went through the items of another one's state. */
function travelled(store: Store, build: () => Store): Store {
  const builder = new StateBuilder()
  const state = { store: store.save(), sessions: noSessions }
  const items = [...itemsOf(state)]
  expect(items).toHaveLength(sizeOf(state))
  for (const item of JSON.parse(JSON.stringify(items)) as typeof items) builder.add(item)
  const other = build()
  other.restore(builder.build().store)
  return other
}

/** The store answers what the model answers, now and about the past, whatever it went through. */
function agrees(build: (of: StoreLimits) => Store) {
  return fc.property(limits, fc.array(action, { maxLength: 60, size: 'max' }), (of, actions) => {
    const model = new StoreModel(of)
    let store = build(of)
    let now = 0
    let index = 900
    const answered: (readonly [StoreValue, StoreValue])[] = []
    const saved: [ReturnType<Store['save']>, string][] = []
    for (const one of actions) {
      if (one.do === 'pass') {
        now += one.ms
        store.advance(now)
        model.advance(now)
      } else if (one.do === 'renew') {
        store.renewLeases()
        model.renewLeases()
      } else if (one.do === 'save') {
        const state = store.save()
        saved.push([state, JSON.stringify(state)])
      } else if (one.do === 'travel') store = travelled(store, () => build(of))
      else answered.push([store.apply(one.op, ++index), model.apply(one.op, index)])
      expect([store.revision, store.compacted]).toEqual([model.revision, model.compacted])
      expect(store.bytes).toEqual(bytesIn(store))
    }
    for (const [answer, expected] of answered) expect(answer).toEqual(expected)
    compareAll(store, model)
    for (const [state, text] of saved) expect(JSON.stringify(state)).toBe(text)
  })
}

/** The bytes of all that can be read of a store. */
function bytesIn(store: Store): StoreBytes {
  const all = store.read({ type: 'range', ...everyKey })
  if (all.type !== 'range') throw new Error('a range was refused')
  const keys = all.kvs.reduce((sum, kv) => sum + kvBytes(kv), 0)
  const history = [...store.history.since(0)].reduce((sum, change) => sum + changeBytes(change), 0)
  return { keys, history }
}

function compareAll(store: Store, model: StoreModel): void {
  for (let past = Math.max(1, model.compacted); past <= model.revision; past++) {
    const read: RangeOp = { type: 'range', ...everyKey, revision: past }
    expect(store.apply(read, 0)).toEqual(model.apply(read, 0))
  }
  const since = (changes: Iterable<Change>) => [...changes]
  for (let from = model.compacted; from <= model.revision + 1; from++) {
    const expected = model.changes.filter(({ revision: of }) => of >= from)
    expect(since(store.history.since(from))).toEqual(expected)
  }
  expect(store.apply({ type: 'leases' }, 0)).toEqual(model.apply({ type: 'leases' }, 0))
  expect(store.nextExpiry).toBe(
    [...model.leases.values()].map(({ expiresAt }) => expiresAt).sort((a, b) => a - b)[0],
  )
}

class KeepsKeys extends Store {
  override apply(op: StoreOp, id: number): StoreValue {
    if (op.type !== 'revoke') return super.apply(op, id)
    return { type: 'revoke', revision: this.revision }
  }
}

class NeverRenews extends Store {
  override apply(op: StoreOp, id: number): StoreValue {
    if (op.type !== 'keep-alive') return super.apply(op, id)
    const ttl = super.apply({ ...op, type: 'time-to-live' }, id)
    const ttlMs = ttl.type === 'time-to-live' ? ttl.grantedMs : 0
    return { type: 'keep-alive', revision: this.revision, ttlMs }
  }
}

class ForgetsThePast extends Store {
  override apply(op: StoreOp, id: number): StoreValue {
    if (op.type !== 'range' || (op.revision ?? 0) > this.revision) return super.apply(op, id)
    return super.apply({ ...op, revision: 0 }, id)
  }
}

class DoesOneStep extends Store {
  override apply(op: StoreOp, id: number): StoreValue {
    if (op.type !== 'txn') return super.apply(op, id)
    return super.apply({ ...op, success: op.success.slice(0, 1) }, id)
  }
}

class CountsWhatIsGone extends Store {
  #most = 0
  override get bytes(): StoreBytes {
    this.#most = Math.max(this.#most, super.bytes.keys)
    return { ...super.bytes, keys: this.#most }
  }
}

class ForgetsRevision extends Store {
  override save(): StoreState {
    return { ...super.save(), revision: 1 }
  }
}

describe('the store', () => {
  it('agrees with an array of revisions, about the past too, through snapshots and restarts', () => {
    fc.assert(
      agrees((of) => new Store(of)),
      { numRuns: 300 },
    )
  })

  const mutants: Readonly<Record<string, (of: StoreLimits) => Store>> = {
    'keeps a key with its lease when the lease ends': (of) => new KeepsKeys(of),
    'gives a lease no new time when it is kept alive': (of) => new NeverRenews(of),
    'reads a past revision as of now': (of) => new ForgetsThePast(of),
    'does only the first step of a transaction': (of) => new DoesOneStep(of),
    'counts the bytes of keys that are gone': (of) => new CountsWhatIsGone(of),
    'forgets its revision in a snapshot': (of) => new ForgetsRevision(of),
  }
  it.each(Object.entries(mutants))('does not when it %s', (_, build) => {
    expect(fc.check(agrees(build), mutant).failed).toBe(true)
  })
})
