import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import {
  adapt,
  callingBack,
  EmptyRejectionError,
  type Page,
  paging,
  promising,
} from '../../src/structural/adapter.ts'
import { caughtAsync } from '../caught.ts'

type Work = (outcome: Outcome, extra: number) => Promise<unknown>
interface Outcome {
  readonly how: 'resolve' | 'reject' | 'throw'
  readonly value: unknown
}
const outcomes: fc.Arbitrary<Outcome> = fc.record({
  how: fc.constantFrom('resolve' as const, 'reject' as const, 'throw' as const),
  value: fc.oneof(fc.integer(), fc.string(), fc.constantFrom(false, 0, undefined, null)),
})
const work: Work = ({ how, value }, extra) => {
  if (how === 'throw') throw value
  return how === 'resolve' ? Promise.resolve([value, extra]) : Promise.reject(value)
}

const roundTrip = (there: typeof callingBack, back: typeof promising) =>
  fc.asyncProperty(outcomes, fc.nat(), async (outcome, extra) => {
    const through = back(there(work))
    const [result] = await Promise.allSettled([through(outcome, extra)])
    const [expected] = await Promise.allSettled([(async () => work(outcome, extra))()])
    if (result.status === 'rejected' && result.reason instanceof EmptyRejectionError)
      expect(expected).toEqual({ status: 'rejected', reason: result.reason.cause })
    else expect(result).toEqual(expected)
  })

test('to callbacks and back gives every result and every error as it was', async () => {
  await fc.assert(roundTrip(callingBack, promising))
})

test('an adapter that takes a false error for success is caught', async () => {
  const loose: typeof promising =
    (calling) =>
    (...parameters) =>
      new Promise((resolve, reject) => {
        calling(...parameters, (error, result) => {
          if (error) reject(error)
          else resolve(result as never)
        })
      })
  expect(await caughtAsync(roundTrip(callingBack, loose))).toBe(true)
})

test('a callback is called once, after the function has returned', async () => {
  const calls: unknown[] = []
  await new Promise<void>((resolve) => {
    callingBack(async () => 1)((...given) => {
      calls.push(given)
      resolve()
    })
    calls.push('returned')
  })
  expect(calls).toEqual(['returned', [null, 1]])
})

test('pages give all items in order, and no page is fetched before it is wanted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat()), { minLength: 1 }),
      fc.nat(20),
      async (pages, wanted) => {
        let fetched = 0
        const items = paging(async (at: number = 0): Promise<Page<number, number>> => {
          fetched++
          const page = { items: pages[at] ?? [] }
          return at + 1 < pages.length ? { ...page, next: at + 1 } : page
        })
        const seen: number[] = []
        if (wanted > 0)
          for await (const item of items) {
            seen.push(item)
            if (seen.length === wanted) break
          }
        expect(seen).toEqual(pages.flat().slice(0, wanted))
        let needed = 0
        for (let got = 0; got < wanted && needed < pages.length; needed++)
          got += pages[needed]?.length ?? 0
        expect(fetched).toBe(needed)
      },
    ),
  )
})

test('an adapted object calls the methods behind its names, with their types', () => {
  const list = adapt(['b', 'a'], { append: 'push', first: 'at' })
  expect([list.append('c'), list.first(2)]).toEqual([3, 'c'])
  expectTypeOf(list.first).returns.toEqualTypeOf<string | undefined>()
  // @ts-expect-error a name that is not mapped
  expect(list.pop).toBeUndefined()
  // @ts-expect-error a property that is not a method
  expect(() => adapt(['a'], { size: 'length' })).toThrow("'length' is not a method")
})
