/**
 * Factory method: a finished algorithm leaves the making of one object to its subclass.
 *
 * ```text
 * ResourceLoader.load(location) ── scheme, path ──▶ resourceAt(path)
 *                                                       △
 *                               MemoryLoader ───────────┘ makes a MemoryResource
 * ```
 *
 * `ResourceLoader.load` understands a location (`memory:conf/app.json`): it checks the scheme,
 * resolves `.` and `..`, and refuses to leave the root. Which kind of resource answers is the one
 * method that a subclass writes, `resourceAt`. Each product keeps the contract of `Resource`.
 *
 * Not where a function parameter would do: if nothing is shared around the creation, hand over the
 * creator itself. A protocol's `Build` in `@lockstep/process` is the same idea as a plain function.
 *
 * Lockstep has the idea in `packages/process/src/process.ts`: a world runs any protocol, and makes
 * each incarnation by a function that the protocol gives.
 */

/** Why a resource could not be had. */
export type ResourceFault = 'wrong-scheme' | 'outside-root' | 'not-found'

/**
 * A location was refused, or nothing is there.
 *
 * @example
 * ```ts
 * import { MemoryResources, ResourceError } from '@lockstep/patterns/creational/factory-method'
 *
 * try {
 *   new MemoryResources(new Map()).load('memory:../secret')
 * } catch (error) {
 *   if (!(error instanceof ResourceError) || error.code !== 'outside-root') throw error
 * }
 * ```
 */
export class ResourceError extends Error {
  override readonly name = 'ResourceError'
  readonly code: ResourceFault
  readonly location: string

  constructor(code: ResourceFault, location: string, expected: string) {
    super(`${location}: ${expected}`)
    this.code = code
    this.location = location
  }
}

/** A handle on something that can be read; having one does not mean that it exists. */
export interface Resource {
  /** The normalised location: `load(location)` gives an equal resource. */
  readonly location: string
  /** Whether `read` would succeed now. */
  exists(): Promise<boolean>
  /** The whole content. Rejects with `ResourceError` 'not-found'. */
  read(): Promise<string>
  /** The resource at a path seen from the folder of this one. Throws 'outside-root'. */
  relative(path: string): Resource
}

/**
 * Turns locations of one scheme into resources; subclasses say what a resource is.
 *
 * @example
 * ```ts
 * import { type Resource, ResourceLoader } from '@lockstep/patterns/creational/factory-method'
 *
 * class Echo extends ResourceLoader {
 *   readonly scheme = 'echo'
 *   protected resourceAt(path: string): Resource {
 *     return {
 *       location: this.locationOf(path),
 *       exists: async () => true,
 *       read: async () => path,
 *       relative: (to) => this.loadRelative(path, to),
 *     }
 *   }
 * }
 * if ((await new Echo().load('echo:a/./b').relative('../c').read()) !== 'c') throw new Error('lost')
 * ```
 */
export abstract class ResourceLoader {
  /** What stands before the colon of every location of this loader. */
  abstract readonly scheme: string

  /** The factory method: the resource at a normalised path, such as `conf/app.json`. */
  protected abstract resourceAt(path: string): Resource

  /** The resource of a location. Throws `ResourceError` 'wrong-scheme' or 'outside-root'. */
  load(location: string): Resource {
    const prefix = `${this.scheme}:`
    if (!location.startsWith(prefix))
      throw new ResourceError('wrong-scheme', location, `a location here begins with '${prefix}'`)
    return this.resourceAt(this.#normalised(location.slice(prefix.length), location))
  }

  /** The location of a normalised path. */
  protected locationOf(path: string): string {
    return `${this.scheme}:${path}`
  }

  /** The resource at `to`, seen from the folder that holds `from`. Throws 'outside-root'. */
  protected loadRelative(from: string, to: string): Resource {
    const folder = from.slice(0, from.lastIndexOf('/') + 1)
    return this.load(this.locationOf(to.startsWith('/') ? to : folder + to))
  }

  #normalised(path: string, location: string): string {
    const segments: string[] = []
    for (const segment of path.split('/')) {
      if (segment === '' || segment === '.') continue
      if (segment !== '..') segments.push(segment)
      else if (segments.pop() === undefined)
        throw new ResourceError('outside-root', location, "'..' leads out of the root")
    }
    return segments.join('/')
  }
}

/**
 * Resources whose contents lie in a map from normalised path to text; a later change shows.
 *
 * @example
 * ```ts
 * import { MemoryResources } from '@lockstep/patterns/creational/factory-method'
 *
 * const files = new MemoryResources(new Map([['conf/app.json', '{}']]))
 * if ((await files.load('memory:conf//app.json').read()) !== '{}') throw new Error('not found')
 * ```
 */
export class MemoryResources extends ResourceLoader {
  readonly scheme = 'memory'
  readonly #contents: ReadonlyMap<string, string>

  constructor(contents: ReadonlyMap<string, string>) {
    super()
    this.#contents = contents
  }

  protected resourceAt(path: string): Resource {
    const location = this.locationOf(path)
    return {
      location,
      exists: async () => this.#contents.has(path),
      read: async () => {
        const content = this.#contents.get(path)
        if (content === undefined) throw new ResourceError('not-found', location, 'nothing is here')
        return content
      },
      relative: (to) => this.loadRelative(path, to),
    }
  }
}
