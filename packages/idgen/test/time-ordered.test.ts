import { FieldTruth, Order, Uniqueness } from '@lockstep/check'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SyncIdGenerator } from '../src/generator.ts'
import { type CounterRules, soundCounter, TimeCounter } from '../src/time-counter.ts'
import { isUlid, ulidFields } from '../src/ulid/text.ts'
import { Ulid } from '../src/ulid/ulid.ts'
import { isUuid, uuidFields } from '../src/uuid/text.ts'
import { UuidV7 } from '../src/uuid/v7.ts'
import { TestClock } from './test-clock.ts'
import { TestRandomness } from './test-randomness.ts'

const startMs = 1_700_000_000_000

/** What is promised of both kinds alike. */
interface Kind {
  readonly name: string
  make(options: ConstructorParameters<typeof UuidV7>[0]): SyncIdGenerator<string>
  isOne(text: string): boolean
  timeMs(text: string): number
}

const kinds: readonly Kind[] = [
  {
    name: 'UUID version 7',
    make: (options) => new UuidV7(options),
    isOne: isUuid,
    timeMs: (text) => uuidFields(text).timeMs ?? Number.NaN,
  },
  {
    name: 'ULID',
    make: (options) => new Ulid(options),
    isOne: isUlid,
    timeMs: (text) => ulidFields(text).timeMs,
  },
]

const steps = fc.array(
  fc.record({ step: fc.constantFrom(0, 0, 1, 2, 50, -1, -3, -10_000), take: fc.nat(5) }),
  { maxLength: 60, size: 'max' },
)

/** What an adversary of the counter draws: bytes that are mostly all ones, so that it begins near its end. */
const randomness = fc.oneof(
  fc.nat().map((seed) => new TestRandomness(seed)),
  fc.constant({ draw: (bytes: Uint8Array) => void bytes.fill(0xff) }),
)

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  const violations = (
    rules: CounterRules,
    each: { step: number; take: number }[],
    seed: number,
  ): string[] => {
    const clock = new TestClock(startMs)
    const ids = kind.make({ clock, rules, randomness: new TestRandomness(seed) })
    const unique = new Uniqueness()
    const order = new Order<string>()
    const truth = new FieldTruth(
      (id: string) => {
        if (!kind.isOne(id)) throw new Error(`${id} is none`)
        return { timeMs: kind.timeMs(id) }
      },
      { behindMs: 0, aheadMs: 0 },
    )
    let latestMs = 0
    for (const { step, take } of each) {
      clock.step(step)
      latestMs = Math.max(latestMs, clock.shows)
      for (let taken = 0; taken < take; taken++) {
        const id = ids.nextSync()
        unique.add('g', [id])
        order.add('g', [id])
        truth.add(id, { fromMs: clock.shows, toMs: latestMs })
      }
    }
    return [unique, order, truth].flatMap((judge) => {
      const verdict = judge.verdict()
      return verdict.is === 'violated' ? [verdict.text] : []
    })
  }

  test('is ordered, unique and true however the clock goes', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (each, seed) => {
        expect(violations(soundCounter, each, seed)).toEqual([])
      }),
    )
  })

  test('a clock that is followed back is found', () => {
    const followed = { ...soundCounter, isNewTime: (now: number, last: number) => now !== last }
    const property = fc.property(
      steps,
      fc.nat(),
      (each, seed) => violations(followed, each, seed).length === 0,
    )
    expect(fc.check(property, { seed: 1 }).counterexample).not.toBeNull()
  })

  test('a time that begins anew with every id is found', () => {
    const anew = { ...soundCounter, isNewTime: () => true }
    const property = fc.property(
      steps,
      fc.nat(),
      (each, seed) => violations(anew, each, seed).length === 0,
    )
    expect(fc.check(property, { seed: 1 }).counterexample).not.toBeNull()
  })

  test('comes one by one and in batches, by the real clock, and not once it was aborted', async () => {
    const issued: number[] = []
    const ids = kind.make({ observer: { issued: (count) => issued.push(count) } })
    const order = new Order<string>()
    order.add('g', [ids.nextSync(), ...(await ids.nextBatch(50_000)), await ids.next()])
    expect(order.verdict()).toMatchObject({ is: 'holds', text: 'In order: 50,002 ids of 1 source' })
    expect(issued).toEqual([1, 50_000, 1])
    await expect(ids.next({ signal: AbortSignal.abort('enough') })).rejects.toBe('enough')
    await expect(ids.nextBatch(-1)).rejects.toMatchObject({ code: 'invalid-option' })
  })

  test('a clock outside of 48 bits is refused', () => {
    const clock = new TestClock(2 ** 48)
    expect(() => kind.make({ clock }).nextSync()).toThrow(
      expect.objectContaining({ code: 'time-exhausted' }),
    )
    clock.step(-1)
    expect(kind.timeMs(kind.make({ clock }).nextSync())).toBe(2 ** 48 - 1)
    clock.step(-(2 ** 48))
    expect(() => kind.make({ clock }).nextSync()).toThrow(
      expect.objectContaining({ code: 'clock-behind' }),
    )
  })
})

describe('the counter', () => {
  const run = (rules: CounterRules, bits: number, clocks: readonly number[]): boolean => {
    const place = new TimeCounter(2 ** bits - 1, () => 2 ** (bits - 1) - 1, rules)
    let last = -1
    return clocks.every((nowMs) => {
      place.next(nowMs)
      const at = place.timeMs * 2 ** bits + place.counter
      const isAbove = at > last && place.counter < 2 ** bits
      last = at
      return isAbove
    })
  }
  const clocks = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60, size: 'max' })

  test('that runs out goes on in the next millisecond, ahead of the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), clocks, (bits, each) =>
        run(soundCounter, bits, each),
      ),
    )
    const place = new TimeCounter(3, () => 1)
    const places = [5, 5, 5, 5, 6, 7].map((nowMs) => {
      const isNew = place.next(nowMs)
      return [place.timeMs, place.counter, isNew]
    })
    expect(places).toEqual([
      [5, 1, true],
      [5, 2, false],
      [5, 3, false],
      [6, 1, true],
      [6, 2, false],
      [7, 1, true],
    ])
  })

  test('that wraps, or overflows, is found', () => {
    const overflowing = { ...soundCounter, isFull: () => false }
    const property = fc.property(clocks, (each) => run(overflowing, 2, each))
    expect(fc.check(property, { seed: 1 }).counterexample).not.toBeNull()
  })
})

test('a version 7 UUID says where its counter stands, and a ULID follows it by one', () => {
  const clock = new TestClock(startMs)
  fc.assert(
    fc.property(randomness, (each) => {
      const uuids = new UuidV7({ clock, randomness: each })
      const [first, second] = [uuidFields(uuids.nextSync()), uuidFields(uuids.nextSync())]
      expect(second.counter).toBe((first.counter ?? 0) + 1)
      expect(first.counter).toBeLessThan(2 ** 25)
    }),
  )
  // The random part counts over the digits that it is written in.
  const nearTheEnd = (bytes: Uint8Array): void => void bytes.fill(0xff).fill(0, 3, 4)
  const ulids = new Ulid({ clock, randomness: { draw: nearTheEnd } })
  const number = (text: string): bigint =>
    Array.from(text).reduce(
      (sum, digit) => sum * 32n + BigInt('0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(digit)),
      0n,
    )
  let last = number(ulids.nextSync())
  for (let made = 0; made < 3000; made++) {
    const next = number(ulids.nextSync())
    expect(next).toBe(last + 1n)
    last = next
  }
})
