/**
 * Object pool: objects that are dear to make are lent, given back and lent again.
 *
 * ```text
 * acquire ──▶ lent ──▶ release ── reset ──▶ idle ──▶ acquire …
 * ```
 *
 * A relative of the flyweight: there many share one object at the same time, here many use one
 * object after the other, each with state of its own (extrinsic), which `reset` wipes.
 *
 * Not for plain small objects: the garbage collector is quicker than any pool.
 *
 * Lockstep has the idea in `apps/playground/src/cli/swarm-pool.ts`: threads that are dear to start
 * take one range of seeds after the other.
 */

/** What was done wrong with a lent object. */
export type PoolFault = 'exhausted' | 'not-lent'

/**
 * All objects are lent, or one was given back that is not.
 *
 * @example
 * ```ts
 * import { ObjectPool, PoolError } from '@lockstep/patterns/structural/object-pool'
 *
 * const buffers = new ObjectPool({ create: () => [0], reset: () => {}, sizeMax: 1 })
 * try {
 *   buffers.release([0])
 *   throw new Error('took a stranger')
 * } catch (error) {
 *   if (!(error instanceof PoolError) || error.code !== 'not-lent') throw error
 * }
 * ```
 */
export class PoolError extends Error {
  override readonly name = 'PoolError'
  readonly code: PoolFault

  constructor(code: PoolFault) {
    super(
      code === 'exhausted'
        ? 'all objects of the pool are lent: release one, or raise sizeMax'
        : 'this object is not lent by the pool: it was released before, or is not of it',
    )
    this.code = code
  }
}

/** How a pool makes and wipes its objects. */
export interface PoolOptions<T extends object> {
  readonly create: () => T
  /** Wipes what the last user left. An object whose wiping throws is dropped. */
  readonly reset: (object: T) => void
  /** How many objects there are at most. */
  readonly sizeMax: number
}

/**
 * Lends each object to one user at a time; all calls are O(1).
 *
 * @example
 * ```ts
 * import { ObjectPool } from '@lockstep/patterns/structural/object-pool'
 *
 * const lists = new ObjectPool<number[]>({
 *   create: () => [],
 *   reset: (list) => (list.length = 0),
 *   sizeMax: 2,
 * })
 * const sum = lists.use((list) => list.push(1, 2))
 * if (sum !== 2 || lists.use((list) => list.length) !== 0) throw new Error('not wiped')
 * ```
 */
export class ObjectPool<T extends object> {
  readonly #options: PoolOptions<T>
  readonly #idle: T[] = []
  readonly #lent = new Set<T>()

  constructor(options: PoolOptions<T>) {
    this.#options = options
  }

  /** How many objects are lent now. */
  get lent(): number {
    return this.#lent.size
  }

  /** An object for one user. Throws `PoolError` 'exhausted'. */
  acquire(): T {
    if (this.#lent.size >= this.#options.sizeMax) throw new PoolError('exhausted')
    const object = this.#idle.pop() ?? this.#options.create()
    this.#lent.add(object)
    return object
  }

  /** Takes an object back. Throws `PoolError` 'not-lent', and what `reset` throws. */
  release(object: T): void {
    if (!this.#lent.delete(object)) throw new PoolError('not-lent')
    this.#options.reset(object)
    this.#idle.push(object)
  }

  /** Lends an object for the time of one call. */
  use<R>(work: (object: T) => R): R {
    const object = this.acquire()
    try {
      return work(object)
    } finally {
      this.release(object)
    }
  }
}
