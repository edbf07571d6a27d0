import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InternPool, ranged } from '../../src/structural/flyweight.ts'
import { ObjectPool, PoolError } from '../../src/structural/object-pool.ts'
import { caught } from '../caught.ts'

interface Glyph {
  readonly font: string
  readonly letter: string
}
const glyphs: fc.Arbitrary<Glyph> = fc.record({
  font: fc.string({ unit: fc.constantFrom('a', ':'), maxLength: 2 }),
  letter: fc.string({ unit: fc.constantFrom('a', ':'), maxLength: 2 }),
})
const keyOf = ({ font, letter }: Glyph) => JSON.stringify([font, letter])

const oneForEqual = (intern: () => (glyph: Glyph) => Glyph) =>
  fc.property(fc.array(glyphs, { minLength: 1 }), (given) => {
    const pool = intern()
    const shared = given.map((glyph) => pool(glyph))
    for (const [i, a] of given.entries()) {
      expect(shared[i]).toEqual(a)
      for (const [k, b] of given.entries())
        expect(shared[i] === shared[k]).toBe(a.font === b.font && a.letter === b.letter)
    }
  })

test('two interned objects are one if and only if they are equal', () => {
  fc.assert(
    oneForEqual(() => {
      const pool = new InternPool(keyOf)
      return (glyph) => pool.intern(glyph)
    }),
  )
  fc.assert(
    oneForEqual(() => {
      const pool = new InternPool(keyOf)
      return (glyph) => pool.of(keyOf(glyph), () => ({ ...glyph }))
    }),
  )
})

test('a key that mixes its parts up is caught', () => {
  const mixing = () => {
    const pool = new InternPool(({ font, letter }: Glyph) => `${font}:${letter}`)
    return (glyph: Glyph) => pool.intern(glyph)
  }
  expect(caught(oneForEqual(mixing))).toBe(true)
})

test('a pool that shares nothing is caught', () => {
  expect(caught(oneForEqual(() => (glyph) => ({ ...glyph })))).toBe(true)
})

test('shared objects are frozen, and what is made must be of its key', () => {
  const pool = new InternPool(keyOf)
  expect(Object.isFrozen(pool.intern({ font: 'a', letter: 'b' }))).toBe(true)
  expect(() => pool.of('else', () => ({ font: 'a', letter: 'c' }))).toThrow(RangeError)
})

test('the state of a place is not in the flyweight: a text of many letters has few glyphs', () => {
  const pool = new InternPool(keyOf)
  const text = Array.from({ length: 1000 }, (_, at) => 'abc'[at % 3] ?? '')
  const placed = text.map((letter, x) => ({ x, glyph: pool.intern({ font: 'mono', letter }) }))
  expect(new Set(placed.map(({ glyph }) => glyph)).size).toBe(3)
  expect(pool.size).toBe(3)
  expect(placed[500]?.x).toBe(500)
})

test('what nobody holds is forgotten, what somebody holds stays', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const pool = new InternPool(keyOf)
  const held = pool.intern({ font: 'kept', letter: 'x' })
  for (let at = 0; at < 5000; at++) pool.intern({ font: 'dropped', letter: String(at) })
  for (let turn = 0; turn < 50 && pool.size > 1; turn++) {
    await setImmediate()
    collect()
  }
  expect(pool.size).toBe(1)
  expect(pool.intern({ font: 'kept', letter: 'x' })).toBe(held)
})

test('a ranged maker shares within its range and not beyond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -20, max: 20 }),
      fc.nat(20),
      fc.double(),
      (min, width, number) => {
        const boxed = ranged(min, min + width, (value) => ({ value }))
        for (const value of [number, min, min + width, min - 1, min + width + 1, min + 0.5]) {
          const within = Number.isInteger(value) && value >= min && value <= min + width
          expect(boxed(value) === boxed(value)).toBe(within)
          expect(boxed(value).value).toBe(value === 0 && within ? 0 : value)
        }
      },
    ),
  )
  expect(() => ranged(1, 0, String)).toThrow(RangeError)
})

interface Pool {
  acquire(): { used: number }
  release(object: { used: number }): void
}
const actions = fc.array(fc.oneof(fc.constant('acquire' as const), fc.nat(9)), { maxLength: 40 })

/** Lent objects are all different and wiped; nothing comes back that is not lent. */
const lendsToOne = (make: () => Pool) =>
  fc.property(actions, (script) => {
    const pool = make()
    const lent: { used: number }[] = []
    const all: { used: number }[] = []
    for (const action of script) {
      if (action === 'acquire' && lent.length === 3) {
        expect(() => pool.acquire()).toThrow(PoolError)
      } else if (action === 'acquire') {
        const object = pool.acquire()
        expect(lent).not.toContain(object)
        expect(object.used).toBe(0)
        object.used = 1
        lent.push(object)
        if (!all.includes(object)) all.push(object)
      } else {
        const object = all[action]
        if (object === undefined) continue
        const at = lent.indexOf(object)
        if (at === -1) expect(() => pool.release(object)).toThrow(PoolError)
        else {
          pool.release(object)
          lent.splice(at, 1)
        }
      }
      expect(all.length).toBeLessThanOrEqual(3)
    }
  })

const options = { create: () => ({ used: 0 }), sizeMax: 3 }

test('a pool never lends one object twice, wipes it, and makes no more than it needs', () => {
  const reset = (object: { used: number }) => {
    object.used = 0
  }
  fc.assert(lendsToOne(() => new ObjectPool({ ...options, reset })))
})

test('a pool that takes an object back twice is caught', () => {
  const careless = (): Pool => {
    const idle: { used: number }[] = []
    let lent = 0
    return {
      acquire: () => {
        if (lent++ >= 3) throw new PoolError('exhausted')
        return idle.pop() ?? { used: 0 }
      },
      release: (object) => {
        object.used = 0
        lent--
        idle.push(object)
      },
    }
  }
  expect(caught(lendsToOne(careless))).toBe(true)
})

test('a pool that does not wipe is caught', () => {
  expect(caught(lendsToOne(() => new ObjectPool({ ...options, reset: () => {} })))).toBe(true)
})

test('use gives the object back when the work throws, and a failed wiping drops it', () => {
  let wiped = 0
  const pool = new ObjectPool({
    ...options,
    reset: () => {
      if (++wiped === 2) throw new Error('stuck')
    },
  })
  const failing = () => {
    throw new Error('no')
  }
  expect(() => pool.use(failing)).toThrow('no')
  const first = pool.acquire()
  expect(() => pool.release(first)).toThrow('stuck')
  expect([pool.lent, pool.acquire() === first]).toEqual([0, false])
})
