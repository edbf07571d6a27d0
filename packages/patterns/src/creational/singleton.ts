/**
 * Singleton: one instance, made once, whoever asks and however many ask at the same time.
 *
 * ```text
 * caller ─┐
 * caller ─┼─▶ lazy(create) ── first ──▶ create() ──▶ instance
 * caller ─┘                └─ later ───────────────▶ instance
 * ```
 *
 * The forms, by when the instance is made and how far it reaches:
 *
 * | form | made | reaches |
 * |---|---|---|
 * | `eager` | at once | whoever holds the function |
 * | `lazy` | on first use | the same |
 * | `once` | on first use, asynchronously; the JS form of double-checked locking | the same |
 * | `holder` | on first read of a property, which then is plain data | whoever holds the object |
 * | `registered` | on first use | every copy of every module in the realm |
 *
 * A class that nobody may construct a second time is in `singleton-class`; one initialisation across
 * threads is in `shared-once`. In plain modules `export const x = …` is an eager singleton already:
 * use these where creation is dear, can fail, or is asynchronous.
 *
 * Not for state that tests or tenants want apart: hand such things over as parameters.
 *
 * Lockstep has the idea in `packages/raft/src/rules.ts`: the rules of the paper are one constant
 * of a module, an eager singleton.
 */

/**
 * An instance was asked for while it was being made: its creator depends on itself.
 *
 * @example
 * ```ts
 * import { lazy, SingletonCycleError } from '@lockstep/patterns/creational/singleton'
 *
 * const egg: () => object = lazy(() => ({ from: egg() }))
 * try {
 *   egg()
 * } catch (error) {
 *   if (!(error instanceof SingletonCycleError)) throw error
 * }
 * ```
 */
export class SingletonCycleError extends Error {
  override readonly name = 'SingletonCycleError'

  constructor() {
    super('the creator of a singleton asks for that singleton: break the cycle')
  }
}

/**
 * Makes the instance now; the function always gives that one.
 *
 * @example
 * ```ts
 * import { eager } from '@lockstep/patterns/creational/singleton'
 *
 * const settings = eager(() => ({ port: 80 }))
 * if (settings() !== settings()) throw new Error('two')
 * ```
 */
export function eager<T>(create: () => T): () => T {
  const instance = create()
  return () => instance
}

/**
 * Makes the instance when it is first asked for; a creation that throws is tried again next time.
 *
 * Throws `SingletonCycleError` if the creator asks for its own instance.
 *
 * @example
 * ```ts
 * import { lazy } from '@lockstep/patterns/creational/singleton'
 *
 * let made = 0
 * const table = lazy(() => ({ number: ++made }))
 * if (made !== 0 || table() !== table() || Number(made) !== 1) throw new Error('not lazy')
 * ```
 */
export function lazy<T>(create: () => T): () => T {
  let state: 'empty' | 'making' | 'made' = 'empty'
  let instance: T | undefined
  return () => {
    if (state === 'making') throw new SingletonCycleError()
    if (state === 'empty') {
      state = 'making'
      try {
        instance = create()
        state = 'made'
      } finally {
        if (state === 'making') state = 'empty'
      }
    }
    return instance as T
  }
}

/**
 * Makes the instance asynchronously, once for all who ask before or after it is there.
 *
 * `if (x === undefined) x = await create()` lets everybody in who comes during the wait. Here the
 * promise is what is kept, so the check and the claim are one synchronous step. All who wait for a
 * creation that fails see its error, and the next one to ask tries again. A
 * creator that awaits its own instance waits for ever.
 *
 * @example
 * ```ts
 * import { once } from '@lockstep/patterns/creational/singleton'
 *
 * const connection = once(async () => ({ open: true }))
 * const [a, b] = await Promise.all([connection(), connection()])
 * if (a !== b) throw new Error('two connections')
 * ```
 */
export function once<T>(create: () => Promise<T>): () => Promise<T> {
  let pending: Promise<T> | undefined
  return () => {
    if (pending === undefined) {
      // The creator begins a turn later, when `pending` is set, so that it cannot come back in.
      pending = Promise.resolve()
        .then(create)
        .catch((error: unknown) => {
          pending = undefined
          throw error
        })
    }
    return pending
  }
}

/**
 * Gives an object a property that is made when it is first read and plain, fixed data afterwards.
 *
 * It is the static holder: the check for 'already made' is paid for once. A creation that throws is
 * tried again at the next read. Throws `TypeError` if the property is there and cannot be changed.
 *
 * @example
 * ```ts
 * import { holder } from '@lockstep/patterns/creational/singleton'
 *
 * class Catalogue {}
 * const Holding = holder(Catalogue, 'instance', () => new Catalogue())
 * if (Holding.instance !== Holding.instance) throw new Error('two')
 * ```
 */
export function holder<O extends object, K extends string, T>(
  owner: O,
  key: K,
  create: () => T,
): O & { readonly [P in K]: T } {
  const made = lazy(create)
  Object.defineProperty(owner, key, {
    configurable: true,
    enumerable: true,
    get() {
      const value = made()
      const fixed = { value, writable: false, enumerable: true, configurable: false }
      Object.defineProperty(owner, key, fixed)
      return value
    },
  })
  return owner as O & { readonly [P in K]: T }
}

/** Gives the instance of that name, made by `create` if there is none. */
type Claim = <T>(name: string, create: () => T) => T

const claimKey = Symbol.for('@lockstep/patterns/singletons')

/** One book of names for the realm, kept by the first copy of this module, closed to all others. */
function realmClaim(): Claim {
  const realm = globalThis as { [claimKey]?: Claim }
  const present = realm[claimKey]
  if (present !== undefined) return present
  const makers = new Map<string, () => unknown>()
  const claim: Claim = <T>(name: string, create: () => T): T => {
    const maker = makers.get(name) ?? lazy(create)
    makers.set(name, maker)
    try {
      return maker() as T
    } catch (error) {
      // A failed creator is not kept: the next claim may come with one that works.
      if (!(error instanceof SingletonCycleError)) makers.delete(name)
      throw error
    }
  }
  Object.defineProperty(realm, claimKey, { value: Object.freeze(claim) })
  return claim
}

/**
 * Makes the instance of a name on first use, once for the whole realm.
 *
 * A module that is loaded twice (two versions in `node_modules`, `?query` imports, a cleared cache)
 * has its variables twice. The name is looked up in one book that all copies share. Each worker
 * thread is a realm of its own. The first creator of a name wins: names should carry their package.
 *
 * @example
 * ```ts
 * import { registered } from '@lockstep/patterns/creational/singleton'
 *
 * const here = registered('example/clock', () => ({ ticks: 0 }))
 * const there = registered('example/clock', () => ({ ticks: 0 }))
 * if (here() !== there()) throw new Error('two clocks')
 * ```
 */
export function registered<T>(name: string, create: () => T): () => T {
  return () => realmClaim()(name, create)
}
