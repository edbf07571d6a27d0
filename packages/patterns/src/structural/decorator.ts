/**
 * Decorator: behaviour is put around a function without changing it, in any number of layers.
 *
 * ```text
 * caller ──▶ retrying ──▶ limited ──▶ metered ──▶ the function itself
 * ```
 *
 * A wrapper takes a function and gives one of the same type. `compose` makes one wrapper of many;
 * `decorate` puts it on, keeps name and length, and remembers what is inside for `unwrap`. The
 * wrappers here are those that one writes again and again: `retrying`, `limited` (in time), `cached`
 * and `metered`. Time is handed to them, so they run on virtual time as well.
 *
 * The order matters: `compose(retrying(…), limited(…))` gives each attempt its own limit, and the
 * other way round one limit for all attempts.
 *
 * Not for a whole object (a proxy does that), and not where the caller must know what is inside.
 *
 * Lockstep has the idea in `apps/playground/src/cluster/watched-port.ts`: a port that is a port,
 * and says what goes through it.
 */

type AnyFunction = (...parameters: never[]) => unknown

/** Puts something around a function; the result is called like the function itself. */
export type Wrapper<F extends AnyFunction> = (inner: F) => F

/** An asynchronous function. */
export type Async<P extends readonly unknown[], R> = (...parameters: P) => Promise<R>

const inners = new WeakMap<AnyFunction, AnyFunction>()

/**
 * One wrapper of many; the first is the outermost, and none at all changes nothing.
 *
 * @example
 * ```ts
 * import { compose, decorate } from '@lockstep/patterns/structural/decorator'
 *
 * const plus = (by: number) => (inner: (n: number) => number) => (n: number) => inner(n) + by
 * const times = (by: number) => (inner: (n: number) => number) => (n: number) => inner(n) * by
 * const both = decorate((n: number) => n, compose(plus(1), times(10)))
 * if (both(2) !== 21) throw new Error('wrong order')
 * ```
 */
export function compose<F extends AnyFunction>(...wrappers: readonly Wrapper<F>[]): Wrapper<F> {
  return (inner) => wrappers.reduceRight((wrapped, wrapper) => wrapper(wrapped), inner)
}

/**
 * The function within a wrapper, with the name and length of the function.
 *
 * @example
 * ```ts
 * import { decorate, unwrap } from '@lockstep/patterns/structural/decorator'
 *
 * const add = (a: number, b: number) => a + b
 * const loud = decorate(add, (inner) => (a, b) => inner(a, b) * 2)
 * if (loud(1, 2) !== 6 || loud.name !== 'add' || unwrap(loud) !== add) throw new Error('lost')
 * ```
 */
export function decorate<F extends AnyFunction>(inner: F, wrapper: Wrapper<F>): F {
  const wrapped = wrapper(inner)
  // A wrapper may choose to change nothing.
  if (wrapped === inner) return inner
  const { name, length } = inner
  Object.defineProperties(wrapped, { name: { value: name }, length: { value: length } })
  inners.set(wrapped, inner)
  return wrapped
}

/**
 * What `decorate` was given to make this function; undefined if it made it not.
 *
 * @example
 * ```ts
 * import { unwrap } from '@lockstep/patterns/structural/decorator'
 *
 * if (unwrap(() => 1) !== undefined) throw new Error('nothing is inside')
 * ```
 */
export function unwrap<F extends AnyFunction>(wrapped: F): F | undefined {
  return inners.get(wrapped) as F | undefined
}

/** How `retrying` goes on after a failure. */
export interface RetryPolicy {
  /** How often the function is called at most; at least 1. */
  readonly attemptsMax: number
  /** Waits before attempt n, counted from 2; not at all by default. */
  readonly wait?: (attempt: number) => Promise<void>
  /** Whether an error is worth another attempt; all are by default. */
  readonly worthwhile?: (error: unknown) => boolean
}

/**
 * Calls again after a failure; the last error comes through. Throws `RangeError` below one attempt.
 *
 * @example
 * ```ts
 * import { decorate, retrying } from '@lockstep/patterns/structural/decorator'
 *
 * let failures = 2
 * const flaky = async () => {
 *   if (failures-- > 0) throw new Error('not yet')
 *   return 'done'
 * }
 * if ((await decorate(flaky, retrying({ attemptsMax: 3 }))()) !== 'done') throw new Error('gave up')
 * ```
 */
