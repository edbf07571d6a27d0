import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Cloner,
  cloneOf,
  deepClone,
  Prototypes,
  shallowClone,
} from '../../src/creational/prototype.ts'
import { caught } from '../caught.ts'

let constructed = 0
class Account {
  owner: unknown
  constructor(owner: unknown) {
    constructed++
    this.owner = owner
  }
  get kind(): string {
    return 'account'
  }
}
class Bag extends Map<unknown, unknown> {}

/** A graph of objects of all kinds, whose edges may form aliases and cycles. */
const graphs = fc
  .array(
    fc.record({
      kind: fc.constantFrom('plain', 'bare', 'array', 'map', 'bag', 'set', 'account', 'bytes'),
      edges: fc.array(fc.nat(9), { maxLength: 3 }),
      date: fc.date(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((nodes) => {
    const objects = nodes.map(({ kind, date }): object => {
      if (kind === 'plain') return { date, ['__proto__']: 1, [Symbol.for('s')]: date }
      if (kind === 'bare') return Object.assign(Object.create(null) as object, { date })
      if (kind === 'array') return [date]
      if (kind === 'map') return new Map([[date, date]])
      if (kind === 'bag') return new Bag([['date', date]])
      if (kind === 'set') return new Set([date])
      if (kind === 'bytes') return Object.assign(/a/g, { bytes: new Uint16Array([1, 2]) })
      return new Account({ date })
    })
    for (const [at, { edges }] of nodes.entries())
      for (const [name, to] of edges.entries())
        link(objects[at] ?? {}, name, objects[to % objects.length])
    return objects[0] ?? {}
  })

function link(from: object, name: number, to: unknown): void {
  if (Array.isArray(from)) from[name + 1] = to
  else if (from instanceof Map) from.set(name, to)
  else if (from instanceof Set) from.add(to)
  else Object.assign(from, { [`to${name}`]: to })
}

const partsOf = (value: object): unknown[] => {
  const properties = ArrayBuffer.isView(value)
    ? [value.buffer]
    : Reflect.ownKeys(value).map((key) => (value as Record<PropertyKey, unknown>)[key])
  const items = value instanceof Map || value instanceof Set ? [...value].flat() : []
  return [...properties, ...items]
}

/** Every object within reach, in the order of a walk: equal graphs give walks that pair up. */
function walk(root: object): object[] {
  const seen = new Set<object>([root])
  for (const at of seen)
    for (const part of partsOf(at)) if (typeof part === 'object' && part !== null) seen.add(part)
  return [...seen]
}

const clonesDeeply = (clone: <T>(value: T) => T) =>
  fc.property(graphs, (source) => {
    const before = constructed
    const copy = clone(source)
    expect(constructed).toBe(before)
    const [here, there] = [walk(source), walk(copy)]
    // The walks pair the objects up: each pair the same class, the same edges, and never shared.
    expect(there.length).toBe(here.length)
    const pair = new Map(here.map((object, at) => [object, there[at]]))
    for (const [original, made] of pair) {
      if (made === undefined || made === original) throw new Error('shared')
      expect(Object.getPrototypeOf(made)).toBe(Object.getPrototypeOf(original))
      expect(partsOf(made)).toHaveLength(partsOf(original).length)
      for (const [at, part] of partsOf(original).entries()) {
        const expected = pair.get(part as object) ?? part
        expect(Object.is(partsOf(made)[at], expected)).toBe(true)
      }
      if (original instanceof Date) expect((made as Date).getTime()).toBe(original.getTime())
    }
  })

test('a deep copy has the shape, aliases and cycles of its source, shares nothing, and constructs nothing', () => {
  fc.assert(clonesDeeply(deepClone))
})

test('a copy without memory of aliases is caught', () => {
  const forgetful = <T>(value: T): T => {
    if (typeof value !== 'object' || value === null) return value
    // One memory for each property, so that two properties never lead to one object.
    const copy = shallowClone(value)
    for (const key of Object.keys(copy) as (keyof T)[]) copy[key] = deepClone(copy[key])
    return copy
  }
  expect(caught(clonesDeeply(forgetful))).toBe(true)
})

test('structuredClone and copies by JSON are caught: they lose classes', () => {
  expect(caught(clonesDeeply((value) => structuredClone(value)))).toBe(true)
  expect(caught(clonesDeeply(<T>(value: T) => JSON.parse(JSON.stringify(value)) as T))).toBe(true)
})

test('a shallow copy has the same parts in a new object of the same class', () => {
  fc.assert(
    fc.property(graphs, (source) => {
      const before = constructed
      const copy = shallowClone(source)
      expect(copy).not.toBe(source)
      expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(source))
      const [ours, theirs] = [partsOf(copy), partsOf(source)]
      expect(ours.length).toBe(theirs.length)
      expect(ours.every((part, at) => Object.is(part, theirs[at]))).toBe(true)
      expect(constructed).toBe(before)
    }),
  )
})

test('changing a deep copy leaves its source as it was', () => {
  fc.assert(
    fc.property(fc.object({ withDate: true, withMap: true, withSet: true }), (source) => {
      const kept = structuredClone(source)
      for (const part of walk(deepClone(source))) {
        if (part instanceof Date) part.setTime(1)
        else if (part instanceof Map || part instanceof Set) part.clear()
        else for (const key of Object.keys(part)) Reflect.deleteProperty(part, key)
      }
      expect(source).toEqual(kept)
    }),
  )
})

test('a class with private state copies itself, through cycles too', () => {
  class Chain {
    #next: Chain | undefined
    constructor(next?: Chain) {
      this.#next = next
    }
    get length(): number {
      return 1 + (this.#next?.length ?? 0)
    }
    [cloneOf](clone: Cloner): Chain {
      return new Chain(clone(this.#next))
    }
  }
  expect(deepClone({ chain: new Chain(new Chain()) }).chain.length).toBe(2)
})

test('patterns, boxed values, errors, holes and views keep what they are', () => {
  const pattern = /a/g
  pattern.lastIndex = 3
  expect(deepClone(pattern).lastIndex).toBe(3)
  expect(deepClone(Object('ab') as string).length).toBe(2)
  const failure = new RangeError('far', { cause: [1] })
  expect(deepClone(failure)).toBeInstanceOf(RangeError)
  expect(deepClone(failure)).toMatchObject({ message: 'far', cause: [1], stack: failure.stack })
  const holed = [0]
  holed[2] = 2
  expect(1 in deepClone(holed)).toBe(false)
  expect(deepClone(holed)).toHaveLength(3)
  const buffer = new ArrayBuffer(8)
  const copy = deepClone([new Uint8Array(buffer, 2, 3), new DataView(buffer), Buffer.from('ab')])
  expect(copy[0]?.buffer).toBe(copy[1]?.buffer)
  expect([copy[0]?.byteOffset, copy[0]?.byteLength]).toEqual([2, 3])
  expect(copy[2]).toEqual(Buffer.from('ab'))
})

test('functions, promises and weak collections are shared', () => {
  const source = { f: () => 1, p: Promise.resolve(), w: new WeakMap() }
  expect(
    Object.values(deepClone(source)).every((part, at) => part === Object.values(source)[at]),
  ).toBe(true)
})

test('a registry of prototypes keeps its own copies', () => {
  const template = { to: ['a'], title: 'x' }
  const letters = new Prototypes({ letter: template })
  template.to.push('b')
  const first = letters.make('letter', { title: 'y' })
  first.to.push('c')
  expect(letters.make('letter')).toEqual({ to: ['a'], title: 'x' })
  // @ts-expect-error an unknown prototype
  expect(() => letters.make('postcard', { title: 'z' })).toThrow(TypeError)
})
