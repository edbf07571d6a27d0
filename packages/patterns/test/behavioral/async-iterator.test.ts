import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AsyncSequence } from '../../src/behavioral/async-iterator.ts'

/** A source that counts, and fails where it is told to. */
class Source implements AsyncIterable<number> {
  pulled = 0
  closed = 0
  readonly #length: number

  constructor(length: number) {
    this.#length = length
  }

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: async () => {
        if (this.pulled >= this.#length) return { done: true, value: undefined }
        this.pulled += 1
        return { done: false, value: this.pulled }
      },
      return: async () => {
        this.closed += 1
        return { done: true, value: undefined }
      },
    }
  }
}

type MapConcurrent = (
  sequence: AsyncSequence<number>,
  change: (element: number) => Promise<number>,
  concurrency: number,
) => AsyncIterable<number>

const mapConcurrent: MapConcurrent = (sequence, change, concurrency) =>
  sequence.mapConcurrent(change, concurrency)

/** Whatever finishes first: order, bounds, early ends and failures are as promised. */
async function keepsOrderAndBound(map: MapConcurrent): Promise<boolean> {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.nat(8),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 10 }),
    fc.integer({ min: 1, max: 12 }),
    async (scheduler, length, concurrency, wanted, failing) => {
      const source = new Source(length)
      let atWork = 0
      let most = 0
      const change = async (element: number): Promise<number> => {
        atWork += 1
        most = Math.max(most, atWork)
        await scheduler.schedule(Promise.resolve())
        atWork -= 1
        if (element === failing) throw new RangeError('no')
        return element * 10
      }
      const taken: number[] = []
      let failed = false
      const read = async (): Promise<void> => {
        for await (const element of map(AsyncSequence.from(source), change, concurrency)) {
          taken.push(element)
          if (source.pulled > taken.length + concurrency) throw new Error('too far ahead')
          if (taken.length === wanted) break
        }
      }
      await scheduler.waitFor(
        read().catch((error: unknown) => {
          if (!(error instanceof RangeError)) throw error
          failed = true
        }),
      )
      const there = Math.min(length, failing - 1, wanted)
      expect(taken).toEqual(Array.from({ length: there }, (_, index) => (index + 1) * 10))
      expect(failed).toBe(failing <= Math.min(length, wanted))
      expect(most).toBeLessThanOrEqual(concurrency)
      const least = failing > length ? Math.min(2, concurrency, length) : 0
      expect(most).toBeGreaterThanOrEqual(least)
      expect(atWork).toBe(0)
      const leftOpen = source.closed === 0 && source.pulled < length
      expect(leftOpen).toBe(false)
      expect(source.closed).toBeLessThanOrEqual(1)
    },
  )
  return !(await fc.check(property, { numRuns: 300 })).failed
}

describe('mapping with a bound', () => {
  test('keeps the order, the bound and the source in order, whatever finishes first', async () => {
    expect(await keepsOrderAndBound(mapConcurrent)).toBe(true)
  })

  test.each<[string, MapConcurrent]>([
    ['one at a time', (sequence, change) => sequence.map(change)],
    ['one too many', (sequence, change, bound) => sequence.mapConcurrent(change, bound + 1)],
    [
      'in the order of completion',
      async function* (sequence, change, bound) {
        const done: number[] = []
        const noted = async (element: number): Promise<void> =>
          void done.push(await change(element))
        for await (const _ of sequence.mapConcurrent(noted, bound)) yield done.shift() ?? Number.NaN
      },
    ],
    [
      'without waiting for what is under way',
      (sequence, change, bound) => {
        const iterator = sequence.mapConcurrent(change, bound)[Symbol.asyncIterator]()
        return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) }
      },
    ],
  ])('%s is noticed', async (_, mutant) => {
    expect(await keepsOrderAndBound(mutant)).toBe(false)
  })

  test('needs room for one', () => {
    expect(() => AsyncSequence.from([1]).mapConcurrent((n) => n, 0)).toThrow(RangeError)
  })

  test('gives what its source throws, after what came before', async () => {
    const source = async function* (): AsyncGenerator<number> {
      yield 1
      throw new RangeError('broken')
    }
    const seen: number[] = []
    const read = async (): Promise<void> => {
      const doubled = AsyncSequence.from(source()).mapConcurrent((n) => n * 2, 3)
      for await (const element of doubled) seen.push(element)
    }
    await expect(read()).rejects.toThrow('broken')
    expect(seen).toEqual([2])
  })
})

test('the other steps equal the methods of arrays, and pull what they need', async () => {
  const property = fc.asyncProperty(fc.nat(8), fc.nat(10), async (length, count) => {
    const source = new Source(length)
    const numbers = AsyncSequence.from(source)
      .map(async (n) => n + 1)
      .filter((n) => n % 2 === 0)
      .take(count)
    const all = Array.from({ length }, (_, index) => index + 2).filter((n) => n % 2 === 0)
    expect(await numbers.toArray()).toEqual(all.slice(0, count))
    const needed = count === 0 ? 0 : Math.min(length, count * 2 - 1)
    expect(source.pulled).toBe(all.length < count ? length : needed)
  })
  await fc.assert(property)
})
