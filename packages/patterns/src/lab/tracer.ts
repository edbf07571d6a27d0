/**
 * The tracer: what the participants of a real run say to each other, in order.
 *
 * A component is not told that it is watched. Who holds a reference to it holds a stand-in instead,
 * made by the proxy and the decorator of this package, and the stand-in knows both ends: its holder
 * and what it stands for. So the caller is known after an `await` too, without any context that is
 * carried along, and the same run gives the same moments in every engine.
 */
import { decorate } from '../structural/decorator.ts'
import { proxied, virtual } from '../structural/proxy.ts'
import { textOf } from './text-of.ts'

/** One thing that happened in a traced run. `call` is the index of the moment that began the call. */
export type Moment =
  | { readonly type: 'scene'; readonly title: string }
  | {
      readonly type: 'call' | 'create'
      readonly call: number
      readonly caller: string
      readonly callee: string
      /** Empty where the callee is itself a function. */
      readonly method: string
      /** The arguments as short text, without parentheses. */
      readonly args: string
      /** In how many calls it was made. */
      readonly depth: number
    }
  | {
      readonly type: 'return' | 'throw'
      readonly call: number
      /** What came back, as short text; empty for nothing. */
      readonly value: string
    }

type AnyFunction = (...parameters: never[]) => unknown
type Begun = Extract<Moment, { readonly type: 'call' | 'create' }>

/**
 * Records the calls between named participants; a promise is over when it settles.
 *
 * Naming a participant that was not declared is a mistake of the experiment and throws `RangeError`.
 *
 * @example
 * ```ts
 * import { Tracer } from '@lockstep/patterns/lab'
 *
 * const trace = new Tracer(['client', 'list'])
 * const list = trace.between('client', 'list', new Set<number>())
 * list.add(1)
 * const [call, back] = trace.moments
 * if (call?.type !== 'call' || call.method !== 'add' || back?.type !== 'return') throw new Error('unseen')
 * ```
 */
export class Tracer {
  readonly #participants: ReadonlySet<string>
  readonly #moments: Moment[] = []
  /** Calls that a participant is in the middle of, the latest last. */
  readonly #open = new Map<string, Begun[]>()
  readonly #names = new WeakMap<object, string>()

  constructor(participants: Iterable<string>) {
    this.#participants = new Set(participants)
  }

  get moments(): readonly Moment[] {
    return this.#moments
  }

  /** Begins a part of the story, such as 'before' and 'after'. */
  scene(title: string): void {
    this.#moments.push({ type: 'scene', title })
  }

  /** What `caller` gets in the place of `object`: every method call through it is recorded. */
  between<T extends object>(caller: string, callee: string, object: T): T {
    this.called(callee, object)
    // The engine lets no proxy answer for a fixed method of its target; a virtual one has none.
    const seen = proxied(
      hasFixedMethod(object) ? virtual(() => object) : object,
      ({ method, parameters, proceed }) =>
        this.#record('call', caller, callee, nameOfKey(method), parameters, () => proceed()),
    )
    return this.called(callee, seen)
  }

  /** A function that `caller` holds; `method` is left out where the callee is the function itself. */
  calling<F extends AnyFunction>(caller: string, callee: string, inner: F, method = ''): F {
    return this.#around('call', caller, callee, inner, method)
  }

  /** A function that makes a participant: what it returns is called `callee` from then on. */
  creating<F extends AnyFunction>(caller: string, callee: string, inner: F): F {
    return this.#around('create', caller, callee, inner, '')
  }

  /** Methods that an object calls on itself, as calls between the part that stands and the filled in. */
  hooks<T extends object>(
    caller: string,
    callee: string,
    object: T,
    methods: readonly string[],
  ): T {
    for (const method of methods) {
      const inner: unknown = Reflect.get(object, method)
      if (typeof inner !== 'function') throw new RangeError(`there is no method ${method}`)
      const value = this.calling(caller, callee, inner.bind(object) as AnyFunction, method)
      Object.defineProperty(object, method, { value })
    }
    return object
  }

  /** Says what an object is called where it is an argument or a result. */
  called<T extends object>(name: string, object: T): T {
    this.#names.set(object, name)
    return object
  }

  #around<F extends AnyFunction>(
    type: Begun['type'],
    caller: string,
    callee: string,
    inner: F,
    method: string,
  ): F {
    const wrapper = (original: F): F =>
      ((...parameters: never[]) =>
        this.#record(type, caller, callee, method, parameters, () => original(...parameters))) as F
    return decorate(inner, wrapper)
  }

  #record(
    type: Begun['type'],
    caller: string,
    callee: string,
    method: string,
    parameters: readonly unknown[],
    proceed: () => unknown,
  ): unknown {
    const begun = this.#begin(type, caller, callee, method, parameters)
    try {
      const result = proceed()
      if (!(result instanceof Promise)) return this.#end(begun, 'return', result)
      return result.then(
        (value: unknown) => this.#end(begun, 'return', value),
        (error: unknown) => {
          throw this.#end(begun, 'throw', error)
        },
      )
    } catch (error) {
      throw this.#end(begun, 'throw', error)
    }
  }

  #begin(
    type: Begun['type'],
    caller: string,
    callee: string,
    method: string,
    parameters: readonly unknown[],
  ): Begun {
    for (const name of [caller, callee])
      if (!this.#participants.has(name)) throw new RangeError(`${name} is no participant`)
    const within = this.#open.get(caller)?.at(-1)
    const depth = within === undefined ? 0 : within.depth + 1
    const given = parameters.slice(0, parameters.findLastIndex((one) => one !== undefined) + 1)
    const args = given.map((parameter) => this.#textOf(parameter)).join(', ')
    const call = this.#moments.length
    const begun: Begun = { type, call, caller, callee, method, args, depth }
    this.#moments.push(begun)
    this.#open.set(callee, [...(this.#open.get(callee) ?? []), begun])
    return begun
  }

  #end<R>(begun: Begun, type: 'return' | 'throw', result: R): R {
    const open = this.#open.get(begun.callee) ?? []
    this.#open.set(
      begun.callee,
      open.filter((other) => other !== begun),
    )
    if (type === 'return' && begun.type === 'create' && isObject(result))
      this.called(begun.callee, result)
    const value = result === undefined ? '' : this.#textOf(result)
    this.#moments.push({ type, call: begun.call, value })
    return result
  }

  #textOf(value: unknown): string {
    return textOf(value, (object) => this.#names.get(object))
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function nameOfKey(key: PropertyKey): string {
  return typeof key === 'symbol'
    ? `[${key.description?.replace(/^.*[./]/, '') ?? ''}]`
    : String(key)
}

function hasFixedMethod(object: object): boolean {
  return Object.values(Object.getOwnPropertyDescriptors(object)).some(
    ({ configurable, value }) => configurable === false && typeof value === 'function',
  )
}
