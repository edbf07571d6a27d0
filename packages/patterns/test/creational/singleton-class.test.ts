import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reviveSole, Sole, SoleError, sole } from '../../src/creational/singleton-class.ts'
import { caught } from '../caught.ts'

class Ledger extends Sole {
  readonly currency = 'EUR'
  #balance = 0
  book(amount: number): number {
    return (this.#balance += amount)
  }
}
const ledger = sole('test/ledger', Ledger)

/** A class with a public constructor that keeps its first instance: what the attacks are for. */
class Naive {
  static #instance: Naive | undefined
  readonly currency = 'EUR'
  static get(): Naive {
    return (Naive.#instance ??= new Naive())
  }
}

interface Subject {
  readonly Class: new () => object
  readonly get: () => object
  readonly is: (value: unknown) => boolean
  readonly revive: (key: string, value: unknown) => unknown
}
const real: Subject = {
  Class: Ledger,
  get: ledger,
  is: (value) => ledger.is(value),
  revive: reviveSole,
}
const naive: Subject = {
  Class: Naive,
  get: () => Naive.get(),
  is: (value) => value instanceof Naive,
  revive: (_, value) => value,
}

/** Ways to come by a second instance: each gives what it got, or throws. */
const attacks: Record<string, (subject: Subject) => unknown> = {
  new: ({ Class }) => new Class(),
  'Reflect.construct': ({ Class }) => Reflect.construct(Class, []),
  'Reflect.construct as another class': ({ Class }) => Reflect.construct(Class, [], Date),
  'instance.constructor': ({ get }) => new (get().constructor as new () => object)(),
  subclass: ({ Class }) => new (class extends Class {})(),
  'Object.create': ({ Class }) => Object.create(Class.prototype) as object,
  'spread with the prototype': ({ Class, get }) =>
    Object.setPrototypeOf({ ...get() }, Class.prototype as object),
  structuredClone: ({ get }) => structuredClone(get()),
  JSON: ({ get, revive }) => JSON.parse(JSON.stringify(get()), revive) as unknown,
}

/** However the attacks follow each other, nothing but the one instance passes for it. */
const withstands = (subject: Subject, names: readonly string[]) =>
  fc.property(fc.array(fc.constantFrom(...names), { minLength: 1 }), (chosen) => {
    const before = subject.get()
    for (const name of chosen) {
      let loot: unknown
      try {
        loot = attacks[name]?.(subject)
      } catch (error) {
        expect(error).toBeInstanceOf(SoleError)
        continue
      }
      expect(subject.is(loot)).toBe(loot === before)
      if (name === 'JSON') expect(loot).toBe(before)
    }
    expect(subject.get()).toBe(before)
  })

const names = Object.keys(attacks)

test('no sequence of attacks gives a second instance', () => {
  fc.assert(withstands(real, names))
})

test.each(names.filter((name) => !/as another|structuredClone/.test(name)))(
  'a class with a public constructor falls to %s',
  (name) => {
    expect(caught(withstands(naive, [name]))).toBe(true)
  },
)

test('the instance cannot be tampered with, and its private state lives on', () => {
  const instance = ledger()
  expect(() => Object.assign(instance, { book: () => 0 })).toThrow(TypeError)
  expect(() => Object.assign(instance, { currency: 'USD' })).toThrow(TypeError)
  expect(() => Object.setPrototypeOf(instance, null)).toThrow(TypeError)
  expect([instance.book(1), ledger().book(2)]).toEqual([1, 3])
})

test('a constructor that throws leaves nothing open and is tried again', () => {
  let failures = 1
  class Fragile extends Sole {
    constructor() {
      super()
      if (failures-- > 0) throw new Error('no disk')
    }
  }
  const fragile = sole('test/fragile', Fragile)
  expect(fragile).toThrow('no disk')
  expect(() => new Fragile()).toThrow(SoleError)
  expect(fragile.is(fragile())).toBe(true)
})

test('while the constructor runs it cannot be called a second time', () => {
  class Greedy extends Sole {
    constructor() {
      super()
      Reflect.construct(Greedy, [])
    }
  }
  expect(sole('test/greedy', Greedy)).toThrow(SoleError)
})

test('a mark of an unknown name is refused, other values pass the reviver', () => {
  expect(() => JSON.parse('{"$sole":"test/nobody"}', reviveSole)).toThrow("known as 'test/nobody'")
  const value = { $sole: 1, list: [null, { a: { $sole: 2 } }] }
  expect(JSON.parse(JSON.stringify(value), reviveSole)).toEqual(value)
})

test('a second copy of the module finds the same instance', async () => {
  const path = '../../src/creational/singleton-class.ts?copy'
  const copy = (await import(path)) as typeof import('../../src/creational/singleton-class.ts')
  expect(copy.Sole).not.toBe(Sole)
  class SecondLedger extends copy.Sole {}
  const second = copy.sole('test/ledger', SecondLedger)
  expect(second()).toBe(ledger())
  expect(JSON.parse(JSON.stringify([ledger()]), copy.reviveSole)).toEqual([ledger()])
})
