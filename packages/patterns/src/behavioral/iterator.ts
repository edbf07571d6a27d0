/**
 * Iterator: one element after the other, without showing where they come from.
 *
 * ```text
 * for … of ◀── take ◀── map ◀── filter ◀── source        one element at a time, on demand
 * ```
 *
 * Intent: a pipeline over anything iterable that does nothing until somebody asks, pulls no element
 * more than it needs, and closes its source when it is left early.
 *
 * When not to use it: for small arrays their own methods are clearer and quicker. For elements that
 * take time, see `AsyncSequence`.
 *
 * Lockstep has the idea in `packages/sim/src/leave-out.ts`: ever smaller scenarios, made only
 * while the search goes on.
 */

/**
 * A lazy sequence. Each pass over it begins a new pass over its source.
 *
 * @example
 * ```ts
 * import { Sequence } from '@lockstep/patterns/behavioral/iterator'
 *
 * const squares = Sequence.iterate(1, (n) => n + 1).map((n) => n * n)
 * const odd = squares.filter((n) => n % 2 === 1).take(3)
 * if ([...odd].join() !== '1,9,25') throw new Error([...odd].join())
 * ```
 */
export class Sequence<T> implements Iterable<T> {
  readonly #source: () => Iterator<T>

  private constructor(source: () => Iterator<T>) {
    this.#source = source
  }

  /** The elements of `source`. */
  static from<T>(source: Iterable<T>): Sequence<T> {
    return new Sequence(() => source[Symbol.iterator]())
  }

  /** `first`, what follows on it, what follows on that, without end. */
  static iterate<T>(first: T, next: (element: T) => T): Sequence<T> {
    return new Sequence(function* () {
      for (let element = first; ; element = next(element)) yield element
    })
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#source()
  }

  map<R>(change: (element: T) => R): Sequence<R> {
    return this.#then(function* (elements) {
      for (const element of elements) yield change(element)
    })
  }

  filter(fits: (element: T) => boolean): Sequence<T> {
    return this.#then(function* (elements) {
      for (const element of elements) if (fits(element)) yield element
    })
  }

  flatMap<R>(change: (element: T) => Iterable<R>): Sequence<R> {
    return this.#then(function* (elements) {
      for (const element of elements) yield* change(element)
    })
  }

  /** The first `count` elements. It does not ask its source for one more. */
  take(count: number): Sequence<T> {
    return this.#then(function* (elements) {
      let left = count
      if (left <= 0) return
      for (const element of elements) {
        yield element
        left -= 1
        if (left <= 0) return
      }
    })
  }

  /** The elements before the first that does not fit. */
  takeWhile(fits: (element: T) => boolean): Sequence<T> {
    return this.#then(function* (elements) {
      for (const element of elements) {
        if (!fits(element)) return
        yield element
      }
    })
  }

  /** All but the first `count` elements. */
  drop(count: number): Sequence<T> {
    return this.#then(function* (elements) {
      let left = count
      for (const element of elements) {
        if (left > 0) left -= 1
        else yield element
      }
    })
  }

  /** Arrays of `size` elements; the last may have fewer. @throws {RangeError} if size is below 1. */
  chunk(size: number): Sequence<readonly T[]> {
    if (!(size >= 1)) throw new RangeError(`a chunk has at least one element, not ${size}`)
    return this.#then(function* (elements) {
      let chunk: T[] = []
      for (const element of elements) {
        chunk.push(element)
        if (chunk.length < size) continue
        yield chunk
        chunk = []
      }
      if (chunk.length > 0) yield chunk
    })
  }

  #then<R>(step: (elements: Iterable<T>) => Iterator<R>): Sequence<R> {
    return new Sequence(() => step(this))
  }
}
