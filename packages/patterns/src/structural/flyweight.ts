/**
 * Flyweight: many places share one object that holds what they have in common.
 *
 * ```text
 * place 1 (x: 0) ─┐
 * place 2 (x: 8) ─┼──▶ one frozen glyph        the place is extrinsic, the shape intrinsic
 * place 3 (x: 16) ┘
 * ```
 *
 * What is the same everywhere (intrinsic: the shape of a letter) lies in a shared, frozen object;
 * what differs (extrinsic: where it stands) stays with the place and is passed in. `InternPool`
 * gives for equal values one object, so that `===` compares them, and forgets an object that nobody
 * holds any more. `ranged` keeps small numbers ready as `Integer.valueOf` of Java does.
 *
 * Not for objects that change, and not below some thousand equal objects: a weak reference costs
 * more than a small object. The pool holds one entry for each distinct living value.
 *
 * Lockstep has the idea in `packages/sim/src/network.ts`: a message is passed by reference,
 * however many hold it.
 */

/** A text or number that is equal for equal values, and for those alone. */
export type InternKey = string | number | bigint

/**
 * One object for all equal values, as long as somebody holds it.
 *
 * `intern` is O(1) and the cost of the key. An object that comes first is frozen (its own
 * properties, not what they refer to) and becomes the one that all get.
 *
 * @example
 * ```ts
 * import { InternPool } from '@lockstep/patterns/structural/flyweight'
 *
 * const points = new InternPool((point: { x: number; y: number }) => `${point.x},${point.y}`)
 * if (points.intern({ x: 1, y: 2 }) !== points.intern({ x: 1, y: 2 })) throw new Error('two')
 * if (points.intern({ x: 1, y: 2 }) === points.intern({ x: 2, y: 1 })) throw new Error('one')
 * ```
 */
export class InternPool<T extends object> {
  readonly #keyOf: (value: T) => InternKey
  readonly #shared = new Map<InternKey, WeakRef<T>>()
  readonly #gone: FinalizationRegistry<InternKey>

  constructor(keyOf: (value: T) => InternKey) {
    this.#keyOf = keyOf
    this.#gone = new FinalizationRegistry((key) => {
      // A new object may have come under the same key before this call.
      if (this.#shared.get(key)?.deref() === undefined) this.#shared.delete(key)
    })
  }

  /** How many entries there are: all living objects, and dead ones until they are collected. */
  get size(): number {
    return this.#shared.size
  }

  /** The one object that is equal to `value`; `value` itself if it is the first. */
  intern(value: T): Readonly<T> {
    const key = this.#keyOf(value)
    return this.#shared.get(key)?.deref() ?? this.#add(key, value)
  }

  /** The one object of a key, made by `create` only if there is none. */
  of(key: InternKey, create: () => T): Readonly<T> {
    const known = this.#shared.get(key)?.deref()
    if (known !== undefined) return known
    const made = create()
    if (this.#keyOf(made) !== key) throw new RangeError(`what was made is not of key '${key}'`)
    return this.#add(key, made)
  }

  #add(key: InternKey, value: T): T {
    this.#shared.set(key, new WeakRef(Object.freeze(value)))
    this.#gone.register(value, key)
    return value
  }
}

/**
 * A maker of values by number that keeps those from `min` to `max`, and makes all others anew.
 *
 * Throws `RangeError` if the range is not of whole numbers or is empty.
 *
 * @example
 * ```ts
 * import { ranged } from '@lockstep/patterns/structural/flyweight'
 *
 * const boxed = ranged(-128, 127, (value) => ({ value }))
 * if (boxed(127) !== boxed(127) || boxed(128) === boxed(128)) throw new Error('wrong range')
 * ```
 */
export function ranged<T>(
  min: number,
  max: number,
  create: (value: number) => T,
): (value: number) => T {
  if (!Number.isInteger(min) || !Number.isInteger(max) || max < min)
    throw new RangeError(`${min} to ${max} is not a range of whole numbers`)
  const kept = Array.from({ length: max - min + 1 }, (_, at) => create(min + at))
  return (value) =>
    Number.isInteger(value) && value >= min && value <= max
      ? (kept[value - min] as T)
      : create(value)
}