export function retrying<P extends readonly unknown[], R>(
  policy: RetryPolicy,
): Wrapper<Async<P, R>> {
  const { attemptsMax, wait, worthwhile = () => true } = policy
  if (!(attemptsMax >= 1)) throw new RangeError('attemptsMax is at least 1')
  return (inner) =>
    async (...parameters) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await inner(...parameters)
        } catch (error) {
          if (attempt >= attemptsMax || !worthwhile(error)) throw error
          await wait?.(attempt + 1)
        }
      }
    }
}

/**
 * A call took longer than it may; whether it took effect is unknown.
 *
 * @example
 * ```ts
 * import { TimeLimitError } from '@lockstep/patterns/structural/decorator'
 *
 * if (!new TimeLimitError().message.includes('may still take effect')) throw new Error('unclear')
 * ```
 */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError'

  constructor() {
    super('no result within the time limit; the call may still take effect')
  }
}

/**
 * Gives up waiting when `limit` resolves; the call itself goes on, and its result is dropped.
 *
 * Rejects with `TimeLimitError`.
 *
 * @example
 * ```ts
 * import { decorate, limited, TimeLimitError } from '@lockstep/patterns/structural/decorator'
 *
 * const never = decorate(() => new Promise<number>(() => {}), limited(async () => {}))
 * const error: unknown = await never().catch((reason: unknown) => reason)
 * if (!(error instanceof TimeLimitError)) throw new Error('waited for ever')
 * ```
 */
export function limited<P extends readonly unknown[], R>(
  limit: () => Promise<void>,
): Wrapper<Async<P, R>> {
  return (inner) =>
    (...parameters) =>
      Promise.race([
        inner(...parameters),
        limit().then(() => {
          throw new TimeLimitError()
        }),
      ])
}

/**
 * Calls once per key and keeps the result, from the first call on; failures are not kept.
 *
 * It grows by an entry for each key: bound the keys, or the life of the function.
 *
 * @example
 * ```ts
 * import { cached, decorate } from '@lockstep/patterns/structural/decorator'
 *
 * let calls = 0
 * const square = decorate(async (n: number) => (calls++, n * n), cached(String))
 * const squares = await Promise.all([square(3), square(3), square(4)])
 * if (squares.join() !== '9,9,16' || calls !== 2) throw new Error('called twice')
 * ```
 */
export function cached<P extends readonly unknown[], R>(
  keyOf: (...parameters: P) => string,
): Wrapper<Async<P, R>> {
  return (inner) => {
    const results = new Map<string, Promise<R>>()
    return (...parameters) => {
      const key = keyOf(...parameters)
      const known = results.get(key)
      if (known !== undefined) return known
      const result = inner(...parameters)
      results.set(key, result)
      result.catch(() => results.delete(key))
      return result
    }
  }
}

/** One call that is over. */
export interface Measure {
  readonly outcome: 'returned' | 'threw'
  /** In the unit of the clock. */
  readonly duration: number
}

/**
 * Reports each call when it is over, by a clock that is handed in.
 *
 * @example
 * ```ts
 * import { decorate, type Measure, metered } from '@lockstep/patterns/structural/decorator'
 *
 * let now = 0
 * const seen: Measure[] = []
 * const work = decorate(async () => void (now += 5), metered(() => now, (each) => seen.push(each)))
 * await work()
 * if (seen[0]?.duration !== 5 || seen[0].outcome !== 'returned') throw new Error('not measured')
 * ```
 */
export function metered<P extends readonly unknown[], R>(
  clock: () => number,
  report: (measure: Measure) => void,
): Wrapper<Async<P, R>> {
  return (inner) =>
    async (...parameters) => {
      const start = clock()
      let outcome: Measure['outcome'] = 'threw'
      try {
        const result = await inner(...parameters)
        outcome = 'returned'
        return result
      } finally {
        report({ outcome, duration: clock() - start })
      }
    }
}
