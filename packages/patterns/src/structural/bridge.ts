/**
 * Bridge: what one asks for and how it is done vary apart from each other.
 *
 * ```text
 * ExpiringCache ─┐            ┌─ Map
 * LoadingCache ──┴▶ Storage ◁─┼─ RecentStorage
 *                             └─ …
 * ```
 *
 * A cache has two sides. What it promises: entries that expire, or values that are loaded when they
 * are missing. Where it keeps things: in a map, in one that drops the least recently used, in a
 * store elsewhere. With one class per pair there would be n × m; here n caches hold a `Storage`, and
 * m storages know nothing of caches.
 *
 * Not while one of the sides has one form only: add the seam with the second.
 *
 * Lockstep has the idea in `packages/process/src/context.ts`: any protocol on one side, any world
 * on the other.
 */

/** The side of the keeping: a place for values by key. */
export interface Storage<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  /** Whether it was there. */
  delete(key: string): boolean
}

/**
 * Storage that keeps `sizeMax` entries and drops the one that was not used for longest; O(1).
 *
 * Throws `RangeError` if it may keep less than one.
 *
 * @example
 * ```ts
 * import { RecentStorage } from '@lockstep/patterns/structural/bridge'
 *
 * const recent = new RecentStorage<number>(2)
 * recent.set('a', 1)
 * recent.set('b', 2)
 * recent.get('a')
 * recent.set('c', 3)
 * if (recent.get('b') !== undefined || recent.get('a') !== 1) throw new Error('dropped the wrong one')
 * ```
 */
export class RecentStorage<V> implements Storage<V> {
  readonly #sizeMax: number
  // A map iterates in order of insertion: what is used is put in again, so the first is the oldest.
  readonly #entries = new Map<string, V>()

  constructor(sizeMax: number) {
    if (!(sizeMax >= 1)) throw new RangeError('sizeMax is at least 1')
    this.#sizeMax = sizeMax
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#sizeMax) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): boolean {
    return this.#entries.delete(key)
  }
}

/** A value and the time from which on it counts no more. */
export interface Expiring<V> {
  readonly value: V
  /** In the unit of the clock. */
  readonly until: number
}

/**
 * A cache whose entries expire, over any storage, by a clock that is handed in.
 *
 * A `Map` is a storage as it is.
 *
 * @example
 * ```ts
 * import { ExpiringCache } from '@lockstep/patterns/structural/bridge'
 *
 * let now = 0
 * const cache = new ExpiringCache<string>(new Map(), { lifetime: 10, clock: () => now })
 * cache.set('a', 'x')
 * now = 9
 * if (cache.get('a') !== 'x') throw new Error('expired too early')
 * now = 10
 * if (cache.get('a') !== undefined) throw new Error('expired too late')
 * ```
 */
export class ExpiringCache<V> {
  readonly #storage: Storage<Expiring<V>>
  readonly #lifetime: number
  readonly #clock: () => number

  constructor(
    storage: Storage<Expiring<V>>,
    options: { readonly lifetime: number; readonly clock: () => number },
  ) {
    this.#storage = storage
    this.#lifetime = options.lifetime
    this.#clock = options.clock
  }

  /** The value, if there is one that has not expired. */
  get(key: string): V | undefined {
    const entry = this.#storage.get(key)
    if (entry === undefined) return undefined
    if (this.#clock() < entry.until) return entry.value
    this.#storage.delete(key)
    return undefined
  }

  set(key: string, value: V): void {
    this.#storage.set(key, { value, until: this.#clock() + this.#lifetime })
  }
}

/**
 * A cache that loads what is missing, over any storage; undefined is not a value.
 *
 * @example
 * ```ts
 * import { LoadingCache, RecentStorage } from '@lockstep/patterns/structural/bridge'
 *
 * let loads = 0
 * const lengths = new LoadingCache(new RecentStorage<number>(8), (key) => (loads++, key.length))
 * if (lengths.get('abc') + lengths.get('abc') !== 6 || loads !== 1) throw new Error('loaded twice')
 * ```
 */
export class LoadingCache<V extends object | string | number | bigint | boolean | null> {
  readonly #storage: Storage<V>
  readonly #load: (key: string) => V

  constructor(storage: Storage<V>, load: (key: string) => V) {
    this.#storage = storage
    this.#load = load
  }

  /** The value, loaded if it is not kept. Throws what loading throws, and keeps nothing then. */
  get(key: string): V {
    const kept = this.#storage.get(key)
    if (kept !== undefined) return kept
    const loaded = this.#load(key)
    this.#storage.set(key, loaded)
    return loaded
  }

  /** Drops a value, so that the next call loads it anew. */
  forget(key: string): void {
    this.#storage.delete(key)
  }
}
