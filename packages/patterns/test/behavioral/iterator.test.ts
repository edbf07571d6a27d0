import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { Sequence } from '../../src/behavioral/iterator.ts'

interface Step {
  readonly type: 'map' | 'filter' | 'flatMap' | 'take' | 'takeWhile' | 'drop' | 'chunk'
  readonly n: number
}

const pipeline = fc.array(
  fc.record({
    type: fc.constantFrom('map', 'filter', 'flatMap', 'take', 'takeWhile', 'drop', 'chunk'),
    n: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 5 },
)

const lazySteps: Record<Step['type'], (of: Sequence<number>, n: number) => Sequence<number>> = {
  map: (of, n) => of.map((x) => x * n),
  filter: (of, n) => of.filter((x) => x % n === 0),
  flatMap: (of, n) => of.flatMap((x) => Array.from({ length: x % n }, () => x)),
  take: (of, n) => of.take(n),
  takeWhile: (of, n) => of.takeWhile((x) => x % 7 !== n),
  drop: (of, n) => of.drop(n),
  chunk: (of, n) => of.chunk(n).map((chunk) => chunk.length),
}

const arraySteps: Record<Step['type'], (of: readonly number[], n: number) => readonly number[]> = {
  map: (of, n) => of.map((x) => x * n),
  filter: (of, n) => of.filter((x) => x % n === 0),
  flatMap: (of, n) => of.flatMap((x) => Array.from({ length: x % n }, () => x)),
  take: (of, n) => of.slice(0, n),
  takeWhile: (of, n) => {
    const end = of.findIndex((x) => x % 7 === n)
    return end === -1 ? of : of.slice(0, end)
  },
  drop: (of, n) => of.slice(n),
  chunk: (of, n) =>
    Array.from({ length: Math.ceil(of.length / n) }, (_, index) =>
      Math.min(n, of.length - index * n),
    ),
}

const lazily: Apply = (sequence, { type, n }) => lazySteps[type](sequence, n)

type Apply = (sequence: Sequence<number>, step: Step) => Sequence<number>

function equalsArrays(apply: Apply): boolean {
  const property = fc.property(fc.array(fc.nat(20)), pipeline, (array, steps) => {
    const sequence = steps.reduce(apply, Sequence.from(array))
    const expected = steps.reduce<readonly number[]>(
      (all, { type, n }) => arraySteps[type](all, n),
      array,
    )
    expect([...sequence]).toEqual(expected)
    expect([...sequence]).toEqual(expected)
  })
  return !fc.check(property, { numRuns: 300 }).failed
}

/** A source that counts what is pulled from it and how often it is closed. */
class Counted implements Iterable<number> {
  pulled: number
  closed: number

  constructor() {
    this.pulled = 0
    this.closed = 0
  }

  [Symbol.iterator](): Iterator<number> {
    return {
      next: () => ({ done: false, value: (this.pulled += 1) }),
      return: () => {
        this.closed += 1
        return { done: true, value: undefined }
      },
    }
  }
}

/** Taking from an endless source pulls what is taken and not one more, and closes the source. */
function pullsWhatItNeeds(take: (sequence: Sequence<number>, count: number) => unknown[]): boolean {
  const property = fc.property(fc.nat(10), fc.integer({ min: 1, max: 4 }), (count, n) => {
    const source = new Counted()
    const multiples = Sequence.from(source).filter((x) => x % n === 0)
    expect(source.pulled).toBe(0)
    expect(take(multiples, count)).toHaveLength(count)
    expect(source.pulled).toBe(count * n)
    expect(source.closed).toBe(count === 0 ? 0 : 1)
  })
  return !fc.check(property).failed
}

describe('a sequence', () => {
  test('equals what the methods of arrays give, in every pass', () => {
    expect(equalsArrays(lazily)).toBe(true)
  })

  test('pulls no more than it needs, and closes its source', () => {
    expect(pullsWhatItNeeds((sequence, count) => [...sequence.take(count)])).toBe(true)
  })

  test.each<[string, Apply]>([
    [
      'that drops one too few',
      (sequence, step) =>
        lazily(sequence, step.type === 'drop' ? { ...step, n: step.n - 1 } : step),
    ],
    [
      'that forgets the last chunk',
      (sequence, step) =>
        step.type === 'chunk'
          ? sequence
              .chunk(step.n)
              .filter(({ length }) => length === step.n)
              .map(({ length }) => length)
          : lazily(sequence, step),
    ],
    ['that can be passed once', (sequence, step) => lazily(Sequence.from(once(sequence)), step)],
  ])('%s is noticed', (_, mutant) => {
    expect(equalsArrays(mutant)).toBe(false)
  })

  test('that looks one element ahead, or leaves its source open, is noticed', () => {
    const ahead = (sequence: Sequence<number>, count: number): number[] => {
      const taken: number[] = []
      for (const element of sequence) {
        if (taken.length === count) break
        taken.push(element)
      }
      return taken
    }
    const open = (sequence: Sequence<number>, count: number): unknown[] => {
      const iterator = sequence[Symbol.iterator]()
      return Array.from({ length: count }, () => iterator.next().value as unknown)
    }
    expect(pullsWhatItNeeds(ahead)).toBe(false)
    expect(pullsWhatItNeeds(open)).toBe(false)
  })

  test('has chunks of at least one element', () => {
    expect(() => Sequence.from([1]).chunk(0)).toThrow(RangeError)
    expectTypeOf(Sequence.from([1]).chunk(2)).toEqualTypeOf<Sequence<readonly number[]>>()
  })
})

function once(sequence: Sequence<number>): Iterable<number> {
  const iterator = sequence[Symbol.iterator]()
  return { [Symbol.iterator]: () => iterator }
}
