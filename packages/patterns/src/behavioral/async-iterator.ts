/**
 * Iterator over what takes time: lazy as `Sequence`, with a bound on how much is under way.
 *
 * ```text
 * source ──▶ a, b, c ──▶ mapConcurrent(work, 2): a and b at work, c waits ──▶ a, b, c in order
 * ```
 *
 * `mapConcurrent` is what a plain loop cannot say: several elements at work at once, never more than
 * `concurrency`, results in the order of the source. Leaving early waits for what is under way and
 * closes the source; the first failure does the same and is thrown at its place.
 *
 * When not to use it: if everything is there and small, `Promise.all`. If values arrive by
 * themselves and must not wait, a bus (see observer).
 *
 * Lockstep has the idea in `apps/playground/src/cli/swarm-pool.ts`: blocks of seeds run side by
 * side, and their reports are joined in order.
 */

/**
 * A lazy sequence of elements that take time.
 *
 * @example
 * ```ts
 * import { AsyncSequence } from '@lockstep/patterns/behavioral/async-iterator'
 *
 * const fetched = AsyncSequence.from(['a', 'b', 'c', 'd'])
 *   .mapConcurrent(async (name) => name.toUpperCase(), 2)
 *   .take(3)
 * const names = await fetched.toArray()
 * if (names.join() !== 'A,B,C') throw new Error(names.join())
 * ```
 */
export class AsyncSequence<T> implements AsyncIterable<T> {
  readonly #source: () => AsyncIterator<T>

  private constructor(source: () => AsyncIterator<T>) {
    this.#source = source
  }

  /** The elements of `source`. */
  static from<T>(source: AsyncIterable<T> | Iterable<T>): AsyncSequence<T> {
    if (Symbol.asyncIterator in source)
      return new AsyncSequence(() => source[Symbol.asyncIterator]())
    return new AsyncSequence(() => new Arriving(source[Symbol.iterator]()))
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.#source()
  }

  /** One at a time. */
  map<R>(change: (element: T) => R | Promise<R>): AsyncSequence<R> {
    return this.#then(async function* (elements) {
      for await (const element of elements) yield await change(element)
    })
  }

  filter(fits: (element: T) => boolean | Promise<boolean>): AsyncSequence<T> {
    return this.#then(async function* (elements) {
      for await (const element of elements) if (await fits(element)) yield element
    })
  }

  /** The first `count` elements. It does not ask its source for one more. */
  take(count: number): AsyncSequence<T> {
    return this.#then(async function* (elements) {
      let left = count
      if (left <= 0) return
      for await (const element of elements) {
        yield element
        left -= 1
        if (left <= 0) return
      }
    })
  }

  /**
   * As `map`, with up to `concurrency` elements at work, in the order of the source.
   *
   * At most `concurrency` elements are pulled ahead of what the reader has taken.
   *
   * @throws {RangeError} if `concurrency` is below 1.
   */
  mapConcurrent<R>(change: (element: T) => R | Promise<R>, concurrency: number): AsyncSequence<R> {
    if (!(concurrency >= 1)) throw new RangeError(`concurrency is at least 1, not ${concurrency}`)
    return this.#then((elements) => inOrder(elements, change, concurrency))
  }

  async toArray(): Promise<T[]> {
    const all: T[] = []
    for await (const element of this) all.push(element)
    return all
  }

  #then<R>(step: (elements: AsyncIterable<T>) => AsyncIterator<R>): AsyncSequence<R> {
    return new AsyncSequence(() => step(this))
  }
}

/** An iterator of what is there, as one of what takes time; promises among its elements are awaited. */
class Arriving<T> implements AsyncIterator<T> {
  readonly #source: Iterator<T>

  constructor(source: Iterator<T>) {
    this.#source = source
  }

  async next(): Promise<IteratorResult<T>> {
    const next = this.#source.next()
    if (next.done === true) return { done: true, value: undefined }
    return { done: false, value: await next.value }
  }

  async return(): Promise<IteratorResult<T>> {
    this.#source.return?.()
    return { done: true, value: undefined }
  }
}

async function* inOrder<T, R>(
  elements: AsyncIterable<T>,
  change: (element: T) => R | Promise<R>,
  concurrency: number,
): AsyncGenerator<R, void, undefined> {
  const source = elements[Symbol.asyncIterator]()
  const underWay: Promise<{ readonly result: R } | undefined>[] = []
  let ended = false
  /** Elements are pulled one after the other, also while results are waited for. */
  let pulled: Promise<IteratorResult<T>> | undefined
  const pull = async (before: typeof pulled): Promise<IteratorResult<T>> => {
    await before
    if (ended) return { done: true, value: undefined }
    try {
      const next = await source.next()
      ended ||= next.done === true
      return next
    } catch (error) {
      ended = true
      throw error
    }
  }
  const begin = async (next: Promise<IteratorResult<T>>): Promise<{ result: R } | undefined> => {
    const { done, value } = await next
    return done === true ? undefined : { result: await change(value) }
  }
  try {
    for (;;) {
      while (underWay.length < concurrency) {
        pulled = pull(pulled)
        const work = begin(pulled)
        /** A failure is thrown when its turn comes, and is not unhandled until then. */
        work.catch(() => undefined)
        underWay.push(work)
      }
      const first = await underWay.shift()
      if (first === undefined) return
      yield first.result
    }
  } finally {
    await Promise.allSettled(underWay)
    if (!ended) await source.return?.()
  }
}
