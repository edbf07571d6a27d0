type Key = string | number

/** Whoever may change a node: what a map was between two of its saves. Only its identity counts. */
export type Owner = object

interface Leaf<K, V> {
  /** In ascending order; `values[i]` belongs to `keys[i]`. */
  readonly keys: readonly K[]
  readonly values: readonly V[]
  readonly size: number
  readonly owner: Owner
}

interface Branch<K, V> {
  /** `keys[i]` is the least key below `children[i]`. */
  readonly keys: readonly K[]
  readonly children: readonly Tree<K, V>[]
  /** How many keys are below. */
  readonly size: number
  readonly owner: Owner
}

/** The root of an ordered map: a B+ tree of plain data. No leaf is empty but that of the empty map. */
export type Tree<K, V> = Leaf<K, V> | Branch<K, V>

/** A leaf that no saved root holds. */
interface OwnLeaf<K, V> {
  keys: K[]
  values: V[]
  size: number
  readonly owner: Owner
}

/** A branch that no saved root holds. */
interface OwnBranch<K, V> {
  keys: K[]
  children: Tree<K, V>[]
  size: number
  readonly owner: Owner
}

type Own<K, V> = OwnLeaf<K, V> | OwnBranch<K, V>

/** The most keys of a leaf, and the most children of a branch. */
const widthMax = 32

/** The map without keys. */
export const emptyTree: Tree<never, never> = { keys: [], values: [], size: 0, owner: {} }

/**
 * An ordered map that can be saved at no cost, however many keys there are.
 *
 * `save` gives the root away, and with it every node: from then on a change copies the nodes on its
 * way from the root to the leaf before it touches them, each once, and shares all others. So what
 * was saved never changes, and the copying is spread over the changes that need it.
 */
export class TreeMap<K extends Key, V> {
  #root: Tree<K, V> = emptyTree
  /** Marks the nodes that no saved root holds, which may be changed in place. */
  #owner: Owner = {}
  /** What `add` found in the place of its value. */
  #held: V | undefined

  get size(): number {
    return this.#root.size
  }

  /** The map as it is now, to look at: later changes show in it. */
  get root(): Tree<K, V> {
    return this.#root
  }

  /** The map as it is now, for good. */
  save(): Tree<K, V> {
    this.#owner = {}
    return this.#root
  }

  /** Goes on from a map that was saved. */
  restore(root: Tree<K, V>): void {
    this.#owner = {}
    this.#root = root
  }

  /** The value of a key; `undefined` when there is none. */
  get(key: K): V | undefined {
    let node = this.#root
    while (isBranch(node)) node = node.children[childFor(node.keys, key)] as Tree<K, V>
    const at = firstNotBelow(node.keys, key)
    return node.keys[at] === key ? node.values[at] : undefined
  }

  /** The least key; `undefined` in the empty map. */
  get least(): K | undefined {
    return this.#root.keys[0]
  }

  /** The greatest key; `undefined` in the empty map. */
  get greatest(): K | undefined {
    let node = this.#root
    while (isBranch(node)) node = node.children.at(-1) as Tree<K, V>
    return node.keys.at(-1)
  }

  /** Gives a key a value. */
  set(key: K, value: V): void {
    this.#put(key, value, true)
  }

  /** Gives a key a value unless it has one. Returns the one that it has now. */
  add(key: K, value: V): V {
    this.#held = undefined
    this.#put(key, value, false)
    return this.#held ?? value
  }

  /** Lets a key go. Returns whether it was there. */
  delete(key: K): boolean {
    if (this.get(key) === undefined) return false
    const root = this.#owned(this.#root)
    this.#remove(root, key)
    this.#root = root.size === 0 ? emptyTree : root
    while (isBranch(this.#root) && this.#root.children.length === 1) {
      this.#root = this.#root.children[0] as Tree<K, V>
    }
    return true
  }

  #put(key: K, value: V, replaces: boolean): void {
    const root = this.#owned(this.#root)
    const right = this.#insert(root, key, value, replaces)
    this.#root = right === undefined ? root : this.#branchOf([root, right])
  }

