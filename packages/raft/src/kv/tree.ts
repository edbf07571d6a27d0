/**
 * An ordered map that is never changed: a B+ tree of plain data in which a put copies the path from
 * the leaf to the root and shares all the rest. So the map as it was is kept by keeping its root:
 * a snapshot costs nothing when it is taken, however many keys there are, and a put costs
 * O(log n) whether or not anybody still holds an older root.
 */

type Key = string | number

interface Leaf<K, V> {
  /** In ascending order; `values[i]` belongs to `keys[i]`. */
  readonly keys: readonly K[]
  readonly values: readonly V[]
  readonly size: number
}

interface Branch<K, V> {
  /** `keys[i]` is the least key below `children[i]`. */
  readonly keys: readonly K[]
  readonly children: readonly Tree<K, V>[]
  /** How many keys are below. */
  readonly size: number
}

/** The root of such a map. No leaf is empty but that of the empty map. */
export type Tree<K, V> = Leaf<K, V> | Branch<K, V>

/** The most keys of a leaf, and the most children of a branch. */
const widthMax = 32

/** The map without keys. */
export const emptyTree: Tree<never, never> = { keys: [], values: [], size: 0 }

/** The value of a key; `undefined` when there is none. */
export function valueAt<K extends Key, V>(tree: Tree<K, V>, key: K): V | undefined {
  let node = tree
  while (isBranch(node)) node = node.children[childFor(node, key)] as Tree<K, V>
  const at = firstNotBelow(node.keys, key)
  return node.keys[at] === key ? node.values[at] : undefined
}

/** The map with that value at that key. */
export function withKey<K extends Key, V>(tree: Tree<K, V>, key: K, value: V): Tree<K, V> {
  const parts = inserted(tree, key, value)
  return parts.length === 1 ? (parts[0] as Tree<K, V>) : branchOf(parts)
}

/** The map without that key. */
export function withoutKey<K extends Key, V>(tree: Tree<K, V>, key: K): Tree<K, V> {
  const left = removed(tree, key)
  return left.size === 0 ? emptyTree : left
}

/** The pairs in ascending order of their keys, without the first `skip` ones. */
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

/** The greatest key; `undefined` in the empty map. */
export function greatestKey<K extends Key, V>(tree: Tree<K, V>): K | undefined {
  let node = tree
  while (isBranch(node)) node = node.children.at(-1) as Tree<K, V>
  return node.keys.at(-1)
}

function inserted<K extends Key, V>(tree: Tree<K, V>, key: K, value: V): readonly Tree<K, V>[] {
  if (isBranch(tree)) {
    const at = childFor(tree, key)
    const parts = inserted(tree.children[at] as Tree<K, V>, key, value)
    const children = tree.children.toSpliced(at, 1, ...parts)
    if (children.length <= widthMax) return [branchOf(children)]
    const half = children.length >> 1
    return [branchOf(children.slice(0, half)), branchOf(children.slice(half))]
  }
  const at = firstNotBelow(tree.keys, key)
  if (tree.keys[at] === key) return [{ ...tree, values: tree.values.with(at, value) }]
  const keys = tree.keys.toSpliced(at, 0, key)
  const values = tree.values.toSpliced(at, 0, value)
  if (keys.length <= widthMax) return [leafOf(keys, values)]
  const half = keys.length >> 1
  return [
    leafOf(keys.slice(0, half), values.slice(0, half)),
    leafOf(keys.slice(half), values.slice(half)),
  ]
}

function removed<K extends Key, V>(tree: Tree<K, V>, key: K): Tree<K, V> {
  if (isBranch(tree)) {
    const at = childFor(tree, key)
    const child = tree.children[at] as Tree<K, V>
    const left = removed(child, key)
    if (left === child) return tree
    const children = left.size === 0 ? tree.children.toSpliced(at, 1) : tree.children.with(at, left)
    return children.length === 1 ? (children[0] as Tree<K, V>) : branchOf(children)
  }
  const at = firstNotBelow(tree.keys, key)
  if (tree.keys[at] !== key) return tree
  return leafOf(tree.keys.toSpliced(at, 1), tree.values.toSpliced(at, 1))
}

function isBranch<K, V>(tree: Tree<K, V>): tree is Branch<K, V> {
  return 'children' in tree
}

function leafOf<K, V>(keys: readonly K[], values: readonly V[]): Leaf<K, V> {
  return { keys, values, size: keys.length }
}

function branchOf<K, V>(children: readonly Tree<K, V>[]): Branch<K, V> {
  let size = 0
  for (const child of children) size += child.size
  return { keys: children.map((child) => child.keys[0] as K), children, size }
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
function childFor<K extends Key, V>(branch: Branch<K, V>, key: K): number {
  const at = firstNotBelow(branch.keys, key)
  return branch.keys[at] === key ? at : Math.max(0, at - 1)
}
