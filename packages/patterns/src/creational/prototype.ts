/**
 * Prototype: new objects are made by copying one, not by running a constructor.
 *
 * ```text
 * original ──▶ a, b ──▶ shared          deepClone          shallowClone
 *                                   a', b' ──▶ shared'    a, b as they are
 * ```
 *
 * `shallowClone` copies the object and shares what it refers to. `deepClone` copies all that can
 * change and keeps the shape: what was one object stays one object (aliases, cycles), and what was
 * two stays two. Both keep the class of an object and never call its constructor; both make setters
 * and getters of an object itself into data, as `structuredClone` does.
 *
 * Unlike `structuredClone` functions are shared in place of refused, and classes survive. Private
 * `#fields` cannot be copied from outside: a class that has them writes a method `[cloneOf]`.
 *
 * Not for values that nobody changes: share them. Nesting is bounded by the call stack, some
 * thousand levels. Names that are put on an array are left out. Time and memory are linear.
 *
 * Lockstep does without: messages and states are immutable and are passed on as they are; in tests
 * they are frozen (`packages/sim/src/freeze.ts`).
 */

/** Copies a value as part of the deep copy under way, keeping aliases. */
export type Cloner = <T>(value: T) => T

/**
 * The name of the method by which a class with private state copies its instances.
 *
 * It is given the cloner for its parts: the identity in a shallow copy.
 *
 * @example
 * ```ts
 * import { type Cloner, cloneOf, deepClone } from '@lockstep/patterns/creational/prototype'
 *
 * class Stack {
 *   #items: object[]
 *   constructor(items: object[]) {
 *     this.#items = items
 *   }
 *   get top(): object | undefined {
 *     return this.#items.at(-1)
 *   }
 *   [cloneOf](clone: Cloner): Stack {
 *     return new Stack(clone(this.#items))
 *   }
 * }
 * const stack = new Stack([{ n: 1 }])
 * if (deepClone(stack).top === stack.top) throw new Error('shared')
 * ```
 */
export const cloneOf: unique symbol = Symbol.for('@lockstep/patterns/cloneOf')

/**
 * A copy of the object that shares everything it refers to.
 *
 * @example
 * ```ts
 * import { shallowClone } from '@lockstep/patterns/creational/prototype'
 *
 * const original = { tags: ['a'] }
 * const copy = shallowClone(original)
 * if (copy === original || copy.tags !== original.tags) throw new Error('not shallow')
 * ```
 */
export function shallowClone<T>(value: T): T {
  return copyOf(value, shared, ignored)
}

const shared: Cloner = (value) => value
const ignored = (): void => {}

/**
 * A copy that shares nothing that can change, with aliases and cycles as they were.
 *
 * Functions, symbols, weak collections and promises are shared, as they have no contents to copy.
 *
 * @example
 * ```ts
 * import { deepClone } from '@lockstep/patterns/creational/prototype'
 *
 * class Node {
 *   next: Node | undefined
 * }
 * const ring = new Node()
 * ring.next = ring
 * const copy = deepClone(ring)
 * if (copy === ring || copy.next !== copy || !(copy instanceof Node)) throw new Error('not a ring')
 * ```
 */
export function deepClone<T>(value: T): T {
  const copies = new Map<unknown, unknown>()
  const clone: Cloner = <V>(part: V): V => {
    if (typeof part !== 'object' || part === null) return part
    const known = copies.get(part)
    if (known !== undefined) return known as V
    // A copy is noted before its parts are copied, so that a cycle comes back to it.
    if (isUsualArray(part)) {
      const list: unknown[] = part.slice()
      copies.set(part, list)
      return cloneItems(list, clone) as V
    }
    if (Object.getPrototypeOf(part) === Object.prototype) {
      const plain = { ...part }
      copies.set(part, plain)
      return cloneValues(plain, clone) as V
    }
    const copy = copyOf(part, clone, (made) => copies.set(part, made))
    copies.set(part, copy)
    return copy
  }
  return clone(value)
}

/** `slice` asks the constructor of an array what to make, so it is for those with the usual one. */
function isUsualArray(source: unknown): source is unknown[] {
  return (
    Array.isArray(source) &&
    source.constructor === Array &&
    Object.getPrototypeOf(source) === Array.prototype
  )
}

// The engine copies arrays and plain objects as a whole, some times as quickly as part by part. What
// is left to do in such a copy is to put clones in the place of the objects.

function cloneItems(list: unknown[], clone: Cloner): unknown[] {
  for (let at = 0; at < list.length; at++) {
    const item = list[at]
    if (typeof item === 'object' && item !== null) list[at] = clone(item)
  }
  return list
}

function cloneValues(copy: object, clone: Cloner): object {
  const plain = copy as Record<PropertyKey, unknown>
  for (const key in plain) {
    const item = plain[key]
    if (typeof item !== 'object' || item === null) continue
    // What somebody put on the prototype of all objects is not of this one.
    if (Object.hasOwn(plain, key)) plain[key] = clone(item)
  }
  for (const key of Object.getOwnPropertySymbols(plain)) plain[key] = clone(plain[key])
  return plain
}