  /** Returns the right half of a node that became too wide. */
  #insert(node: Own<K, V>, key: K, value: V, replaces: boolean): Own<K, V> | undefined {
    if (!('children' in node)) return this.#insertHere(node, key, value, replaces)
    const at = childFor(node.keys, key)
    const child = this.#owned(node.children[at] as Tree<K, V>)
    const before = child.size
    const right = this.#insert(child, key, value, replaces)
    node.children[at] = child
    node.keys[at] = child.keys[0] as K
    node.size += child.size - before
    if (right === undefined) return undefined
    node.children.splice(at + 1, 0, right)
    node.keys.splice(at + 1, 0, right.keys[0] as K)
    node.size += right.size
    if (node.children.length <= widthMax) return undefined
    const half = this.#branchOf(node.children.splice(widthMax / 2))
    node.keys.length = node.children.length
    node.size -= half.size
    return half
  }

  #insertHere(leaf: OwnLeaf<K, V>, key: K, value: V, replaces: boolean): OwnLeaf<K, V> | undefined {
    const at = firstNotBelow(leaf.keys, key)
    if (leaf.keys[at] === key) {
      if (replaces) leaf.values[at] = value
      else this.#held = leaf.values[at]
      return undefined
    }
    leaf.keys.splice(at, 0, key)
    leaf.values.splice(at, 0, value)
    leaf.size = leaf.keys.length
    if (leaf.size <= widthMax) return undefined
    const keys = leaf.keys.splice(widthMax / 2)
    leaf.size = leaf.keys.length
    const values = leaf.values.splice(widthMax / 2)
    return { keys, values, size: keys.length, owner: this.#owner }
  }

  #remove(node: Own<K, V>, key: K): void {
    node.size--
    if (!('children' in node)) {
      const at = firstNotBelow(node.keys, key)
      node.keys.splice(at, 1)
      node.values.splice(at, 1)
      return
    }
    const at = childFor(node.keys, key)
    const child = this.#owned(node.children[at] as Tree<K, V>)
    this.#remove(child, key)
    if (child.size > 0) {
      node.children[at] = child
      node.keys[at] = child.keys[0] as K
    } else {
      node.children.splice(at, 1)
      node.keys.splice(at, 1)
    }
  }

  /** The node itself if it may be changed, otherwise a copy of it. */
  #owned(node: Tree<K, V>): Own<K, V> {
    const owner = this.#owner
    if (node.owner === owner) return node as Own<K, V>
    const { size } = node
    return isBranch(node)
      ? { keys: node.keys.slice(), children: node.children.slice(), size, owner }
      : { keys: node.keys.slice(), values: node.values.slice(), size, owner }
  }

  #branchOf(children: Tree<K, V>[]): OwnBranch<K, V> {
    let size = 0
    for (const child of children) size += child.size
    const keys = children.map((child) => child.keys[0] as K)
    return { keys, children, size, owner: this.#owner }
  }
}

/** The pairs in ascending order of their keys, without the first `skip` ones, in O(log n) to the first. */
export function* pairsOf<K extends Key, V>(tree: Tree<K, V>, skip = 0): Generator<readonly [K, V]> {
  let left = skip
  if (!isBranch(tree)) {
    for (let i = left; i < tree.size; i++) yield [tree.keys[i] as K, tree.values[i] as V]
    return
  }
  for (const child of tree.children) {
    if (left < child.size) yield* pairsOf(child, left)
    left = Math.max(0, left - child.size)
  }
}

/** How many keys are below one, in O(log n). */
export function rankOf<K extends Key, V>(tree: Tree<K, V>, key: K): number {
  let node = tree
  let rank = 0
  while (isBranch(node)) {
    const at = childFor(node.keys, key)
    for (let i = 0; i < at; i++) rank += (node.children[i] as Tree<K, V>).size
    node = node.children[at] as Tree<K, V>
  }
  return rank + firstNotBelow(node.keys, key)
}

function isBranch<K, V>(tree: Tree<K, V>): tree is Branch<K, V> {
  return 'children' in tree
}

/** The place of the first key that is not below `key`. */
function firstNotBelow<K extends Key>(keys: readonly K[], key: K): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] as K) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Which child has the key, if any has. */
function childFor<K extends Key>(keys: readonly K[], key: K): number {
  const at = firstNotBelow(keys, key)
  return keys[at] === key ? at : Math.max(0, at - 1)
}
