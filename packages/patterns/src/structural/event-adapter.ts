/**
 * Adapter between what calls and what is asked: listeners on one side, iterators on the other.
 *
 * ```text
 *   source ──next, failed, ended──▶ buffer ──▶ for await      iterating
 *   elements ──for await──▶ next, failed, ended ──▶ hearing   announcing
 * ```
 *
 * A source that calls cannot be slowed down, and a reader that asks cannot be hurried: what lies
 * between is a buffer with a bound, and a source that overruns it fails loudly. Elements, their
 * order, the error and the end come through unchanged, and `stop` is called once, however it ends.
 *
 * Not where the source can wait for the reader: then make it an iterator from the start.
 *
 * Lockstep has the idea in `apps/playground/src/cli/signals.ts`: a signal of the system becomes a
 * promise.
 */

/** What a source calls: `next` any number of times, then `failed` or `ended` at most once. */
export interface Hearing<T> {
  readonly next: (element: T) => void
  readonly failed: (error: unknown) => void
  readonly ended: () => void
}

/** Begins to call, and gives what stops it. It may call before it returns. */
export type Source<T> = (hearing: Hearing<T>) => () => void

/**
 * A source called more often than its reader read, by more than the buffer holds.
 *
 * @example
 * ```ts
 * import { BufferOverrun, iterating } from '@lockstep/patterns/structural/event-adapter'
 *
 * const eager = iterating<number>(({ next }) => ([1, 2, 3].forEach(next), () => {}), { bufferMax: 2 })
 * const reader = eager[Symbol.asyncIterator]()
 * const read = [await reader.next(), await reader.next()].map(({ value }) => value as number)
 * const error: unknown = await reader.next().catch((reason: unknown) => reason)
 * if (read.join() !== '1,2' || !(error instanceof BufferOverrun)) throw new Error('lost silently')
 * ```
 */
export class BufferOverrun extends Error {
  override readonly name = 'BufferOverrun'

  constructor(bufferMax: number) {
    super(`the reader fell more than ${bufferMax} elements behind; read faster, or raise bufferMax`)
  }
}

type Outcome = { readonly error: unknown } | 'ended'

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

/** One pass over a source: it begins to listen at the first `next`. */
class Listening<T> implements AsyncIterator<T, undefined> {
  readonly #source: Source<T>
  readonly #bufferMax: number
  readonly #buffer: T[] = []
  /** Those who ask while nothing is there; the buffer is empty then. */
  readonly #readers: Reader<T>[] = []
  #outcome: Outcome | undefined
  #stop: (() => void) | undefined
  #begun = false

  constructor(source: Source<T>, bufferMax: number) {
    this.#source = source
    this.#bufferMax = bufferMax
  }

  next(): Promise<IteratorResult<T, undefined>> {
    this.#begin()
    if (this.#buffer.length > 0) {
      return Promise.resolve({ done: false, value: this.#buffer.shift() as T })
    }
    const outcome = this.#outcome
    if (outcome === undefined) {
      return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
    }
    this.#outcome = 'ended'
    if (outcome !== 'ended') return Promise.reject(outcome.error)
    return Promise.resolve({ done: true, value: undefined })
  }

  /** Ends it also for those who wait in `next`: a generator would let them wait for ever. */
  return(): Promise<IteratorResult<T, undefined>> {
    this.#begun = true
    this.#buffer.length = 0
    this.#close('ended')
    return Promise.resolve({ done: true, value: undefined })
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#stop = this.#source({
      next: (element) => this.#take(element),
      failed: (error) => this.#close({ error }),
      ended: () => this.#close('ended'),
    })
    // It was over before there was anything to stop.
    if (this.#outcome !== undefined) this.#end()
  }

  #take(element: T): void {
    if (this.#outcome !== undefined) return
    const reader = this.#readers.shift()
    if (reader !== undefined) reader.resolve({ done: false, value: element })
    else if (this.#buffer.length < this.#bufferMax) this.#buffer.push(element)
    else this.#close({ error: new BufferOverrun(this.#bufferMax) })
  }

  #close(outcome: Outcome): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    for (const [at, { resolve, reject }] of this.#readers.entries()) {
      if (at === 0 && outcome !== 'ended') {
        this.#outcome = 'ended'
        reject(outcome.error)
      } else resolve({ done: true, value: undefined })
    }
    this.#readers.length = 0
    this.#end()
  }

  #end(): void {
    const stop = this.#stop
    this.#stop = undefined
    stop?.()
  }
}

/**
 * What a source calls, to be read in a loop; each pass listens anew, from its first element on.
 *
 * Up to `bufferMax` elements wait for the reader. Leaving the loop stops the source. The loop throws
 * what the source failed with, or `BufferOverrun`, after all that came before.
 *
 * @example
 * ```ts
 * import { iterating } from '@lockstep/patterns/structural/event-adapter'
 *
 * let stopped = 0
 * const ticks = iterating<number>(
 *   ({ next, ended }) => {
 *     next(1)
 *     next(2)
 *     ended()
 *     return () => (stopped += 1)
 *   },
 *   { bufferMax: 8 },
 * )
 * const seen: number[] = []
 * for await (const tick of ticks) seen.push(tick)
 * if (seen.join() !== '1,2' || stopped !== 1) throw new Error('lost')
 * ```
 */
export function iterating<T>(
  source: Source<T>,
  { bufferMax }: { readonly bufferMax: number },
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Listening(source, bufferMax) }
}

/**
 * Elements that are read one after the other and handed to whoever hears.
 *
 * After `stop` nothing is heard, and the iterator is closed. A `next` that throws ends it as well, and
 * is told so by `failed`; what `failed` and `ended` throw is an unhandled rejection.
 *
 * @example
 * ```ts
 * import { announcing, iterating } from '@lockstep/patterns/structural/event-adapter'
 *
 * async function* letters() {
 *   yield 'a'
 *   yield 'b'
 * }
 * const seen: string[] = []
 * for await (const each of iterating(announcing(letters()), { bufferMax: 8 })) seen.push(each)
 * if (seen.join() !== 'a,b') throw new Error('lost')
 * ```
 */
export function announcing<T>(elements: AsyncIterable<T>): Source<T> {
  return (hearing) => {
    const iterator = elements[Symbol.asyncIterator]()
    const life = { over: false }
    const end = (tell: () => void): void => {
      if (life.over) return
      life.over = true
      tell()
    }
    const read = async (): Promise<void> => {
      for (let next = await iterator.next(); !life.over; next = await iterator.next()) {
        if (next.done === true) return
        try {
          hearing.next(next.value)
        } catch (error) {
          await iterator.return?.()
          throw error
        }
      }
    }
    void read().then(
      () => end(() => hearing.ended()),
      (error: unknown) => end(() => hearing.failed(error)),
    )
    // After `stop` nobody listens, so nobody hears how the closing went.
    const close = async (): Promise<unknown> => iterator.return?.()
    return () => end(() => void close().catch(() => undefined))
  }
}
