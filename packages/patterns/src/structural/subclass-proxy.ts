/**
 * Proxy, subclass-style: a class whose methods all pass through a handler, made at run time.
 *
 * ```text
 * new Seen(…) ──▶ method ──▶ handler ──▶ super.method
 *                   this.other() ──▶ handler ──▶ super.other
 * ```
 *
 * Where an interface-style proxy stands before an object, this one *is* the object: `new` makes a
 * real instance, private fields are its own, and `this.other()` within a method is seen as well.
 * That is what aspects need for calls of an object on itself. The price is that it takes the class
 * and not an instance, and that methods kept in fields (`go = () => …`) are not seen.
 *
 * Not where the instance exists already: take `proxied` of `structural/proxy`.
 *
 * Lockstep does without: it calls through interfaces, and puts what it adds before them.
 */
import type { InvocationHandler } from './proxy.ts'

/** A class with a public constructor. */
export type Constructor<T extends object, P extends readonly unknown[]> = new (
  ...parameters: P
) => T

type Method = (...parameters: unknown[]) => unknown

/**
 * A subclass of `Class` that hands every method call to the handler, inherited methods included.
 *
 * Getters and setters stay as they are, and so does what comes from `Object.prototype`.
 *
 * @example
 * ```ts
 * import { subclassProxy } from '@lockstep/patterns/structural/subclass-proxy'
 *
 * class Greeter {
 *   #name = 'Ada'
 *   greet(): string {
 *     return `hello ${this.name()}`
 *   }
 *   name(): string {
 *     return this.#name
 *   }
 * }
 * const seen: PropertyKey[] = []
 * const Watched = subclassProxy(Greeter, ({ method, proceed }) => {
 *   seen.push(method)
 *   return proceed()
 * })
 * if (new Watched().greet() !== 'hello Ada' || seen.join() !== 'greet,name') throw new Error('unseen')
 * ```
 */
export function subclassProxy<T extends object, P extends readonly unknown[]>(
  Class: Constructor<T, P>,
  handler: InvocationHandler,
): Constructor<T, P> {
  const Base = Class as unknown as Constructor<object, readonly unknown[]>
  const Proxied = class extends Base {}
  Object.defineProperty(Proxied, 'name', { value: Class.name, configurable: true })
  for (const [key, method] of methodsOf(Class.prototype as object))
    Object.defineProperty(Proxied.prototype, key, {
      value: through(key, method, handler),
      writable: true,
      configurable: true,
    })
  return Proxied as unknown as Constructor<T, P>
}

function through(key: PropertyKey, method: Method, handler: InvocationHandler): Method {
  return function (this: unknown, ...parameters: unknown[]): unknown {
    return handler({
      method: key,
      parameters,
      proceed: (...others) => Reflect.apply(method, this, others.length > 0 ? others : parameters),
    })
  }
}

/** The methods along the chain of prototypes; the nearest of a name counts. */
function methodsOf(prototype: object): Map<PropertyKey, Method> {
  const methods = new Map<PropertyKey, Method>()
  const seen = new Set<PropertyKey>(['constructor'])
  let at: object | null = prototype
  while (at !== null && at !== Object.prototype) {
    for (const key of Reflect.ownKeys(at)) {
      if (seen.has(key)) continue
      seen.add(key)
      const value: unknown = Object.getOwnPropertyDescriptor(at, key)?.value
      if (typeof value === 'function') methods.set(key, value as Method)
    }
    at = Object.getPrototypeOf(at) as object | null
  }
  return methods
}
