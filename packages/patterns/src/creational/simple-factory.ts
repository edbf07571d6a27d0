/**
 * Simple factory: one place that knows which creator belongs to which key.
 *
 * ```text
 * registry.create('json', …) ──▶ creators: 'json' ──▶ makes a JsonCodec
 *                                          'text' ──▶ makes a TextCodec
 * ```
 *
 * A `Registry` maps keys to creators, and the type of the registry remembers for each key what it
 * takes and what it gives, so `create('json')` is a `JsonCodec` and not 'some codec'. Registries are
 * immutable: a plugin adds to its own copy, and whoever holds the old one sees no change.
 *
 * Not for two or three fixed products: a `switch` is shorter. Not for wiring object graphs: that is
 * a container's work.
 *
 * Lockstep has the idea in `apps/playground/src/areas.ts`: an area is found by its name, and gives
 * its lab.
 */

/** What makes one product; its parameters become those of `create`. */
export type Creator = (...parameters: never[]) => unknown

/** The keys of a registry that has none. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- the empty set of keys is meant
export type NoCreators = Readonly<Record<never, Creator>>

/** Why a registry refused. */
export type RegistryFault = 'unknown-key' | 'taken-key'

/**
 * A registry was asked for a key that it has not, or to add one that it has.
 *
 * @example
 * ```ts
 * import { Registry, RegistryError } from '@lockstep/patterns/creational/simple-factory'
 *
 * const codecs = Registry.empty.add('json', () => JSON)
 * const asked: string = 'xml'
 * try {
 *   codecs.create(asked as 'json')
 * } catch (error) {
 *   if (!(error instanceof RegistryError) || error.code !== 'unknown-key') throw error
 * }
 * ```
 */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly code: RegistryFault
  readonly key: string

  constructor(code: RegistryFault, key: string, known: Iterable<string>) {
    const keys = [...known].map((each) => `'${each}'`).join(', ') || 'none'
    super(
      code === 'unknown-key'
        ? `nothing is registered as '${key}'; known keys: ${keys}`
        : `'${key}' is registered already; use override to replace it`,
    )
    this.code = code
    this.key = key
  }
}

/**
 * Creators by key; `create` is O(1), `add` and `override` copy the registry.
 *
 * @example
 * ```ts
 * import { Registry } from '@lockstep/patterns/creational/simple-factory'
 *
 * const shapes = Registry.empty
 *   .add('circle', (radius: number) => ({ area: Math.PI * radius ** 2 }))
 *   .add('square', (side: number) => ({ area: side ** 2, side }))
 * if (shapes.create('square', 3).side !== 3) throw new Error('not a square')
 * ```
 */
export class Registry<C extends Readonly<Record<string, Creator>>> {
  /** The registry without keys, where each begins. */
  static readonly empty: Registry<NoCreators> = new Registry(new Map())

  readonly #creators: ReadonlyMap<string, Creator>

  private constructor(creators: ReadonlyMap<string, Creator>) {
    this.#creators = creators
  }

  /** A registry with one more key. Throws `RegistryError` 'taken-key'. */
  add<K extends string, F extends Creator>(
    key: K & (K extends keyof C ? never : K),
    creator: F,
  ): Registry<C & Readonly<Record<K, F>>> {
    if (this.#creators.has(key)) throw new RegistryError('taken-key', key, this.keys())
    return new Registry(new Map(this.#creators).set(key, creator))
  }

  /** A registry that makes the product of `key` in another way. Throws 'unknown-key'. */
  override<K extends keyof C & string>(key: K, creator: C[K]): Registry<C> {
    this.#creatorOf(key)
    return new Registry(new Map(this.#creators).set(key, creator))
  }

  /** A new product of that key. Throws `RegistryError` 'unknown-key', and what the creator throws. */
  create<K extends keyof C & string>(key: K, ...parameters: Parameters<C[K]>): ReturnType<C[K]> {
    return this.#creatorOf(key)(...(parameters as never[])) as ReturnType<C[K]>
  }

  /** Whether a string of unknown origin is a key, so that `create` will take it. */
  has(key: string): key is keyof C & string {
    return this.#creators.has(key)
  }

  /** The keys in the order in which they were added. */
  keys(): string[] {
    return [...this.#creators.keys()]
  }

  #creatorOf(key: string): Creator {
    const creator = this.#creators.get(key)
    if (creator === undefined) throw new RegistryError('unknown-key', key, this.keys())
    return creator
  }
}
