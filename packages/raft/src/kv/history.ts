import { type Change, type KeyValue, keyOf, type Revision } from './key-value.ts'
import { isIn, type KeyRange } from './range.ts'
import { changeBytes } from './size.ts'
import { emptyTree, type Tree, TreeMap } from './tree.ts'

/** A history as plain data. */
export interface SavedHistory {
  /** The number of the oldest change that is kept. */
  readonly first: number
  /** How many changes are kept. */
  readonly size: number
  /** Full blocks by their number. */
  readonly blocks: Tree<number, readonly Change[]>
  /** The newest changes, which do not fill a block yet. */
  readonly tail: readonly Change[]
}

/** The history of a store that never changed. */
export const noHistory: SavedHistory = { first: 0, size: 0, blocks: emptyTree, tail: [] }

/** How many changes are in a block. */
const width = 32

/**
 * What every revision changed, as far back as the history reaches, oldest first.
 *
 * Changes are numbered from 0 without a gap, so that those of a revision are found by halving, and a
 * revision that changed a hundred thousand keys still travels in small pieces. They stand in blocks:
 * adding one is a push, and a tree is only touched for a whole block. A change holds the key's old
 * and new state, which the tree of keys or a neighbour holds anyway, so it costs little more than
 * the value that it replaced.
 */
export class History {
  #first = 0
  /** The number that the next change gets. */
  #next = 0
  readonly #blocks: TreeMap<number, readonly Change[]> = new TreeMap()
  #tail: Change[] = []
  #ownsTail = true
  /** The block of the oldest change, if it is full and was looked at. */
  #oldest: readonly Change[] | undefined
  /** `undefined` until somebody asks, after a history was restored. */
  #bytes: number | undefined = 0

  /** About how many bytes the changes take that are kept. Counted once after `restore`, and kept up from then on. */
  get bytes(): number {
    if (this.#bytes === undefined) {
      this.#bytes = 0
      for (const change of this.since(0)) this.#bytes += changeBytes(change)
    }
    return this.#bytes
  }

  /** The history as it is now, to look at: later changes show in it. */
  get view(): SavedHistory {
    return this.#saved(this.#blocks.root)
  }

  /** The history as it is now, for good. */
  save(): SavedHistory {
    this.#ownsTail = false
    return this.#saved(this.#blocks.save())
  }

  /** Goes on from a history that was saved. */
  restore({ first, size, blocks, tail }: SavedHistory): void {
    this.#first = first
    this.#next = first + size
    this.#blocks.restore(blocks)
    this.#tail = tail as Change[]
    this.#ownsTail = false
    this.#oldest = undefined
    this.#bytes = undefined
  }

  /** Begins with a change of that number, which a history that travels does. */
  beginAt(first: number): void {
    this.#first = first
    this.#next = first
    this.#tail = Array.from({ length: first % width })
    this.#ownsTail = true
    this.#oldest = undefined
  }

  /** Adds what the newest revision did to one key. */
  add(change: Change): void {
    if (!this.#ownsTail) this.#tail = [...this.#tail]
    this.#ownsTail = true
    this.#tail.push(change)
    this.#next++
    if (this.#bytes !== undefined) this.#bytes += changeBytes(change)
    if (this.#tail.length < width) return
    this.#blocks.set(Math.floor((this.#next - 1) / width), this.#tail)
    this.#tail = []
  }

  /** The changes from a revision on, as far as the history reaches. */
  *since(revision: Revision): Generator<Change> {
    for (let number = this.#firstSince(revision); number < this.#next; number++) {
      yield this.#at(number)
    }
  }

  /** What the keys of a range that changed after a revision were at that revision; `null` for missing. */
  before(revision: Revision, range: KeyRange): Map<string, KeyValue | null> {
    const were = new Map<string, KeyValue | null>()
    for (const change of this.since(revision + 1)) {
      const key = keyOf(change)
      if (isIn(key, range) && !were.has(key)) were.set(key, change.before)
    }
    return were
  }

  /** Lets changes of revisions before that one go, the oldest first, at most so many. */
  forget(before: Revision, changesMax: number): void {
    const end = Math.min(this.#first + changesMax, this.#next)
    while (this.#first < end) {
      const block = this.#first >= this.#tailStart ? this.#tail : this.#oldestBlock()
      const oldest = block[this.#first % width] as Change
      if (oldest.revision >= before) return
      this.#first++
      if (this.#bytes !== undefined) this.#bytes -= changeBytes(oldest)
      if (this.#first % width !== 0) continue
      this.#blocks.delete(this.#first / width - 1)
      this.#oldest = undefined
    }
  }

  /** The number of the first change of that revision or a later one. */
  #firstSince(revision: Revision): number {
    let low = this.#first
    let high = this.#next
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.#at(middle).revision < revision) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The number of the first change that is in no full block. */
  get #tailStart(): number {
    return this.#next - this.#tail.length
  }

  #at(number: number): Change {
    const block = number >= this.#tailStart ? this.#tail : this.#blockOf(number)
    return block[number % width] as Change
  }

  #oldestBlock(): readonly Change[] {
    this.#oldest ??= this.#blockOf(this.#first)
    return this.#oldest
  }

  #blockOf(number: number): readonly Change[] {
    return this.#blocks.get(Math.floor(number / width)) as readonly Change[]
  }

  #saved(blocks: Tree<number, readonly Change[]>): SavedHistory {
    return { first: this.#first, size: this.#next - this.#first, blocks, tail: this.#tail }
  }
}

/** The changes of a history without the first `skip` ones, in O(log n) to the first. */
export function* changesOf(history: SavedHistory, skip = 0): Generator<Change> {
  const { first, size, blocks, tail } = history
  const map = new TreeMap<number, readonly Change[]>()
  map.restore(blocks)
  const tailBlock = Math.floor((first + size) / width)
  for (let number = first + skip; number < first + size; number++) {
    const at = Math.floor(number / width)
    const block = at === tailBlock ? tail : map.get(at)
    yield (block as readonly Change[])[number % width] as Change
  }
}
