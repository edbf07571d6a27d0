/**
 * Proxy, interface-style: an object that stands for another and sees every call before it does.
 *
 * ```text
 * caller ──▶ proxy ──▶ handler(invocation) ── proceed() ──▶ target
 * ```
 *
 * `proxied(target, handler)` gives the handler each method call as an `Invocation`: what is called,
 * with what, and `proceed` to go on to the target. Methods run with the target as `this`, so classes
 * with private fields work. `virtual` makes its target at the first use, `guarded` lets named
 * methods through, `remote` has no target and sends all calls away as promises.
 *
 * Not for a single function (a decorator does that) and not in hot loops: a call through a proxy
 * costs some ten times a plain one. `this.other()` within the target goes past the proxy; a subclass
 * proxy sees those calls as well.
 *
 * Lockstep has the idea in `packages/host/src/client.ts`: a port stands for nodes in other
 * processes, and sends calls away as promises.
 */

/** One call on its way to the target. */
export interface Invocation {
  readonly method: PropertyKey
  readonly parameters: readonly unknown[]
  /** Calls the target, with other parameters if they are given; what it returns or throws. */
  readonly proceed: (...parameters: readonly unknown[]) => unknown
}

/** Answers a call in the place of the target. */
export type InvocationHandler = (invocation: Invocation) => unknown

const targets = new WeakMap<object, object>()

/**
 * A stand-in for `target` whose method calls go to the handler.
 *
 * Properties are read and written on the target itself. The same method read twice is the same
 * function. What the handler returns must suit the method: types cannot check that.
 *
 * @example
 * ```ts
 * import { proxied } from '@lockstep/patterns/structural/proxy'
 *
 * const calls: PropertyKey[] = []
 * const list = proxied(new Set([1]), ({ method, proceed }) => {
 *   calls.push(method)
 *   return proceed()
 * })
 * if (!list.has(1) || list.size !== 1 || calls.join() !== 'has') throw new Error('not seen')
 * ```
 */
export function proxied<T extends object>(target: T, handler: InvocationHandler): T {
  const stand = standIn(() => target, handler, target)
  targets.set(stand, target)
  return stand
}

/**
 * The object behind a proxy of `proxied`, one layer down; undefined for anything else.
 *
 * @example
 * ```ts
 * import { proxied, targetOf } from '@lockstep/patterns/structural/proxy'
 *
 * const target = { greet: () => 'hello' }
 * if (targetOf(proxied(target, ({ proceed }) => proceed())) !== target) throw new Error('lost')
 * ```
 */
export function targetOf<T extends object>(proxy: T): T | undefined {
  return targets.get(proxy) as T | undefined
}

/**
 * A stand-in that makes its target when it is first used, and once.
 *
 * A creation that throws is tried again at the next use.
 *
 * @example
 * ```ts
 * import { virtual } from '@lockstep/patterns/structural/proxy'
 *
 * let made = 0
 * const table = virtual(() => new Map([['made', ++made]]))
 * if (made !== 0 || table.get('made') !== 1 || table.size !== 1) throw new Error('not lazy')
 * ```
 */
export function virtual<T extends object>(create: () => T): T {
  let target: T | undefined
  return standIn(
    () => (target ??= create()),
    ({ proceed }) => proceed(),
  )
}

/**
 * A call was made that a guard does not let through.
 *
 * @example
 * ```ts
 * import { AccessError, guarded } from '@lockstep/patterns/structural/proxy'
 *
 * const users = guarded(new Set(['ada']), (method) => method === 'has')
 * try {
 *   users.clear()
 *   throw new Error('cleared')
 * } catch (error) {
 *   if (!(error instanceof AccessError) || error.method !== 'clear') throw error
 * }
 * ```
 */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly method: PropertyKey

  constructor(method: PropertyKey) {
    super(`${String(method)} is not allowed here`)
    this.method = method
  }
}

/**
 * A stand-in that lets a call through if `allows` says so, and else throws `AccessError`.
 *
 * It guards method calls; data properties stay open.
 *
 * @example
 * ```ts
 * import { guarded } from '@lockstep/patterns/structural/proxy'
 *
 * const readOnly = guarded(new Map([['a', 1]]), (method) => method === 'get')
 * if (readOnly.get('a') !== 1) throw new Error('not readable')
 * ```
 */
export function guarded<T extends object>(
  target: T,
  allows: (method: PropertyKey, parameters: readonly unknown[]) => boolean,
): T {
  return proxied(target, ({ method, parameters, proceed }) => {
    if (!allows(method, parameters)) throw new AccessError(method)
    return proceed()
  })
}

/** The same methods, each with a promise of its result. */
export type Remote<T> = {
  readonly [K in keyof T as T[K] extends (...parameters: never[]) => unknown
    ? K
    : never]: T[K] extends (...parameters: infer P) => infer R
    ? (...parameters: P) => Promise<Awaited<R>>
    : never
}

/**
 * A stand-in for an object elsewhere: each call is handed to `send`, whose answer is the result.
 *
 * It has no `then`, so that it can be the result of an async function.
 *
 * @example
 * ```ts
 * import { remote } from '@lockstep/patterns/structural/proxy'
 *
 * const sum = { add: (a: number, b: number) => a + b }
 * const there = remote<typeof sum>(async (method, [a, b]) => sum[method as 'add'](a as 1, b as 2))
 * if ((await there.add(1, 2)) !== 3) throw new Error('lost on the way')
 * ```
 */
export function remote<T extends object>(
  send: (method: string, parameters: readonly unknown[]) => Promise<unknown>,
): Remote<T> {
  const methods = new Map<string, unknown>()
  return new Proxy({} as Remote<T>, {
    get: (_, key) => {
      if (typeof key !== 'string' || key === 'then') return undefined
      const known = methods.get(key)
      if (known !== undefined) return known
      const method = (...parameters: unknown[]) => send(key, parameters)
      methods.set(key, method)
      return method
    },
  })
}

/** `shape` is what the engine checks invariants against: the target, if there is one already. */
function standIn<T extends object>(
  target: () => T,
  handler: InvocationHandler,
  shape: object = {},
): T {
  const methods = new WeakMap<object, unknown>()
  const methodOf = (key: PropertyKey, method: (...parameters: unknown[]) => unknown): unknown => {
    const known = methods.get(method)
    if (known !== undefined) return known
    const through = (...parameters: unknown[]): unknown =>
      handler({
        method: key,
        parameters,
        proceed: (...others) =>
          Reflect.apply(method, target(), others.length > 0 ? others : parameters),
      })
    methods.set(method, through)
    return through
  }
  return new Proxy(shape as T, {
    get: (_, key) => {
      const value: unknown = Reflect.get(target(), key, target())
      const plain = typeof value !== 'function' || key === 'constructor'
      return plain ? value : methodOf(key, value as (...parameters: unknown[]) => unknown)
    },
    set: (_, key, value) => Reflect.set(target(), key, value, target()),
    has: (_, key) => Reflect.has(target(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(target()),
  })
}
