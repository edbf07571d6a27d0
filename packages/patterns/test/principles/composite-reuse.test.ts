import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  ClashError,
  compose,
  type Heir,
  inheritanceReport,
} from '../../src/principles/composite-reuse.ts'
import { view } from '../../src/principles/interface-segregation.ts'
import { classesOf } from './parsed.ts'

class Store {
  readonly #values = new Map<string, number>()
  put(key: string, value: number): this {
    this.#values.set(key, value)
    return this
  }
  get(key: string): number | undefined {
    return this.#values.get(key)
  }
  get size(): number {
    return this.#values.size
  }
}

class Meter {
  reads = 0
  read(): number {
    return ++this.reads
  }
}

interface Whole {
  put(key: string, value: number): unknown
  get(key: string): number | undefined
  readonly size: number
  readonly reads: number
  read(): number
}
type Compose = (store: Store, meter: Meter) => Whole

const key = fc.constantFrom('a', 'b')
const call = fc.oneof(
  fc.tuple(key, fc.nat(9)).map(
    ([k, value]) =>
      (on: Whole) =>
        void on.put(k, value),
  ),
  key.map((k) => (on: Whole) => on.get(k)),
  fc.constant((on: Whole) => [on.read(), on.reads, on.size]),
)

const delegates = (make: Compose): fc.IPropertyWithHooks<[unknown]> =>
  fc.property(fc.array(call), (calls) => {
    const [store, meter] = [new Store(), new Meter()]
    const byHand: Whole = {
      put: (k, value) => store.put(k, value),
      get: (k) => store.get(k),
      get size() {
        return store.size
      },
      get reads() {
        return meter.reads
      },
      read: () => meter.read(),
    }
    const whole = make(new Store(), new Meter())
    expect(calls.map((one) => one(whole))).toEqual(calls.map((one) => one(byHand)))
  })

/** Copies members, as a spread does: fields and accessors are read once. */
const copied: Compose = (store, meter) => ({
  reads: meter.reads,
  read: () => meter.read(),
  put: (k, value) => store.put(k, value),
  get: (k) => store.get(k),
  size: store.size,
})

/** Types in a row, each extending some of those before it. */
const hierarchy = fc
  .array(fc.uniqueArray(fc.nat(7), { maxLength: 3 }), { maxLength: 7 })
  .map((rows) =>
    rows.map((above, i): Heir => {
      const parents = i === 0 ? [] : [...new Set(above.map((one) => `t${one % i}`))]
      return { name: `t${i}`, extends: parents }
    }),
  )

type Report = typeof inheritanceReport

/** Every way up, written out. */
function waysUp(heirs: readonly Heir[], name: string): string[][] {
  const above = heirs.find((heir) => heir.name === name)?.extends ?? []
  return above.flatMap((parent) => [
    [parent],
    ...waysUp(heirs, parent).map((way) => [parent, ...way]),
  ])
}

const agreesWithAllWays = (report: Report): fc.IPropertyWithHooks<[readonly Heir[]]> =>
  fc.property(hierarchy, (heirs) => {
    const { depths, diamonds } = report(heirs)
    for (const { name } of heirs) {
      const ways = waysUp(heirs, name)
      expect(depths.get(name)).toBe(Math.max(0, ...ways.map((way) => way.length)))
      const startsTo = (end: string): Set<string | undefined> =>
        new Set(ways.filter((way) => way.at(-1) === end).map(([start]) => start))
      const shared = heirs.map((heir) => heir.name).filter((end) => startsTo(end).size > 1)
      const hidden = shared.flatMap((end) => waysUp(heirs, end).flat())
      const nearest = shared.filter((end) => !hidden.includes(end))
      const found = diamonds.find((diamond) => diamond.name === name)?.ancestors ?? []
      expect(found.toSorted()).toEqual(nearest.toSorted())
    }
  })

/** Looks at parents and not beyond. */
const shortSighted: Report = (heirs) => {
  const { depths } = inheritanceReport(heirs)
  return { depths, diamonds: [] }
}

/** Counts the shortest way. */
const shallow: Report = (heirs) => {
  const { diamonds } = inheritanceReport(heirs)
  return { depths: new Map(heirs.map((heir) => [heir.name, heir.extends.length && 1])), diamonds }
}

describe('composite reuse', () => {
  test('a composed object does what delegation by hand does', () => {
    fc.assert(delegates((store, meter) => compose(store, meter)))
  })

  test('an object that copies its parts is caught', () => {
    expect(fc.check(delegates(copied), { seed: 1 }).failed).toBe(true)
  })

  test('parts that clash are refused by type and at run time, and a view says which is meant', () => {
    const [store, map] = [new Store(), new Map<string, number>()]
    // @ts-expect-error both have get and size
    expect(() => compose(store, map)).toThrow(ClashError)
    const both = compose(store, view(map, ['has', 'set']))
    expectTypeOf(both.has).toEqualTypeOf<(key: string) => boolean>()
    expectTypeOf(both.size).toEqualTypeOf<number>()
    both.set('a', 1)
    expect([both.size, map.size, both.has('a')]).toEqual([0, 1, true])
    expect(() => {
      // @ts-expect-error the whole is for calling
      both.has = () => false
    }).toThrow(TypeError)
  })

  test('depths and diamonds are what all ways up say', () => {
    fc.assert(agreesWithAllWays(inheritanceReport))
  })

  test.for([shortSighted, shallow])('a report that is wrong is caught: %o', (wrong) => {
    expect(fc.check(agreesWithAllWays(wrong), { seed: 1 }).failed).toBe(true)
  })

  test('a type that extends itself is refused', () => {
    const circle: Heir[] = [
      { name: 'a', extends: ['b'] },
      { name: 'b', extends: ['a'] },
    ]
    expect(() => inheritanceReport(circle)).toThrow('in a circle: a > b > a')
  })

  test('before: a cached, logged store is a logged store is a store. After: it is made of three', () => {
    const before = `class Store { get(key) {} }
      class Logged extends Store { get(key) { log(key); return super.get(key) } }
      class Cached extends Logged { get(key) { return cache(key) ?? super.get(key) } }`
    const after = `class Store { get(key) {} }
      class Logged { constructor(store) { this.store = store } }
      class Cached { constructor(store) { this.store = store } }`
    const deepest = (source: string): number =>
      Math.max(...inheritanceReport(classesOf('store.ts', source)).depths.values())
    expect([deepest(before), deepest(after)]).toEqual([2, 0])
  })
})
