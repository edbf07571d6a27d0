import type { Owner } from './tree.ts'

interface Page<V> {
  readonly values: readonly V[]
  readonly owner: Owner
}

interface Branch<V> {
  readonly children: readonly Node<V>[]
  readonly owner: Owner
}

type Node<V> = Page<V> | Branch<V>

/** A page that no saved vector holds. */
interface OwnPage<V> {
  readonly values: V[]
  readonly owner: Owner
}

/** A branch that no saved vector holds. */
interface OwnBranch<V> {
  readonly children: Node<V>[]
  readonly owner: Owner
}

/** Values by their places 0, 1, 2 and so on: a tree of plain data whose pages are full but for the last one. */
export interface Vector<V> {
  readonly size: number
  /** How many branches are above each page. */
  readonly height: number
  readonly root: Node<V>
}

/**
 * A page has up to 2^bits values, a branch up to as many children. That is wide, so that all but the
 * value itself stays in a processor's caches: a million values take one branch and a thousand pages.
 */
const bits = 10
const width = 1 << bits
const emptyPage: Page<never> = { values: [], owner: {} }

/**
 * A list that can be saved at no cost, as a `TreeMap` can, and by the same means: what was given
 * away is copied node by node before it is changed. A value is found by its place alone, in as many
 * steps as there are levels, without a comparison.
 */
export class VectorList<V> {
  #root: Node<V> = emptyPage
  #height = 0
  #size = 0
  /** Marks the nodes that no saved vector holds, which may be changed in place. */
  #owner: Owner = {}

  get size(): number {
    return this.#size
  }

  /** The list as it is now, to look at: later changes show in it. */
  get vector(): Vector<V> {
    return { size: this.#size, height: this.#height, root: this.#root }
  }

  /** The list as it is now, for good. */
  save(): Vector<V> {
    this.#owner = {}
    return this.vector
  }

  /** Goes on from a list that was saved. */
  restore({ size, height, root }: Vector<V>): void {
    this.#owner = {}
    this.#size = size
    this.#height = height
    this.#root = root
  }

  /** The value at a place; `undefined` where there is none. */
  at(place: number): V | undefined {
    return place < this.#size ? pageOf(this.#root, this.#height, place)[place % width] : undefined
  }

  /** Puts a value in the place of another one, which it returns; `0 <= place < size`. */
  set(place: number, value: V): V {
    const values = this.#ownPage(place)
    const before = values[place % width] as V
    values[place % width] = value
    return before
  }

  /** Adds a value behind the last one. */
  push(value: V): void {
    if (this.#size === width << (bits * this.#height)) {
      this.#root = { children: [this.#root], owner: this.#owner }
      this.#height++
    }
    const values = this.#ownPage(this.#size++)
    values.push(value)
  }

  /** Takes the last value away. */
  pop(): V | undefined {
    if (this.#size === 0) return undefined
    const root = this.#owned(this.#root)
    const last = this.#pop(root, this.#height)
    this.#root = root
    this.#size--
    while (this.#height > 0 && (this.#root as Branch<V>).children.length === 1) {
      this.#root = (this.#root as Branch<V>).children[0] as Node<V>
      this.#height--
    }
    return last
  }

  #pop(node: OwnPage<V> | OwnBranch<V>, height: number): V | undefined {
    if (height === 0) return (node as OwnPage<V>).values.pop()
    const { children } = node as OwnBranch<V>
    const child = this.#owned(children.at(-1) as Node<V>)
    children[children.length - 1] = child
    const last = this.#pop(child, height - 1)
    if (('children' in child ? child.children : child.values).length === 0) children.pop()
    return last
  }

  /** The values of a place's page, made where there is none yet; all on the way to them may be changed. */
  #ownPage(place: number): V[] {
    let node = this.#owned(this.#root)
    this.#root = node
    for (let height = this.#height; height > 0; height--) {
      const { children } = node as OwnBranch<V>
      const at = (place >> (bits * height)) % width
      const owner = this.#owner
      const known = children[at]
      if (known !== undefined) node = this.#owned(known)
      else node = height > 1 ? { children: [], owner } : { values: [], owner }
      children[at] = node
    }
    const { values } = node as OwnPage<V>
    return values
  }

  /** The node itself if it may be changed, otherwise a copy of it. */
  #owned(node: Node<V>): OwnPage<V> | OwnBranch<V> {
    const owner = this.#owner
    if (node.owner === owner) return node as OwnPage<V> | OwnBranch<V>
    return 'children' in node
      ? { children: node.children.slice(), owner }
      : { values: node.values.slice(), owner }
  }
}

/** The value at a place; `0 <= place < size`. */
export function valueAt<V>({ root, height }: Vector<V>, place: number): V {
  return pageOf(root, height, place)[place % width] as V
}

function pageOf<V>(root: Node<V>, height: number, place: number): readonly V[] {
  let node = root
  for (let above = height; above > 0; above--) {
    node = (node as Branch<V>).children[(place >> (bits * above)) % width] as Node<V>
  }
  return (node as Page<V>).values
}
