/**
 * Composite: a part and a whole of parts are used alike.
 *
 * ```text
 * Branch ──▶ Leaf
 *       └──▶ Branch ──▶ Leaf, Leaf        fold goes from the leaves up
 * ```
 *
 * A `Component` is a leaf with a value or a branch with a value and children: a menu, a tree of
 * permissions, folders and files. `fold` computes anything from the leaves up. A branch counts its
 * leaves when it is first asked and keeps the count until something below it changes.
 *
 * A component stands in one place at most and never within itself; `add` refuses both.
 *
 * Not for data that never changes: nested arrays with a recursive type are simpler. `fold` is as
 * deep in calls as the tree.
 *
 * Lockstep has the idea in `packages/sim/src/verdicts.ts`: the verdict of a run is made of the
 * verdicts of its judges, and is one.
 */

/** Why a component cannot be put or taken there. */
export type CompositeFault = 'cycle' | 'has-parent' | 'not-a-child'

/**
 * A change that would leave something that is no tree.
 *
 * @example
 * ```ts
 * import { Branch, CompositeError } from '@lockstep/patterns/structural/composite'
 *
 * const menu = new Branch('file')
 * try {
 *   menu.add(menu)
 *   throw new Error('a menu within itself')
 * } catch (error) {
 *   if (!(error instanceof CompositeError) || error.code !== 'cycle') throw error
 * }
 * ```
 */
export class CompositeError extends Error {
  override readonly name = 'CompositeError'
  readonly code: CompositeFault

  constructor(code: CompositeFault) {
    super(
      {
        cycle: 'a branch cannot hold itself or a branch that it is in',
        'has-parent': 'the component stands elsewhere: remove it there first',
        'not-a-child': 'the component is not a child of this branch',
      }[code],
    )
    this.code = code
  }
}

/** A part, or a whole of parts. */
export type Component<B, L = B> = Branch<B, L> | Leaf<B, L>

/**
 * A part without parts.
 *
 * @example
 * ```ts
 * import { Leaf } from '@lockstep/patterns/structural/composite'
 *
 * if (new Leaf('save').leafCount !== 1) throw new Error('a leaf is one')
 * ```
 */
export class Leaf<B, L = B> {
  readonly kind = 'leaf'
  value: L
  /** The branch that it stands in. Set by that branch. */
  parent: Branch<B, L> | undefined = undefined

  constructor(value: L) {
    this.value = value
  }

  /** One: itself. */
  get leafCount(): number {
    return 1
  }
}

/**
 * A whole of parts, in order.
 *
 * @example
 * ```ts
 * import { Branch, Leaf } from '@lockstep/patterns/structural/composite'
 *
 * const recent = new Branch('recent', [new Leaf('a.txt'), new Leaf('b.txt')])
 * const menu = new Branch('file', [new Leaf('open'), recent])
 * recent.add(new Leaf('c.txt'))
 * if (menu.leafCount !== 4) throw new Error('miscounted')
 * ```
 */
export class Branch<B, L = B> {
  readonly kind = 'branch'
  value: B
  /** The branch that it stands in. Set by that branch. */
  parent: Branch<B, L> | undefined = undefined
  readonly #children: Component<B, L>[] = []
  #leafCount: number | undefined

  constructor(value: B, children: readonly Component<B, L>[] = []) {
    this.value = value
    for (const child of children) this.add(child)
  }

  get children(): readonly Component<B, L>[] {
    return this.#children
  }

  /** How many leaves are below, counted when it is asked for the first time after a change. */
  get leafCount(): number {
    this.#leafCount ??= this.#children.reduce((sum, child) => sum + child.leafCount, 0)
    return this.#leafCount
  }

  /** Puts a component in at an index, at the end by default. Throws 'cycle' or 'has-parent'. */
  add(child: Component<B, L>, at: number = this.#children.length): this {
    if (child === this) throw new CompositeError('cycle')
    for (let above = this.parent; above !== undefined; above = above.parent)
      if (above === child) throw new CompositeError('cycle')
    if (child.parent !== undefined) throw new CompositeError('has-parent')
    this.#children.splice(at, 0, child)
    child.parent = this
    this.#forgetCounts()
    return this
  }

  /** Takes a child out: the index at which it stood. Throws 'not-a-child'. */
  remove(child: Component<B, L>): number {
    const at = this.#children.indexOf(child)
    if (at === -1) throw new CompositeError('not-a-child')
    this.#children.splice(at, 1)
    child.parent = undefined
    this.#forgetCounts()
    return at
  }

  #forgetCounts(): void {
    // Above a branch without a count there is none either: each was counted by way of it.
    if (this.#leafCount === undefined) return
    this.#leafCount = undefined
    if (this.parent !== undefined) this.parent.#forgetCounts()
  }
}

/**
 * Computes a value from the leaves up.
 *
 * @example
 * ```ts
 * import { Branch, fold, Leaf } from '@lockstep/patterns/structural/composite'
 *
 * const sizes = new Branch<string, number>('/', [new Leaf(1), new Branch('home', [new Leaf(2)])])
 * const sum = fold(sizes, (size) => size, (_, parts: number[]) => parts.reduce((a, b) => a + b, 0))
 * if (sum !== 3) throw new Error('miscounted')
 * ```
 */
export function fold<B, L, R>(
  component: Component<B, L>,
  ofLeaf: (value: L) => R,
  ofBranch: (value: B, parts: R[]) => R,
): R {
  if (component.kind === 'leaf') return ofLeaf(component.value)
  const parts = component.children.map((child) => fold(child, ofLeaf, ofBranch))
  return ofBranch(component.value, parts)
}

/**
 * The values of the leaves, from left to right, one at a time.
 *
 * @example
 * ```ts
 * import { Branch, Leaf, leavesOf } from '@lockstep/patterns/structural/composite'
 *
 * const tree = new Branch(0, [new Leaf(1), new Branch(0, [new Leaf(2)]), new Leaf(3)])
 * if ([...leavesOf(tree)].join() !== '1,2,3') throw new Error('out of order')
 * ```
 */
export function* leavesOf<B, L>(component: Component<B, L>): Generator<L, void, undefined> {
  const open: Component<B, L>[] = [component]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.kind === 'leaf') yield at.value
    else open.push(...at.children.toReversed())
  }
}
