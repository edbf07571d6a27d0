import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayOf } from '../../src/redis/day.ts'
import type { RedisFloor } from '../../src/redis/redis-floor.ts'
import { RedisSequence, type RedisSequenceOptions } from '../../src/redis/redis-sequence.ts'
import { repeated } from '../uniqueness.ts'
import { SimFloor } from './sim-floor.ts'
import { SimRedis } from './sim-redis.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const day = 24 * 3_600_000
const first = 20_261_124_0000000001n

const happening = fc.oneof(
  { weight: 5, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 30 }), by: fc.nat(2) }) },
  fc.constantFrom('save', 'lose', 'flush', 'down', 'losing', 'up', 'midnight'),
)
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never
const happenings = fc.array(happening, { minLength: 5, maxLength: 60 })

/** What three processes get from one Redis, whatever happens to it. */
async function idsOf(
  plan: readonly Happening[],
  redis: SimRedis,
  floor: RedisFloor,
): Promise<readonly bigint[]> {
  let wallMs = noon
  const clock = { wall: () => wallMs, elapsed: () => 0 }
  const options: RedisSequenceOptions = { redis, floor, name: 's', ahead: 7, clock }
  const processes = Array.from({ length: 3 }, () => new RedisSequence(options))
  const ids: bigint[] = []
  const calls: Promise<unknown>[] = []
  for (const one of plan) {
    if (typeof one === 'object') {
      const process = processes[one.by] as RedisSequence
      const call = process.nextBatch(one.take).then((batch) => ids.push(...batch))
      calls.push(call.catch(() => {}))
    } else if (one === 'midnight') wallMs += day
    else if (one === 'up' || one === 'down' || one === 'losing') redis.mode = one
    else redis[one]()
    // Some calls go on together with what happens next.
    await Promise.resolve()
    await Promise.resolve()
  }
  redis.mode = 'up'
  await Promise.all(calls)
  for (const process of processes) ids.push(...(await process.nextBatch(20)))
  return ids
}

const unique = (
  redis: () => SimRedis,
  floor: () => RedisFloor,
): fc.IAsyncProperty<[readonly Happening[]]> =>
  fc.asyncProperty(happenings, async (plan) => {
    expect(repeated(await idsOf(plan, redis(), floor()))).toEqual([])
  })

describe('a counter in Redis', () => {
  test('gives no id twice, whatever Redis loses', async () => {
    await fc.assert(
      unique(
        () => new SimRedis(),
        () => new SimFloor(),
      ),
      { numRuns: 300 },
    )
  })

  const unchecked = (): RedisFloor => {
    let era = 0
    return { begin: async () => ({ era: ++era, bound: 0n }), raise: async () => true }
  }
  const unfenced = (): RedisFloor => {
    const floor = new SimFloor()
    let era = 0
    return {
      begin: async (name) => {
        const begun = await floor.begin(name)
        era = begun.era
        return begun
      },
      raise: (name, _era, bound) => floor.raise(name, era, bound),
    }
  }
  test.for<readonly [string, () => SimRedis, () => RedisFloor]>([
    ['the floor is unchecked', () => new SimRedis(), unchecked],
    ['an old era can raise the floor', () => new SimRedis(), unfenced],
    [
      'nobody asks which server it is',
      () => new SimRedis({ knowsRun: false }),
      () => new SimFloor(),
    ],
  ])('it is found out when %s', async ([, redis, floor]) => {
    const result = await fc.check(unique(redis, floor), { numRuns: 3_000, endOnFailure: true })
    expect(result.failed).toBe(true)
  })

  test('counts every day from one, and follows nobody back', async () => {
    let wallMs = noon
    const clock = { wall: () => wallMs, elapsed: () => 0 }
    const options = { redis: new SimRedis(), floor: new SimFloor(), name: 's', clock }
    const [a, b] = [new RedisSequence(options), new RedisSequence(options)]
    expect(await a.nextBatch(3)).toEqual([first, first + 1n, first + 2n])
    expect(await b.next()).toBe(first + 3n)
    wallMs += day
    expect(await a.next()).toBe(20_261_125_0000000001n)
    wallMs -= day
    // One that knows the later day, and one that hears of it from Redis.
    expect(await a.next()).toBe(20_261_125_0000000002n)
    expect(await b.next()).toBe(20_261_125_0000000003n)
  })

  test('goes on behind the floor when everything is lost', async () => {
    const redis = new SimRedis()
    const clock = { wall: () => noon, elapsed: () => 0 }
    const options = { redis, floor: new SimFloor(), name: 's', ahead: 100, clock }
    const sequence = new RedisSequence(options)
    expect(await sequence.next()).toBe(first)
    redis.flush()
    expect(await sequence.next()).toBe(first + 101n)
  })

  test('a day has so many ids and no more', async () => {
    const redis = new SimRedis()
    const floor = new SimFloor()
    await floor.begin('s')
    await floor.raise('s', 1, 20_261_124_9999999998n)
    const clock = { wall: () => noon, elapsed: () => 0 }
    const sequence = new RedisSequence({ redis, floor, name: 's', clock })
    await expect(sequence.nextBatch(2)).rejects.toMatchObject({ code: 'exhausted' })
    expect(await sequence.next()).toBe(20_261_124_9999999999n)
    await expect(sequence.next()).rejects.toMatchObject({ code: 'exhausted' })
  })

  test('says what Redis said that does not answer', async () => {
    const redis = new SimRedis()
    redis.mode = 'down'
    const refused: string[] = []
    const observer = { refused: (code: string) => refused.push(code) }
    const sequence = new RedisSequence({ redis, floor: new SimFloor(), name: 's', observer })
    await expect(sequence.next()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('connection refused'),
    })
    expect(refused).toEqual(['unavailable'])
    const leaving = AbortSignal.abort('enough')
    await expect(sequence.next({ signal: leaving })).rejects.toBe('enough')
    expect(await sequence.nextBatch(0)).toEqual([])
  })

  test('refuses what cannot be', () => {
    const open = (options: object): RedisSequence =>
      new RedisSequence({ redis: new SimRedis(), floor: new SimFloor(), name: 's', ...options })
    const wrong = expect.objectContaining({ code: 'invalid-option' })
    expect(() => open({ ahead: 0 })).toThrow(wrong)
    expect(() => open({ keepForMs: 10 })).toThrow(wrong)
  })

  test('days are those of UTC', () => {
    expect(dayOf(Date.UTC(2026, 0, 1))).toBe(20_260_101)
    expect(dayOf(Date.UTC(2026, 0, 1) - 1)).toBe(20_251_231)
  })
})
