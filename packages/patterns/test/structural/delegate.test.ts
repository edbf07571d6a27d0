import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Loader, NotFoundError } from '../../src/structural/delegate.ts'
import { caught } from '../caught.ts'

interface Module {
  readonly from: number
  readonly name: string
}
interface Loading {
  load(name: string): Module
}
type MakeLoader = (define: (name: string) => Module | undefined, parent?: Loading) => Loading

const names = fc.constantFrom<string[]>('a', 'b', 'c', '__proto__')
/** Loaders from the root down, each with the names that it has, and who is asked for what. */
const cases = fc.record({
  has: fc.array(fc.uniqueArray(names), { minLength: 1, maxLength: 4 }),
  asked: fc.array(fc.record({ loader: fc.nat(3), name: names })),
})

const isParentFirst = (make: MakeLoader) =>
  fc.property(cases, ({ has, asked }) => {
    const defined: string[] = []
    const loaders: Loading[] = []
    for (const [level, own] of has.entries()) {
      const define = (name: string): Module | undefined => {
        if (!own.includes(name)) return undefined
        defined.push(`${level} ${name}`)
        return { from: level, name }
      }
      loaders.push(make(define, loaders.at(-1)))
    }
    const seen = new Map<string, Module>()
    for (const { loader, name } of asked) {
      const level = loader % has.length
      // The reference: the first from the root down to the one that is asked.
      const from = has.findIndex((own, at) => at <= level && own.includes(name))
      if (from === -1) {
        expect(() => loaders[level]?.load(name)).toThrow(NotFoundError)
        continue
      }
      const module = loaders[level]?.load(name)
      expect(module).toEqual({ from, name })
      const known = seen.get(`${from} ${name}`)
      if (known !== undefined) expect(module).toBe(known)
      else if (module !== undefined) seen.set(`${from} ${name}`, module)
    }
    expect(defined.toSorted()).toEqual([...seen.keys()].sort())
  })

test('the parent wins, the child is asked on a miss only, and each name is defined once', () => {
  fc.assert(isParentFirst((define, parent) => new Loader(define, parent as Loader<Module>)))
})

/** The mistakes: the child is asked first, or nothing is remembered. */
const mistaken =
  (childFirst: boolean): MakeLoader =>
  (define, parent) => {
    const known = new Map<string, Module>()
    const own = (name: string) => known.get(name) ?? define(name)
    const above = (name: string) => {
      try {
        return parent?.load(name)
      } catch {
        return undefined
      }
    }
    return {
      load: (name) => {
        const found = childFirst ? (own(name) ?? above(name)) : (above(name) ?? own(name))
        if (found === undefined) throw new NotFoundError(name)
        if (childFirst) known.set(name, found)
        return found
      },
    }
  }

test('a loader that asks the child first is caught', () => {
  expect(caught(isParentFirst(mistaken(true)))).toBe(true)
})

test('a loader that defines a name again each time is caught', () => {
  expect(caught(isParentFirst(mistaken(false)))).toBe(true)
})

test('a name that is unknown at first can be found later', () => {
  const known = new Map<string, Module>()
  const loader = new Loader<Module>((name) => known.get(name))
  expect(loader.find('a')).toBeUndefined()
  known.set('a', { from: 0, name: 'a' })
  expect(loader.load('a')).toBe(known.get('a'))
})
