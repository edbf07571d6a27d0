/**
 * Adapter: what exists is given the shape that somebody expects.
 *
 * ```text
 * caller ──▶ the shape it expects ──adapt──▶ the shape there is
 * callback ◀── callingBack, promising ──▶ promise        pages ── paging ──▶ for await
 * ```
 *
 * `adapt` renames the methods of an object. The others turn the three shapes of asynchronous results
 * into each other: node callbacks, promises, and async iterators over pages. Results and errors go
 * through unchanged, each in the channel of its shape.
 *
 * Not for adding behaviour (a decorator does that) and not within code of your own, where the shape
 * itself can be changed.
 *
 * Lockstep has the idea in `apps/playground/src/bench/etcd-store.ts` and
 * `apps/playground/src/bench/raft-store.ts`: two clients that differ, given the shape of one
 * store.
 */

type Method = (...parameters: never[]) => unknown

/** Which method of `T` stands behind each new name. */
export type Mapping<T> = Readonly<Record<string, keyof T>>

/** `T` under the names of a mapping. */
export type Adapted<T, M extends Mapping<T>> = { readonly [K in keyof M]: T[M[K]] }

/**
 * An object that has the mapped names, each calling the method of the target behind it.
 *
 * Throws `TypeError` if what stands behind a name is not a method.
 *
 * @example
 * ```ts
 * import { adapt } from '@lockstep/patterns/structural/adapter'
 *
 * const store = adapt(new Map<string, number>(), { read: 'get', write: 'set' })
 * store.write('a', 1)
 * if (store.read('a') !== 1) throw new Error('lost')
 * ```
 */
export function adapt<T extends object, const M extends Mapping<T>>(
  target: T,
  mapping: M & { readonly [K in keyof M]: T[M[K]] extends Method ? M[K] : never },
): Adapted<T, M> {
  const entries = Object.entries<keyof T>(mapping).map(([name, key]) => {
    if (typeof target[key] !== 'function') throw new TypeError(`'${String(key)}' is not a method`)
    // Looked up at each call, so that a method that is replaced later is the one that is called.
    return [name, (...given: never[]) => (target[key] as Method).apply(target, given)] as const
  })
  return Object.freeze(Object.fromEntries(entries)) as Adapted<T, M>
}

/** What a node-style function calls when it is done: an error, or null and the result. */
export type Callback<R> = (error: unknown, result?: R) => void

/**
 * A promise was rejected with null or undefined, which a callback would take for success.
 *
 * @example
 * ```ts
 * import { callingBack, EmptyRejectionError, promising } from '@lockstep/patterns/structural/adapter'
 *
 * const there = callingBack(() => Promise.reject(undefined))
 * const error: unknown = await promising(there)().catch((reason: unknown) => reason)
 * if (!(error instanceof EmptyRejectionError)) throw new Error('taken for success')
 * ```
 */
export class EmptyRejectionError extends Error {
  override readonly name = 'EmptyRejectionError'

  constructor(reason: unknown) {
    super('a promise was rejected without a reason', { cause: reason })
  }
}

/**
 * A function that gives a promise in place of calling back.
 *
 * Only the first call of the callback counts; a synchronous throw rejects.
 *
 * @example
 * ```ts
 * import { type Callback, promising } from '@lockstep/patterns/structural/adapter'
 *
 * const half = promising((n: number, done: Callback<number>) =>
 *   n % 2 === 0 ? done(null, n / 2) : done(new RangeError('odd')),
 * )
 * if ((await half(4)) !== 2 || (await half(3).catch(() => 'odd')) !== 'odd') throw new Error('lost')
 * ```
 */
export function promising<P extends readonly unknown[], R>(
  calling: (...parameters: [...P, Callback<R>]) => void,
): (...parameters: P) => Promise<R> {
  return (...parameters) =>
    new Promise<R>((resolve, reject) => {
      calling(...parameters, (error, result) => {
        if (error === null || error === undefined) resolve(result as R)
        else reject(error)
      })
    })
}

/**
 * A function that calls back in place of giving a promise, once, and never before it returns.
 *
 * A rejection without a reason is handed on as `EmptyRejectionError`, since null means success. What
 * the callback throws is an unhandled rejection, not an error of the function.
 *
 * @example
 * ```ts
 * import { callingBack, promising } from '@lockstep/patterns/structural/adapter'
 *
 * const double = callingBack(async (n: number) => n * 2)
 * if ((await promising(double)(21)) !== 42) throw new Error('lost')
 * ```
 */
export function callingBack<P extends readonly unknown[], R>(
  promise: (...parameters: P) => Promise<R>,
): (...parameters: [...P, Callback<R>]) => void {
  return (...given) => {
    const done = given.at(-1) as Callback<R>
    const parameters = given.slice(0, -1) as unknown as P
    // oxlint-disable promise/no-callback-in-promise -- this is where the two shapes meet
    void (async () => promise(...parameters))().then(
      (result) => done(null, result),
      (reason: unknown) => done(reason ?? new EmptyRejectionError(reason)),
    )
    // oxlint-enable promise/no-callback-in-promise
  }
}

/** One page of a longer list; without `next` it is the last. */
export interface Page<T, C> {
  readonly items: readonly T[]
  readonly next?: C
}

/**
 * The items of all pages, each page fetched when its first item is wanted.
 *
 * @example
 * ```ts
 * import { type Page, paging } from '@lockstep/patterns/structural/adapter'
 *
 * const fetch = async (from = 0): Promise<Page<number, number>> =>
 *   from < 4 ? { items: [from, from + 1], next: from + 2 } : { items: [] }
 * const seen: number[] = []
 * for await (const n of paging(fetch)) seen.push(n)
 * if (seen.join() !== '0,1,2,3') throw new Error('lost')
 * ```
 */
export async function* paging<T, C>(
  fetch: (cursor?: C) => Promise<Page<T, C>>,
): AsyncGenerator<T, void, undefined> {
  let page = await fetch()
  for (;;) {
    yield* page.items
    if (page.next === undefined) return
    page = await fetch(page.next)
  }
}
