import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cached,
  compose,
  decorate,
  limited,
  type Measure,
  metered,
  retrying,
  TimeLimitError,
  unwrap,
  type Wrapper,
} from '../../src/structural/decorator.ts'
import { caught } from '../caught.ts'

type Step = (trace: readonly string[]) => readonly string[]
const target: Step = (trace) => [...trace, 'target']
const named =
  (name: string): Wrapper<Step> =>
  (inner) =>
  (trace) => [...inner([...trace, `>${name}`]), `<${name}`]

const layers = fc.array(fc.string({ maxLength: 2 }).map(named), { maxLength: 4 })

const isMonoid = (joined: typeof compose) =>
  fc.property(layers, layers, layers, (a, b, c) => {
    const flat = joined(...a, ...b, ...c)(target)([])
    const left = joined(joined(joined(...a), joined(...b)), joined(...c))(target)([])
    const right = joined(joined(...a), joined(joined(...b), joined(...c)))(target)([])
    expect(left).toEqual(flat)
    expect(right).toEqual(flat)
    expect(joined<Step>()(target)([])).toEqual(target([]))
    // The reference: one after the other by hand, the last one innermost.
    let byHand = target
    for (const wrapper of [...a, ...b, ...c].toReversed()) byHand = wrapper(byHand)
    expect(flat).toEqual(byHand([]))
  })

test('wrappers compose like a monoid: grouping does not matter, none is neutral, the first is outermost', () => {
  fc.assert(isMonoid(compose))
})

test('composing from the inside out is caught', () => {
  expect(
    caught(
      isMonoid(
        (...wrappers) =>
          (inner) =>
            wrappers.reduce((at, wrap) => wrap(at), inner),
      ),
    ),
  ).toBe(true)
})

const unwraps = (put: typeof decorate) =>
  fc.property(layers, (wrappers) => {
    let wrapped = target
    const story = [wrapped]
    for (const wrapper of wrappers) story.push((wrapped = put(wrapped, wrapper)))
    expect([wrapped.name, wrapped.length]).toEqual(['target', 1])
    for (let at: Step | undefined = wrapped; at !== undefined; at = unwrap(at))
      expect(at).toBe(story.pop())
    expect(story).toEqual([])
  })

test('unwrapping takes off one layer at a time, and every layer looks like the function', () => {
  fc.assert(unwraps(decorate))
})

test('decorating without a memory is caught', () => {
  expect(caught(unwraps((inner, wrapper) => wrapper(inner)))).toBe(true)
})

test('a decorated function has the type of the function', () => {
  const parse = (text: string): number => Number(text)
  const twice = decorate(parse, (inner) => (text) => inner(text) * 2)
  expect(twice('2')).toBe(4)
  // @ts-expect-error the parameter is a string
  twice(2)
  // @ts-expect-error a wrapper of another function
  decorate(parse, (inner: () => string) => inner)
})

test('retrying calls until it works, at most as often as it may, and only for errors that are worth it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(5),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(6),
      async (failures, attemptsMax, fatalAt) => {
        const calls: number[] = []
        const waits: number[] = []
        const work = decorate(
          async (base: number) => {
            const call = calls.push(base)
            if (call <= failures) throw new Error(call === fatalAt ? 'fatal' : 'flaky')
            return base + call
          },
          retrying({
            attemptsMax,
            wait: async (attempt) => void waits.push(attempt),
            worthwhile: (error) => error instanceof Error && error.message === 'flaky',
          }),
        )
        const stop = fatalAt >= 1 && fatalAt <= failures ? fatalAt : Number.POSITIVE_INFINITY
        const expected = Math.min(failures + 1, attemptsMax, stop)
        const result = await work(100).catch(() => 'failed')
        expect(result).toBe(expected === failures + 1 ? 100 + expected : 'failed')
        expect(calls).toHaveLength(expected)
        expect(waits).toEqual(Array.from({ length: expected - 1 }, (_, n) => n + 2))
      },
    ),
  )
  expect(() => retrying({ attemptsMax: 0 })).toThrow(RangeError)
})

test('the order of retrying and limited decides whose limit it is', async () => {
  let limits = 0
  const limit = async () => void limits++
  const hanging = () => new Promise<number>(() => {})
  const each = decorate(hanging, compose(retrying({ attemptsMax: 3 }), limited(limit)))
  await expect(each()).rejects.toThrow(TimeLimitError)
  expect(limits).toBe(3)
  const all = decorate(hanging, compose(limited(limit), retrying({ attemptsMax: 3 })))
  await expect(all()).rejects.toThrow(TimeLimitError)
  expect(limits).toBe(4)
})

test('a failure is not cached, a call under way is shared', async () => {
  let calls = 0
  const work = decorate(
    async (key: string) => {
      await Promise.resolve()
      if (calls++ === 0) throw new Error('first')
      return key
    },
    cached((key) => key),
  )
  const both = await Promise.allSettled([work('a'), work('a')])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect([await work('a'), await work('a'), calls]).toEqual(['a', 'a', 2])
})

test('a failure is measured too', async () => {
  const seen: Measure[] = []
  let now = 0
  const failing = decorate(
    async () => {
      now += 3
      throw new Error('no')
    },
    metered(
      () => now,
      (measure) => seen.push(measure),
    ),
  )
  await expect(failing()).rejects.toThrow('no')
  expect(seen).toEqual([{ outcome: 'threw', duration: 3 }])
})
