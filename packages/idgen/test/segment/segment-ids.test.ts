import { describe, expect, test } from 'vitest'
import { SegmentIds, type SegmentIdsOptions } from '../../src/segment/segment-ids.ts'
import { repeated } from '../uniqueness.ts'
import { VirtualTime } from '../virtual-time.ts'
import { SimStore } from './sim-store.ts'

const latencyMs = 50

function world(
  step: number,
  options: Partial<SegmentIdsOptions> = {},
): {
  readonly time: VirtualTime
  readonly store: SimStore
  readonly ids: SegmentIds
} {
  const time = new VirtualTime()
  const store = new SimStore(time, latencyMs, { t: step })
  const randomness = { draw: (bytes: Uint8Array): unknown => bytes.fill(128) }
  return {
    time,
    store,
    ids: new SegmentIds({ tag: 't', store, clock: time, randomness, ...options }),
  }
}

/** Waits for something while time passes. */
async function during<T>(time: VirtualTime, forMs: number, waited: Promise<T>): Promise<T> {
  // What fails meanwhile fails where it is waited for.
  waited.catch(() => {})
  await time.run(forMs)
  return waited
}

describe('a generator of segments', () => {
  test('gives a thousand callers with a step of 100 all they want, by three loads', async () => {
    const { time, store, ids } = world(100)
    const callers = Array.from({ length: 1000 }, () => ids.next())
    const given = await during(time, 1_000, Promise.all(callers))
    expect(repeated(given)).toEqual([])
    expect(given.toSorted((a, b) => (a < b ? -1 : 1)).at(-1)).toBe(1000n)
    // 100 as the store says, 900 since so many waited, and one ahead.
    expect(store.loaded.map(({ first, end }) => Number(end - first))).toEqual([100, 900, 200])
  })

  test('loads the next segment in the background once a tenth is used, and once only', async () => {
    const { time, store, ids } = world(100)
    await during(time, latencyMs, ids.prepare())
    for (let used = 0; used < 10; used++) ids.nextSync()
    await time.run(latencyMs)
    expect(store.loaded).toHaveLength(1)
    ids.nextSync()
    ids.nextSync()
    await time.run(latencyMs)
    expect(store.loaded).toHaveLength(2)
    expect(ids.held).toBe(188)
    for (let used = 0; used < 88; used++) ids.nextSync()
    await time.run(latencyMs)
    expect(store.loaded).toHaveLength(2)
  })

  test('gives what is left while the store is down, then a typed error, then ids again', async () => {
    const refused: string[] = []
    const { time, store, ids } = world(100, { observer: { refused: (code) => refused.push(code) } })
    await during(time, latencyMs, ids.prepare())
    for (let used = 0; used < 50; used++) ids.nextSync()
    await time.run(latencyMs)
    store.isDown = true
    expect(ids.held).toBe(150)
    expect(await during(time, 500, ids.nextBatch(150))).toHaveLength(150)
    await expect(during(time, latencyMs / 2, ids.next())).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: expect.any(Number),
    })
    // It waits between attempts, and says at once that it does.
    await expect(ids.next()).rejects.toMatchObject({ code: 'unavailable' })
    expect(() => ids.nextSync()).toThrow('the store is down')
    expect(refused).toEqual(['unavailable', 'unavailable', 'unavailable'])
    store.isDown = false
    await time.run(1_000)
    expect(await during(time, latencyMs, ids.next())).toBe(201n)
  })

  test('asks a store that is down ever more rarely', async () => {
    const { time, store, ids } = world(100)
    store.isDown = true
    const calls: Promise<unknown>[] = []
    for (let ms = 0; ms < 10_000; ms += 10) {
      calls.push(ids.next().catch(() => {}))
      await time.run(10)
    }
    await Promise.all(calls)
    expect(store.asked).toBeGreaterThan(10)
    expect(store.asked).toBeLessThan(30)
  })

  test('a load that takes too long has failed, and its ids are given to nobody', async () => {
    const { time, store, ids } = world(100, { loadTimeoutMs: 1_000 })
    store.latencyMs = 2_000
    await expect(during(time, 1_000, ids.next())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('within 1000 ms'),
    })
    store.latencyMs = latencyMs
    await time.run(1_000)
    expect(await during(time, latencyMs, ids.next())).toBe(101n)
  })

  test('nextSync says when there is nothing yet, and has the load begun', async () => {
    const { time, ids } = world(100)
    expect(() => ids.nextSync()).toThrow(expect.objectContaining({ code: 'exhausted' }))
    await time.run(latencyMs)
    expect(ids.nextSync()).toBe(1n)
  })

  test('a batch spans segments', async () => {
    const { time, ids } = world(10)
    const batch = await during(time, 1_000, ids.nextBatch(95))
    expect(batch).toEqual(Array.from({ length: 95 }, (_, n) => BigInt(n) + 1n))
    expect(await ids.nextBatch(0)).toEqual([])
  })

  test('a caller who leaves ends nobody else’s wait', async () => {
    const { time, ids } = world(10)
    const leaving = new AbortController()
    const left = ids.next({ signal: leaving.signal })
    const stayed = ids.next()
    leaving.abort('enough')
    await expect(left).rejects.toBe('enough')
    expect(await during(time, latencyMs, stayed)).toBe(1n)
    await expect(ids.next({ signal: leaving.signal })).rejects.toBe('enough')
  })

  test('tells how long callers waited and the store took', async () => {
    const told: string[] = []
    const { time, ids } = world(10, {
      observer: {
        issued: (count) => told.push(`issued ${count}`),
        waited: (forMs, why) => told.push(`waited ${forMs} ${why}`),
        loaded: (afterMs) => told.push(`loaded ${afterMs}`),
      },
    })
    await during(time, latencyMs, ids.next())
    expect(told).toEqual(['loaded 50', 'waited 50 exhausted', 'issued 1'])
  })
})
