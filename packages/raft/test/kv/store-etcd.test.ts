import { describe, expect, it } from 'vitest'
import type { RangeOp, StoreOp, StoreValue, TxnStep } from '../../src/kv/operation.ts'
import { everyKey, noEnd, prefixOf } from '../../src/kv/range.ts'
import { Store } from '../../src/kv/store.ts'

/** What etcd 3.4 does, observed there line by line; the texts of its errors are not ours, their reasons are. */
function store(...ops: readonly StoreOp[]): { store: Store; ask: (op: StoreOp) => StoreValue } {
  const made = new Store({ historyRevisions: 1000, leaseTtlMinMs: 2000 })
  let id = 100
  const ask = (op: StoreOp): StoreValue => made.apply(op, ++id)
  for (const op of ops) ask(op)
  return { store: made, ask }
}

const put = (key: string, value = '1'): StoreOp => ({ type: 'put', key, value })
const remove = (key: string): StoreOp => ({ type: 'delete', key })
const grant = (lease: number, ttlMs = 2000): StoreOp => ({ type: 'grant', lease, ttlMs })
const txn = (...success: readonly TxnStep[]): StoreOp & { type: 'txn' } => ({
  type: 'txn',
  compare: [],
  success,
  failure: [],
})
const all: RangeOp = { type: 'range', ...everyKey }
const putStep = (key: string, more: object = {}): TxnStep => ({
  type: 'put',
  key,
  value: '1',
  ...more,
})

function kvs(value: StoreValue): unknown {
  return value.type === 'range' ? value.kvs : value
}

function code(value: StoreValue): string {
  return value.type === 'refused' ? value.code : 'none'
}

describe('a revision', () => {
  it('begins at 1 and grows by one for each put, the same value again too', () => {
    const { store: made, ask } = store()
    expect(made.revision).toBe(1)
    ask(put('a'))
    ask(put('a'))
    expect(made.revision).toBe(3)
    expect(kvs(ask(all))).toEqual([
      { key: 'a', value: '1', createRevision: 2, modRevision: 3, version: 2, lease: 0 },
    ])
  })

  it('grows by one for a transaction that writes, whatever it writes, and not for one that reads', () => {
    const { store: made, ask } = store(txn(putStep('a'), putStep('b')))
    expect(made.revision).toBe(2)
    ask(txn(all))
    ask(txn())
    expect(made.revision).toBe(2)
  })

  it('grows for a removal that finds a key, and not for one that finds none', () => {
    const { store: made, ask } = store(put('a'), put('b'), remove('c'))
    expect(made.revision).toBe(3)
    ask(txn({ type: 'delete-range', key: 'a', end: noEnd }))
    expect(made.revision).toBe(4)
    ask(txn({ type: 'delete-range', key: 'a', end: noEnd }))
    expect(made.revision).toBe(4)
  })

  it('grows by one for a lease that ends with three keys', () => {
    const leased = ['a', 'b', 'c'].map((key) => txn(putStep(key, { lease: 7 })))
    const { store: made, ask } = store(grant(7), ...leased)
    expect(made.revision).toBe(4)
    ask({ type: 'revoke', lease: 7 })
    expect([made.revision, made.size]).toEqual([5, 0])
    ask(grant(8))
    ask({ type: 'revoke', lease: 8 })
    expect(made.revision).toBe(5)
  })

  it('orders what a transaction did to its keys', () => {
    const { store: made } = store(txn(putStep('b'), putStep('a')))
    expect([...made.history.since(2)].map(({ after }) => after?.key)).toEqual(['b', 'a'])
  })

  it('makes a key anew after it was removed', () => {
    const { ask } = store(put('a'), put('a'), remove('a'), put('a'))
    expect(kvs(ask(all))).toEqual([
      { key: 'a', value: '1', createRevision: 5, modRevision: 5, version: 1, lease: 0 },
    ])
  })
})

