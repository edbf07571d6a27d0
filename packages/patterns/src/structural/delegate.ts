/**
 * Delegate: an object hands a request on to another that it holds, and does itself what is left.
 *
 * ```text
 * child.load(name) ──▶ parent.find(name) ──▶ grandparent.find(name)
 *                  on a miss only: define(name), once
 * ```
 *
 * `Loader` asks its parent first, as class loaders of Java do, and looks for a name itself only if
 * no loader above has it: what the parent has cannot be replaced from below. Each loader defines a
 * name once; all who ask later, through it or through a child, get the same thing.
 *
 * Not where children must override (that is a chain of scopes: ask the child first), and not for a
 * fixed set of names, where a map does.
 *
 * Lockstep has the idea in `packages/raft/src/raft.ts`: a member hands elections, reads and
 * transfers on to objects that it holds.
 */

/**
 * No loader up to the root has the name.
 *
 * @example
 * ```ts
 * import { Loader, NotFoundError } from '@lockstep/patterns/structural/delegate'
 *
 * try {
 *   new Loader(() => undefined).load('nothing')
 *   throw new Error('found nothing')
 * } catch (error) {
 *   if (!(error instanceof NotFoundError)) throw error
 * }
 * ```
 */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
  readonly missing: string

  constructor(missing: string) {
    super(`neither this loader nor one above it has '${missing}'`)
    this.missing = missing
  }
}

/**
 * Loads by name, parent first; a name that was found is looked up in one step per loader.
 *
 * `define` makes what this loader has under a name, or gives undefined. It runs once for each name
 * that it has; an unknown name is asked for again each time, so that it may come to be later.
 *
 * @example
 * ```ts
 * import { Loader } from '@lockstep/patterns/structural/delegate'
 *
 * const core = new Loader((name) => (name === 'text' ? { by: 'core' } : undefined))
 * const plugin = new Loader((name) => ({ by: `plugin, for ${name}` }), core)
 * if (plugin.load('text').by !== 'core') throw new Error('replaced from below')
 * if (plugin.load('table').by !== 'plugin, for table') throw new Error('not found')
 * ```
 */
export class Loader<T extends object> {
  readonly #define: (name: string) => T | undefined
  readonly #parent: Loader<T> | undefined
  readonly #defined = new Map<string, T>()

  constructor(define: (name: string) => T | undefined, parent?: Loader<T>) {
    this.#define = define
    this.#parent = parent
  }

  /** What has that name. Throws `NotFoundError`, and what a definition throws. */
  load(name: string): T {
    const found = this.find(name)
    if (found === undefined) throw new NotFoundError(name)
    return found
  }

  /** What has that name, or undefined. */
  find(name: string): T | undefined {
    // What was defined here stays, though the parent may have the name by now.
    const known = this.#defined.get(name) ?? this.#parent?.find(name)
    if (known !== undefined) return known
    const made = this.#define(name)
    if (made !== undefined) this.#defined.set(name, made)
    return made
  }
}
