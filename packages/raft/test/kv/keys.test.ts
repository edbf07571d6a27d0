import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../src/hash.ts'
import type { KeyValue } from '../../src/kv/key-value.ts'
import { Keys, type KeyTable, kvsOf } from '../../src/kv/keys.ts'
import { rankOf } from '../../src/kv/tree.ts'
import { mutant } from '../mutant.ts'

/** Two and two of these have one hash. */
const twins = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke']
const name = fc.oneof(
  { weight: 4, arbitrary: fc.nat(900).map((number) => `key ${number}`) },
  { weight: 1, arbitrary: fc.constantFrom(...twins) },
)
const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('set' as const), key: name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), key: name }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('foresee' as const), names: fc.array(name) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), which: fc.nat(20) }) },
)
/** Many keys first, so that there are several pages and leaves. */
const run = fc.record({
  grown: fc.nat(900),
  actions: fc.array(action, { maxLength: 150, size: 'max' }),
})

function kvOf(key: string, revision: number): KeyValue {
  const places = { createRevision: revision, modRevision: revision, version: 1, lease: 0 }
  return { key, value: String(revision), ...places }
}

function sorted(kvs: ReadonlyMap<string, KeyValue>): KeyValue[] {
  return [...kvs.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The keys say what a sorted map says, and everything saved still says what it said, while writes go on. */
function agrees(build: () => Keys) {
  return fc.property(run, fc.nat(200), ({ grown, actions }, skip) => {
    const keys = build()
    const saved: [KeyTable, readonly KeyValue[]][] = []
    const answered: (readonly [KeyValue | undefined, KeyValue | undefined])[] = []
    let naive = new Map<string, KeyValue>()
    let revision = 0
    const set = (key: string): void => {
      const kv = kvOf(key, ++revision)
      answered.push([keys.set(kv), naive.get(key)])
      naive.set(key, kv)
    }
    for (let i = 0; i < grown; i++) set(`key ${(i * 7919) % grown}`)
    for (const one of actions) {
      if (one.do === 'set') set(one.key)
      else if (one.do === 'delete') {
        answered.push([keys.delete(one.key), naive.get(one.key)])
        naive.delete(one.key)
      } else if (one.do === 'foresee') keys.foresee(one.names)
      else if (one.do === 'save') saved.push([keys.save(), sorted(naive)])
      else {
        const [table, kvs] = saved[one.which % saved.length] ?? []
        if (table === undefined || kvs === undefined) continue
        keys.restore(table)
        naive = new Map(kvs.map((kv) => [kv.key, kv]))
      }
      expect(keys.size).toBe(naive.size)
      if ('key' in one) answered.push([keys.get(one.key), naive.get(one.key)])
    }
    for (const [answer, expected] of answered) expect(answer).toEqual(expected)
    const all = sorted(naive)
    expect([...kvsOf(keys.table, skip)]).toEqual(all.slice(skip))
    expect(all.map((kv) => keys.get(kv.key))).toEqual(all)
    expect(rankOf(keys.table.order, 'key 5')).toBe(all.filter((kv) => kv.key < 'key 5').length)
    for (const [table, kvs] of saved) expect([...kvsOf(table)]).toEqual(kvs)
  })
}

/** Goes on changing what it gave away. */
class KeepsItsTable extends Keys {
  override save(): KeyTable {
    return this.table
  }
}

/** Leaves the places of a table that it had before. */
class RestoresTheOrderOnly extends Keys {
  override restore({ size, order }: KeyTable): void {
    super.restore({ size, order, values: this.table.values })
  }
}

describe('the keys', () => {
  it('agree with a sorted map, and never change what was saved', () => {
    for (const [one, other] of [twins.slice(0, 2), twins.slice(2, 4), twins.slice(4)]) {
      expect(hashOf(one as string)).toBe(hashOf(other as string))
    }
    fc.assert(
      agrees(() => new Keys(0)),
      { numRuns: 80 },
    )
  })

  const mutants: Readonly<Record<string, () => Keys>> = {
    'change what they gave away': () => new KeepsItsTable(),
    'go on with the values of another table': () => new RestoresTheOrderOnly(),
  }
  it.each(Object.entries(mutants))('do not when they %s', (_, build) => {
    expect(fc.check(agrees(build), mutant).failed).toBe(true)
  })
})