describe('a range', () => {
  const { ask } = store(put('a'), put('b', '3'), put('c', '2'), put('b', '3'), put('bb'))
  const keys = (op: Partial<RangeOp>): unknown => {
    const value = ask({ ...all, ...op })
    return value.type === 'range' ? [value.kvs.map(({ key }) => key).join(''), value.count] : value
  }

  it('is a key, or goes up to an end, to no end, or over a prefix', () => {
    const { key, ...withoutKey } = all
    expect(kvs(ask({ type: 'range', key: 'x' }))).toEqual([])
    expect(keys({ key: 'a', end: 'c' })).toEqual(['abbb', 3])
    expect(keys({ key: 'b', end: noEnd })).toEqual(['bbbc', 3])
    expect(keys(prefixOf('b'))).toEqual(['bbb', 2])
    expect(keys({ key: 'c', end: 'a' })).toEqual(['', 0])
    expect(code(ask({ ...withoutKey, key: '' }))).toBe('empty-key')
    expect(key).toBe('\0')
  })

  it('counts all keys, whatever the limit and the filters leave', () => {
    expect(keys({ limit: 2 })).toEqual(['ab', 4])
    expect(keys({ minModRevision: 5 })).toEqual(['bbb', 4])
    expect(keys({ maxModRevision: 4 })).toEqual(['ac', 4])
    expect(keys({ minCreateRevision: 4 })).toEqual(['bbc', 4])
    expect(keys({ maxCreateRevision: 3 })).toEqual(['ab', 4])
    expect(ask({ ...all, countOnly: true })).toMatchObject({ kvs: [], count: 4, more: false })
  })

  it('says whether there is more than the limit', () => {
    expect(ask({ ...all, limit: 3 })).toMatchObject({ more: true })
    expect(ask({ ...all, limit: 4 })).toMatchObject({ more: false })
    expect(ask({ ...all, limit: 2, minModRevision: 5 })).toMatchObject({ more: false })
  })

  it.each([
    ['key', 'descending', 'cbbba'],
    ['value', 'ascending', 'abbcb'],
    ['version', 'descending', 'babbc'],
    ['createRevision', 'ascending', 'abcbb'],
    ['modRevision', 'descending', 'bbbca'],
  ] as const)('is sorted by %s, %s', (by, order, sorted) => {
    expect(keys({ sort: { by, order } })).toEqual([sorted, 4])
  })

  it('leaves values out where only keys are asked for', () => {
    expect(kvs(ask({ type: 'range', key: 'b', keysOnly: true }))).toMatchObject([{ value: '' }])
  })

  it('reads the past down to the compacted revision itself, and not the future', () => {
    const { ask: of } = store(put('a', '1'), put('a', '2'), put('a', '3'))
    const at = (revision: number): unknown => {
      const value = of({ type: 'range', key: 'a', revision })
      return value.type === 'range' ? [value.kvs[0]?.value, value.revision] : code(value)
    }
    expect([at(1), at(2), at(4)]).toEqual([
      [undefined, 4],
      ['1', 4],
      ['3', 4],
    ])
    expect(at(5)).toBe('future-revision')
    of({ type: 'compact', revision: 3 })
    expect([at(2), at(3)]).toEqual(['compacted', ['2', 4]])
  })
})

describe('a put', () => {
  it('keeps the value or the lease where asked to, and refuses a second one', () => {
    const { ask } = store(grant(7), txn(putStep('a', { lease: 7 })))
    const bare: TxnStep = { type: 'put', key: 'a', ignoreValue: true }
    expect(code(ask(txn(putStep('a', { ignoreValue: true }))))).toBe('value-provided')
    expect(code(ask(txn(putStep('a', { ignoreLease: true, lease: 7 }))))).toBe('lease-provided')
    expect(code(ask(txn({ ...bare, key: 'z' })))).toBe('key-not-found')
    ask(txn(putStep('a', { ignoreLease: true, value: '2' })))
    expect(kvs(ask(all))).toMatchObject([{ value: '2', lease: 7 }])
    ask(txn({ ...bare, lease: 7 }))
    expect(kvs(ask(all))).toMatchObject([{ value: '2', lease: 7, version: 3 }])
  })

  it('takes the key out of its lease when it names none', () => {
    const { store: made, ask } = store(grant(7), txn(putStep('a', { lease: 7 })), put('a'))
    ask({ type: 'revoke', lease: 7 })
    expect(made.size).toBe(1)
  })

  it('needs a key, and a lease that there is', () => {
    const { ask } = store()
    expect(code(ask(txn(putStep(''))))).toBe('empty-key')
    expect(code(ask(txn(putStep('a', { lease: 7 }))))).toBe('lease-not-found')
  })
})

