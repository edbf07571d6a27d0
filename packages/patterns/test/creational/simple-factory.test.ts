import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { Registry, RegistryError } from '../../src/creational/simple-factory.ts'
import { caught } from '../caught.ts'

/** What the property needs of a registry. */
interface Subject {
  add(key: string, creator: () => number): Subject
  override(key: string, creator: () => number): Subject
  create(key: string): number
}

// The model adds keys that the compiler cannot know.
const real: Subject = Registry.empty

const edits = fc.array(
  fc.record({
    edit: fc.constantFrom('add' as const, 'override' as const),
    key: fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toString'),
    product: fc.nat(9),
  }),
)

const followsItsModel = (empty: Subject) =>
  fc.property(edits, (steps) => {
    let registry = empty
    const model = new Map<string, number>()
    for (const { edit, key, product } of steps) {
      const before = registry
      const held = new Map(model)
      if (model.has(key) === (edit === 'add')) {
        expect(() => registry[edit](key, () => product)).toThrow(RegistryError)
      } else {
        registry = registry[edit](key, () => product)
        model.set(key, product)
      }
      for (const [known, value] of held) expect(before.create(known)).toBe(value)
    }
    for (const [key, value] of model) expect(registry.create(key)).toBe(value)
    expect(() => registry.create('never added')).toThrow(RegistryError)
  })

/** Mistake: the last one wins without being told to, and in place. */
class LastWins implements Subject {
  readonly #creators = new Map<string, () => number>()
  add(key: string, creator: () => number): Subject {
    this.#creators.set(key, creator)
    return this
  }
  override(key: string, creator: () => number): Subject {
    return this.add(key, creator)
  }
  create(key: string): number {
    const creator = this.#creators.get(key)
    if (creator === undefined) throw new RegistryError('unknown-key', key, [])
    return creator()
  }
}

test('each key gives the product of its creator, nothing is replaced without override, and old registries stay', () => {
  fc.assert(followsItsModel(real))
})

test('a registry where the last one wins is caught', () => {
  expect(caught(followsItsModel(new LastWins()))).toBe(true)
})

test('a creator receives the arguments of create', () => {
  const pairs = Registry.empty.add('pair', (a: number, b: string) => ({ a, b }))
  expect(pairs.create('pair', 1, 'x')).toEqual({ a: 1, b: 'x' })
})

test('the type of a product follows from its key', () => {
  const registry = Registry.empty.add('one', () => 1).add('text', (n: number) => `${n}`)
  expectTypeOf(registry.create('one')).toEqualTypeOf<number>()
  expectTypeOf(registry.create('text', 2)).toEqualTypeOf<string>()
  // @ts-expect-error an unknown key
  expect(() => registry.create('two')).toThrow("nothing is registered as 'two'")
  // @ts-expect-error a key that is taken
  expect(() => registry.add('one', () => 2)).toThrow('registered already')
  // @ts-expect-error another product than the key promises
  registry.override('one', () => 'one')
  // @ts-expect-error a missing argument
  registry.create('text')
  const asked: string = 'one'
  expect(registry.has(asked) && registry.create(asked)).toBe(1)
})