function copyOf<T>(value: T, clone: Cloner, note: (copy: object) => void): T {
  if (typeof value !== 'object' || value === null) return value
  const source: object = value
  if (Array.isArray(source)) return copyArray(source, clone, note) as T
  const prototype: unknown = Object.getPrototypeOf(source)
  if (prototype !== Object.prototype && prototype !== null) {
    const own: unknown = (source as { [cloneOf]?: unknown })[cloneOf]
    if (typeof own === 'function') return own.call(source, clone) as T
    const copy = copyBuiltIn(source, clone, note)
    if (copy === source) return value
    if (copy !== undefined) {
      if (Object.getPrototypeOf(copy) !== prototype)
        Object.setPrototypeOf(copy, prototype as object)
      note(copy)
      return (ArrayBuffer.isView(copy) ? copy : copyAll(source, copy, clone)) as T
    }
  }
  if (prototype === Object.prototype) {
    const copy = {}
    note(copy)
    return copyPlain(source, copy, clone) as T
  }
  const copy = Object.create(prototype as object | null) as object
  note(copy)
  return copyAll(source, copy, clone) as T
}

/** The quick way, for objects of no class: names that are enumerable, and symbols. */
function copyPlain(source: object, copy: Record<PropertyKey, unknown>, clone: Cloner): object {
  const values = source as Record<PropertyKey, unknown>
  for (const key of Object.keys(source)) {
    if (key === '__proto__') define(copy, key, clone(values[key]), true)
    else copy[key] = clone(values[key])
  }
  for (const key of Object.getOwnPropertySymbols(source)) copy[key] = clone(values[key])
  return copy
}

/** All own properties, those that are not enumerable too. */
function copyAll(source: object, copy: object, clone: Cloner): object {
  for (const key of Reflect.ownKeys(source)) {
    const fixed = Object.getOwnPropertyDescriptor(copy, key)?.configurable === false
    const enumerable = Object.prototype.propertyIsEnumerable.call(source, key)
    const item = clone((source as Record<PropertyKey, unknown>)[key])
    if (!fixed) define(copy, key, item, enumerable)
    // The `lastIndex` of a pattern is the one fixed place that can be written.
    else if (source instanceof RegExp) (copy as Record<PropertyKey, unknown>)[key] = item
  }
  return copy
}

function define(copy: object, key: PropertyKey, value: unknown, enumerable: boolean): void {
  Object.defineProperty(copy, key, { value, enumerable, writable: true, configurable: true })
}

function copyArray(source: unknown[], clone: Cloner, note: (copy: object) => void): unknown[] {
  const copy: unknown[] = []
  copy.length = source.length
  if (Object.getPrototypeOf(source) !== Array.prototype)
    Object.setPrototypeOf(copy, Object.getPrototypeOf(source) as object)
  note(copy)
  // Holes stay holes: only what is there is written.
  for (let at = 0; at < source.length; at++) if (at in source) copy[at] = clone(source[at])
  return copy
}

/** The copy of what has internal slots; the source itself if it is to be shared; else undefined. */
function copyBuiltIn(
  source: object,
  clone: Cloner,
  note: (copy: object) => void,
): object | undefined {
  if (source instanceof Date) return new Date(source.getTime())
  if (source instanceof RegExp) return new RegExp(source.source, source.flags)
  if (source instanceof ArrayBuffer) return source.slice(0)
  if (ArrayBuffer.isView(source)) return copyView(source, clone)
  if (source instanceof Map) {
    const copy = new Map<unknown, unknown>()
    note(copy)
    for (const [key, item] of source) copy.set(clone(key), clone(item))
    return copy
  }
  if (source instanceof Set) {
    const copy = new Set<unknown>()
    note(copy)
    for (const item of source) copy.add(clone(item))
    return copy
  }
  if (sharedKinds.some((Kind) => source instanceof Kind)) return source
  if (boxedKinds.some((Kind) => source instanceof Kind)) return Object(source.valueOf()) as object
  return undefined
}

/** A page that is not isolated from other origins has no shared memory, and no class for it. */
const sharedMemory = typeof SharedArrayBuffer === 'undefined' ? [] : [SharedArrayBuffer]
const sharedKinds = [WeakMap, WeakSet, WeakRef, Promise, ...sharedMemory]
const boxedKinds = [Number, String, Boolean, Symbol, BigInt]

/** The constructor of one kind of view. */
type ViewOf = (new (
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
) => ArrayBufferView) & {
  readonly BYTES_PER_ELEMENT: number
}

const views: readonly ViewOf[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]

/** Views of one buffer stay views of one buffer. */
function copyView(source: ArrayBufferView, clone: Cloner): ArrayBufferView {
  // A shallow copy shares objects and not bytes: its elements are its own.
  const buffer = clone === shared ? source.buffer.slice(0) : clone(source.buffer)
  const View: ViewOf | undefined = views.find((Kind) => source instanceof Kind)
  if (View === undefined) return new DataView(buffer, source.byteOffset, source.byteLength)
  const length = source.byteLength / View.BYTES_PER_ELEMENT
  return new View(buffer, source.byteOffset, length)
}

/**
 * Prototypes by name: `make` gives a deep copy of one, with some properties changed.
 *
 * It keeps copies of its own, so later changes to what it was given do not show.
 *
 * @example
 * ```ts
 * import { Prototypes } from '@lockstep/patterns/creational/prototype'
 *
 * const machines = new Prototypes({ small: { cores: 2, disks: ['ssd'] } })
 * const mine = machines.make('small', { cores: 4 })
 * mine.disks.push('tape')
 * if (mine.cores !== 4 || machines.make('small').disks.length !== 1) throw new Error('shared')
 * ```
 */
export class Prototypes<M extends Readonly<Record<string, object>>> {
  readonly #originals: M

  constructor(originals: M) {
    this.#originals = deepClone(originals)
  }

  /** A new copy of the prototype of that name. */
  make<K extends keyof M>(name: K, changes: Partial<M[K]> = {}): M[K] {
    return Object.assign(deepClone(this.#originals[name]), changes)
  }
}
