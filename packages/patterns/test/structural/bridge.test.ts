import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Expiring,
  ExpiringCache,
  LoadingCache,
  RecentStorage,
  type Storage,
} from '../../src/structural/bridge.ts'
import { caught } from '../caught.ts'

type MakeStorage = <V>() => Storage<V>

/** A storage that keeps text, as one elsewhere would. */
const textStorage: MakeStorage = <V>() => {
  const texts = new Map<string, string>()
  return {
    get: (key: string) => {
      const text = texts.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as V)
    },
    set: (key: string, value: V) => void texts.set(key, JSON.stringify(value)),
    delete: (key: string) => texts.delete(key),
  }
}
const storages: Record<string, MakeStorage> = {
  map: <V>() => new Map<string, V>(),
  // As large as there are keys, so that it drops nothing.
  recent: () => new RecentStorage(4),
  text: textStorage,
}

const keys = fc.constantFrom('a', 'b', 'c', '__proto__')
const steps = fc.array(
  fc.record({
    edit: fc.constantFrom('get' as const, 'change' as const, 'wait' as const),
    key: keys,
  }),
)
type Script = typeof steps extends fc.Arbitrary<infer S> ? S : never

/** What can be seen of a cache under a script. */
type Observe = (make: MakeStorage, script: Script) => unknown[]

const caches: Record<string, Observe> = {
  expiring: (make, script) => {
    let now = 0
    const cache = new ExpiringCache<number>(make<Expiring<number>>(), {
      lifetime: 3,
      clock: () => now,
    })
    return script.map(({ edit, key }, at) => {
      now++
      if (edit === 'wait') now += 2
      if (edit === 'change') cache.set(key, at)
      return cache.get(key)
    })
  },
  loading: (make, script) => {
    const loads: string[] = []
    const cache = new LoadingCache(make<number>(), (key) => loads.push(key))
    return script.map(({ edit, key }) => {
      if (edit === 'change') cache.forget(key)
      return [cache.get(key), loads.length]
    })
  },
}

const looksTheSame = (observe: Observe, make: MakeStorage) =>
  fc.property(steps, (script) => {
    expect(observe(make, script)).toEqual(observe(() => new Map(), script))
  })

const matrix = Object.entries(caches).flatMap(([cache, observe]) =>
  Object.entries(storages).map(([storage, make]) => [cache, storage, observe, make] as const),
)

test.each(matrix)('the %s cache over %s storage cannot be told from one over a map', (...pair) => {
  fc.assert(looksTheSame(pair[2], pair[3]))
})

test.each(Object.entries(caches))(
  'under the %s cache a storage that does not delete is caught',
  (_, observe) => {
    const sticky: MakeStorage = <V>() => {
      const entries = new Map<string, V>()
      return {
        get: (key: string) => entries.get(key),
        set: (key: string, value: V) => {
          if (!entries.has(key)) entries.set(key, value)
        },
        delete: () => false,
      }
    }
    expect(caught(looksTheSame(observe, sticky))).toBe(true)
  },
)

const expiresByTheClock = (lives: (now: number, until: number) => boolean) =>
  fc.property(steps, (script) => {
    const written = new Map<string, { value: number; until: number }>()
    let now = 0
    const expected = script.map(({ edit, key }, value) => {
      now += edit === 'wait' ? 3 : 1
      if (edit === 'change') written.set(key, { value, until: now + 3 })
      const entry = written.get(key)
      return entry !== undefined && lives(now, entry.until) ? entry.value : undefined
    })
    expect(caches['expiring']?.(() => new Map(), script)).toEqual(expected)
  })

test('an entry lives until its time and not at it; living a moment longer is caught', () => {
  fc.assert(expiresByTheClock((now, until) => now < until))
  expect(caught(expiresByTheClock((now, until) => now <= until))).toBe(true)
})

const dropsTheOldest = (touch: boolean) =>
  fc.property(steps, fc.integer({ min: 1, max: 3 }), (script, sizeMax) => {
    const storage = new RecentStorage<number>(sizeMax)
    let model: (readonly [string, number])[] = []
    for (const [at, { edit, key }] of script.entries()) {
      const known = model.find(([name]) => name === key)
      if (edit === 'change') {
        storage.set(key, at)
        model = [...model.filter((entry) => entry !== known), [key, at] as const].slice(-sizeMax)
      } else {
        expect(storage.get(key)).toBe(known?.[1])
        if (known !== undefined && touch)
          model = [...model.filter((entry) => entry !== known), known]
      }
    }
  })

test('the storage of recent entries drops what was not used for longest; by age of writing is caught', () => {
  fc.assert(dropsTheOldest(true))
  expect(caught(dropsTheOldest(false))).toBe(true)
  expect(() => new RecentStorage(0)).toThrow(RangeError)
})