describe('a transaction', () => {
  it('takes success when all comparisons hold, and failure otherwise', () => {
    const { ask } = store(put('a', '5'))
    const of = (...compare: (StoreOp & { type: 'txn' })['compare']): unknown => {
      const value = ask({ ...txn(), compare })
      return value.type === 'txn' && value.succeeded
    }
    const value = (key: string, is: 'equal' | 'not-equal', than: string) =>
      ({ key, target: 'value', is, than }) as const
    expect(of(value('a', 'equal', '5'))).toBe(true)
    expect(of(value('a', 'equal', '5'), value('a', 'equal', '6'))).toBe(false)
    expect(of({ key: 'z', target: 'version', is: 'equal', than: 0 })).toBe(true)
    expect(of({ key: 'z', target: 'createRevision', is: 'equal', than: 0 })).toBe(true)
    expect(of(value('z', 'not-equal', '5'))).toBe(false)
  })

  it('compares all keys of a range; an empty range is one key of zeros', () => {
    const { ask } = store(put('a', '5'), put('b', '6'))
    const of = (key: string, than: string | number): unknown => {
      const target = typeof than === 'string' ? 'value' : 'modRevision'
      const compare = [{ key, end: noEnd, target, is: 'less', than }] as never
      const value = ask({ ...txn(), compare })
      return value.type === 'txn' && value.succeeded
    }
    expect([of('a', '7'), of('a', '6'), of('x', '6'), of('x', 1)]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('lets each step see what those before it wrote', () => {
    const read: TxnStep = { type: 'range', key: 'a' }
    const { ask } = store(put('a', 'old'))
    const value = ask(txn(read, putStep('a', { value: 'new' }), read))
    expect(value).toMatchObject({
      revision: 3,
      results: [
        { revision: 2, kvs: [{ value: 'old' }] },
        { revision: 3 },
        { revision: 3, kvs: [{ value: 'new', modRevision: 3 }] },
      ],
    })
  })

  it('refuses a key that is written twice, or written and removed, by one branch', () => {
    const { store: made, ask } = store()
    const removed: TxnStep = { type: 'delete-range', key: 'a', end: 'c' }
    expect(code(ask(txn(putStep('a'), putStep('a'))))).toBe('duplicate-key')
    expect(code(ask(txn(putStep('b'), removed)))).toBe('duplicate-key')
    expect(code(ask(txn(putStep('a'), txn(putStep('a')))))).toBe('duplicate-key')
    expect(made.revision).toBe(1)
    expect(code(ask({ ...txn(putStep('a')), failure: [putStep('a')] }))).toBe('none')
    expect(code(ask(txn(removed, removed)))).toBe('none')
  })

  it('may hold others, which share its revision', () => {
    const { store: made, ask } = store()
    const value = ask(txn(putStep('a'), txn(putStep('b'))))
    expect(value).toMatchObject({ revision: 2, results: [{}, { type: 'txn', revision: 2 }] })
    expect(made.revision).toBe(2)
  })

  it('has at most 128 comparisons and steps a branch', () => {
    const { ask } = store()
    const steps = Array.from({ length: 129 }, (_, i) => putStep(`k${i}`))
    expect(code(ask(txn(...steps)))).toBe('too-many-operations')
    expect(code(ask(txn(...steps.slice(1))))).toBe('none')
    const inner = txn(...Array.from({ length: 128 }, () => all))
    expect(code(ask(txn(...Array.from({ length: 8 }, () => inner))))).toBe('too-many-operations')
  })

  it('that is refused in one step changes nothing', () => {
    const { store: made, ask } = store()
    expect(code(ask(txn(putStep('a'), { ...all, revision: 9 })))).toBe('future-revision')
    expect([made.revision, made.size]).toEqual([1, 0])
  })
})

describe('a lease', () => {
  it.each([-1, 0, 1999])('of %i ms lives as long as the shortest', (ttlMs) => {
    expect(store().ask(grant(7, ttlMs))).toMatchObject({ lease: 7, ttlMs: 2000 })
  })

  it('is refused where it lives too long or is there already', () => {
    const { ask } = store(grant(7))
    expect(code(ask(grant(8, 9e12 + 1)))).toBe('ttl-too-large')
    expect(code(ask(grant(7)))).toBe('lease-exists')
  })

  it('expires by log time, with all its keys in one revision', () => {
    const { store: made } = store(
      grant(7),
      txn(putStep('a', { lease: 7 }), putStep('b', { lease: 7 })),
    )
    made.advance(1999)
    expect(made.size).toBe(2)
    made.advance(2000)
    expect([made.size, made.revision]).toEqual([0, 3])
  })

  it('that is unknown has no time to live, and is not kept alive, and cannot be revoked', () => {
    const { ask } = store()
    expect(ask({ type: 'time-to-live', lease: 7 })).toMatchObject({ ttlMs: -1 })
    expect(ask({ type: 'keep-alive', lease: 7 })).toMatchObject({ ttlMs: 0 })
    expect(code(ask({ type: 'revoke', lease: 7 }))).toBe('lease-not-found')
  })

  it('tells its keys and how long it lives', () => {
    const { store: made, ask } = store(grant(7), txn(putStep('a', { lease: 7 })))
    made.advance(500)
    const asked: StoreOp = { type: 'time-to-live', lease: 7, keys: true }
    expect(ask(asked)).toMatchObject({ ttlMs: 1500, grantedMs: 2000, keys: ['a'] })
    ask({ type: 'keep-alive', lease: 7 })
    expect(ask(asked)).toMatchObject({ ttlMs: 2000 })
  })

  it('gets a name where none is given', () => {
    expect(store(grant(101), grant(0)).ask({ type: 'leases' })).toMatchObject({
      leases: [101, 102],
    })
  })
})

describe('compaction', () => {
  it('goes forward only, and not into the future', () => {
    const { ask } = store(put('a'), put('a'))
    const compact = (revision: number): string => code(ask({ type: 'compact', revision }))
    expect(compact(4)).toBe('future-revision')
    expect(compact(2)).toBe('none')
    expect([compact(2), compact(1)]).toEqual(['compacted', 'compacted'])
    expect(compact(3)).toBe('none')
  })

  it('happens by itself behind so many revisions, and keeps memory bounded', () => {
    const made = new Store({ historyRevisions: 10, leaseTtlMinMs: 1 })
    for (let i = 0; i < 100; i++) made.apply(put('a', String(i)), 0)
    expect([made.revision, made.compacted]).toEqual([101, 91])
    expect([...made.history.since(0)]).toHaveLength(11)
  })
})
