/**
 * Visitor: an operation over a structure, apart from the structure and from the way through it.
 *
 * ```text
 * walk ──▶ preVisitDirectory ──▶ visitFile, visitFile, … ──▶ postVisitDirectory
 *      ◀── continue, skip-subtree, skip-siblings, terminate
 * ```
 *
 * Intent: one walk over a tree of files, any number of operations on it. The walk knows order,
 * links, loops and errors; the visitor says what to do at each place, and where to go on.
 *
 * When not to use it: if all that is wanted is the list of files, iterate. If the kinds of nodes
 * grow more often than the operations, a method on each kind is easier to extend.
 *
 * Lockstep has the idea in `packages/patterns/test/principles/parsed.ts`: its checkers of
 * principles visit syntax trees.
 */

/**
 * Where the walk goes next. `skip-subtree` leaves a directory at once, without its
 * `postVisitDirectory`; elsewhere it is `continue`. `skip-siblings` leaves what else is in the same
 * directory (and the directory itself, when given before it). `terminate` ends the walk.
 */
export type Step = 'continue' | 'skip-subtree' | 'skip-siblings' | 'terminate'

/** What stands at a path. */
export interface Node {
  readonly type: 'file' | 'directory' | 'link' | 'other'
  /** The same for two paths to the same thing, such as device and inode. */
  readonly id: string
}

/** The port to whatever holds the files. Paths are joined by `/`. */
export interface FileTree {
  /** What stands at `path`; at the end of the link, if `follow`. Rejects if nothing does. */
  stat(path: string, follow: boolean): Promise<Node>
  /** The names in a directory, in the order of the walk. */
  list(path: string): Promise<readonly string[]>
}

/** An operation on a tree. What it leaves out, or returns nothing from, means `continue`. */
export interface Visitor {
  preVisitDirectory?(path: string, node: Node): Answer
  /** Links that are not followed, and directories at the bound of depth, are visited as files. */
  visitFile?(path: string, node: Node): Answer
  /** What could not be read, or is a loop. If left out, the walk rejects with the error. */
  visitFailed?(path: string, error: unknown): Answer
  /** After all that is in it was visited. */
  postVisitDirectory?(path: string, node: Node): Answer
}

type Answer = Step | void | Promise<Step | void>

/** How to walk. */
export interface WalkOptions {
  /** False by default. */
  readonly followLinks?: boolean
  /** How far below the root to go; 0 visits the root alone. No bound by default. */
  readonly depthMax?: number
}

/**
 * A link leads back to a directory that the walk is in.
 *
 * @example
 * ```ts
 * import { TreeLoop } from '@lockstep/patterns/behavioral/visitor'
 *
 * if (new TreeLoop('a/b/up', 'a').ancestor !== 'a') throw new Error('a is above')
 * ```
 */
export class TreeLoop extends Error {
  override readonly name = 'TreeLoop'
  readonly path: string
  readonly ancestor: string

  constructor(path: string, ancestor: string) {
    super(`${path} leads back to ${ancestor}`)
    this.path = path
    this.ancestor = ancestor
  }
}

interface Place {
  readonly path: string
  readonly depth: number
  /** Directories above, by id. */
  readonly above: ReadonlyMap<string, string>
}

class Walk {
  readonly #tree: FileTree
  readonly #visitor: Visitor
  readonly #followLinks: boolean
  readonly #depthMax: number

  constructor(tree: FileTree, visitor: Visitor, options: WalkOptions) {
    this.#tree = tree
    this.#visitor = visitor
    this.#followLinks = options.followLinks ?? false
    this.#depthMax = options.depthMax ?? Number.POSITIVE_INFINITY
  }

  async visit(place: Place): Promise<Step> {
    const { path, depth, above } = place
    let node: Node
    let names: readonly string[] | undefined
    try {
      node = await this.#tree.stat(path, this.#followLinks)
      const ancestor = above.get(node.id)
      if (node.type === 'directory' && ancestor !== undefined) throw new TreeLoop(path, ancestor)
      if (node.type === 'directory' && depth < this.#depthMax) names = await this.#tree.list(path)
    } catch (error) {
      if (this.#visitor.visitFailed === undefined) throw error
      return (await this.#visitor.visitFailed(path, error)) ?? 'continue'
    }
    if (names === undefined) return (await this.#visitor.visitFile?.(path, node)) ?? 'continue'
    return this.#directory(place, node, names)
  }

  async #directory(place: Place, node: Node, names: readonly string[]): Promise<Step> {
    const { path, depth } = place
    const before = (await this.#visitor.preVisitDirectory?.(path, node)) ?? 'continue'
    if (before !== 'continue') return before
    const above = new Map([...place.above, [node.id, path]])
    for (const name of names) {
      const step = await this.visit({ path: `${path}/${name}`, depth: depth + 1, above })
      if (step === 'terminate') return step
      if (step === 'skip-siblings') break
    }
    return (await this.#visitor.postVisitDirectory?.(path, node)) ?? 'continue'
  }
}

/**
 * Goes through the tree from `root` on, depth first.
 *
 * Rejects with what the visitor throws, and with what could not be read if it has no `visitFailed`.
 *
 * @example
 * ```ts
 * import { type FileTree, walk } from '@lockstep/patterns/behavioral/visitor'
 *
 * const tree: FileTree = {
 *   stat: async (path) => ({ type: path.includes('.') ? 'file' : 'directory', id: path }),
 *   list: async (path) => (path === 'src' ? ['a.ts', 'old', 'b.ts'] : ['c.ts']),
 * }
 * const seen: string[] = []
 * await walk(tree, 'src', {
 *   preVisitDirectory: (path) => (path.endsWith('old') ? 'skip-subtree' : 'continue'),
 *   visitFile: (path) => void seen.push(path),
 * })
 * if (seen.join() !== 'src/a.ts,src/b.ts') throw new Error(seen.join())
 * ```
 */
export async function walk(
  tree: FileTree,
  root: string,
  visitor: Visitor,
  options: WalkOptions = {},
): Promise<void> {
  await new Walk(tree, visitor, options).visit({ path: root, depth: 0, above: new Map() })
}
