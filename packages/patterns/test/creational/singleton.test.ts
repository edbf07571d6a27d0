import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import {
  eager,
  holder,
  lazy,
  once,
  registered,
  SingletonCycleError,
} from '../../src/creational/singleton.ts'
import { caught, caughtAsync } from '../caught.ts'

type Form = (create: () => object) => () => object

let names = 0
const forms: Record<string, Form> = {
  lazy,
  holder: (create) => {
    const owner = holder({}, 'instance', create)
    return () => owner.instance
  },
  registered: (create) => {
    const name = `test/${names++}`
    return () => registered(name, create)()
  },
}

const madeOnce = (form: Form) =>
  fc.property(fc.nat(3), fc.integer({ min: 1, max: 5 }), (failures, callers) => {
    let attempts = 0
    const get = form(() => {
      if (attempts++ < failures) throw new Error('not yet')
      return {}
    })
    expect(attempts).toBe(0)
    for (let failed = 0; failed < failures; failed++) expect(get).toThrow('not yet')
    const seen = new Set(Array.from({ length: callers }, get))
    expect(seen.size).toBe(1)
    expect(attempts).toBe(failures + 1)
  })

test.each(Object.entries(forms))(
  '%s makes one instance on first use, and tries a failed creation again',
  (_, form) => {
    fc.assert(madeOnce(form))
  },
)

test('a form that remembers a failure is caught', () => {
  const stubborn: Form = (create) => {
    let outcome: (() => object) | undefined
    return () => {
      if (outcome === undefined) {
        try {
          const made = create()
          outcome = () => made
        } catch (error) {
          outcome = () => {
            throw error
          }
        }
      }
      return outcome()
    }
  }
  expect(caught(madeOnce(stubborn))).toBe(true)
})

type AsyncForm = (create: () => Promise<object>) => () => Promise<object>

/** Any interleaving of callers, each some turns after the start, with attempts that may fail. */
const oneConstruction = (form: AsyncForm) =>
  fc.asyncProperty(
    fc.scheduler(),
    fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }),
    fc.nat(2),
    async (scheduler, delays, failures) => {
      let attempts = 0
      let open = 0
      let overlapped = false
      const get = form(async () => {
        overlapped ||= ++open > 1
        const attempt = attempts++
        await scheduler.schedule(Promise.resolve(), 'creation')
        open--
        if (attempt < failures) throw new Error('not yet')
        return {}
      })
      const results = delays.map(async (turns) => {
        for (let turn = 0; turn < turns; turn++)
          await scheduler.schedule(Promise.resolve(), 'caller')
        for (;;) {
          try {
            return await get()
          } catch {
            // It failed for all who waited: ask again.
          }
        }
      })
      const seen = new Set(await scheduler.waitFor(Promise.all(results)))
      expect(seen.size).toBe(1)
      expect({ attempts, overlapped }).toEqual({ attempts: failures + 1, overlapped: false })
    },
  )

test('any interleaving of callers constructs once, and a failed construction is tried again', async () => {
  await fc.assert(oneConstruction(once))
})

test('the check without the claim is caught: everybody comes in during the wait', async () => {
  const naive: AsyncForm = (create) => {
    let instance: object | undefined
    return async () => {
      instance ??= await create()
      return instance
    }
  }
  expect(await caughtAsync(oneConstruction(naive))).toBe(true)
})

test('once hands a synchronous throw of its creator to its promise', async () => {
  const get = once((): Promise<number> => {
    throw new Error('at once')
  })
  await expect(get()).rejects.toThrow('at once')
})

test('eager makes its instance before anybody asks', () => {
  let made = 0
  const get = eager(() => ++made)
  expect([made, get(), get()]).toEqual([1, 1, 1])
})

test('undefined is an instance like any other', () => {
  let made = 0
  const get = lazy(() => void made++)
  get()
  get()
  expect(made).toBe(1)
})

test.each(Object.entries(forms))('%s refuses a creator that asks for itself', (_, form) => {
  const get: () => object = form(() => get())
  expect(get).toThrow(SingletonCycleError)
  expect(get).toThrow(SingletonCycleError)
})

test('after the first read a holder is plain data that cannot be replaced', () => {
  const held = holder({ other: 1 }, 'instance', () => new Date(0))
  expectTypeOf(held.instance).toEqualTypeOf<Date>()
  const instance = held.instance
  expect(Object.getOwnPropertyDescriptor(held, 'instance')).toMatchObject({ value: instance })
  expect(() => Object.assign(held, { instance: 0 })).toThrow(TypeError)
})

test('two copies of the module share the registered instance, and have their own lazy ones', async () => {
  const path = '../../src/creational/singleton.ts?copy'
  const copy = (await import(path)) as typeof import('../../src/creational/singleton.ts')
  expect(copy.registered).not.toBe(registered)
  const here = registered('test/shared', () => ({ from: 'here' }))
  const there = copy.registered('test/shared', () => ({ from: 'there' }))
  expect(there()).toBe(here())
})

test('the book of registered names cannot be replaced', () => {
  registered('test/book', () => 1)()
  const key = Symbol.for('@lockstep/patterns/singletons')
  expect(Reflect.set(globalThis, key, () => 'mine')).toBe(false)
  expect(Reflect.deleteProperty(globalThis, key)).toBe(false)
})
