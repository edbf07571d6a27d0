import { type Change, type KeyValue, keyOf, type Revision } from './key-value.ts'
import { isIn, type KeyRange } from './range.ts'
import { changeBytes } from './size.ts'
import { emptyTree, type Tree, TreeMap } from './tree.ts'

/** Of each change four: its revision, the key before and after it, and its bytes. No object stays for a change alone. */
type Block = readonly (Revision | KeyValue | null)[]

/** A history as plain data. */
export interface SavedHistory {
  /** The number of the oldest change that is kept. */
  readonly first: number
  /** How many changes are kept. */
  readonly size: number
  /** Full blocks by their number. */
  readonly blocks: Tree<number, Block>
  /** The newest changes, which do not fill a block yet. */
  readonly tail: Block
}

/** The history of a store that never changed. */
export const noHistory: SavedHistory = { first: 0, size: 0, blocks: emptyTree, tail: [] }

/** How many changes are in a block. */
const width = 32
/** How much of a block a change takes. */
const slots = 4

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
  readonly #blocks: TreeMap<number, Block> = new TreeMap()
  #tail: (Revision | KeyValue | null)[] = []
  #ownsTail = true
  /** The block of the oldest change, if it is full and was looked at. */
  #oldest: Block | undefined
  /** `undefined` until somebody asks, after a history was restored. */
  #bytes: number | undefined = 0

  /** About how many bytes the changes take that are kept. Counted once after `restore`, and kept up from then on. */
  get bytes(): number {
    if (this.#bytes === undefined) {
      this.#bytes = 0
      for (let number = this.#first; number < this.#next; number++) {
        this.#bytes += bytesAt(this.#blockOf(number), number % width)
      }
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
    this.#tail = tail as (Revision | KeyValue | null)[]
    this.#ownsTail = false
    this.#oldest = undefined
    this.#bytes = undefined
  }

  /** Begins with a change of that number, which a history that travels does. */
  beginAt(first: number): void {
    this.#first = first
    this.#next = first
    this.#tail = Array.from({ length: slots * (first % width) }, () => null)
    this.#ownsTail = true
    this.#oldest = undefined
  }

  /** Adds what the newest revision did to one key. */
  add(change: Change): void {
    if (!this.#ownsTail) this.#tail = [...this.#tail]
    this.#ownsTail = true
    const bytes = changeBytes(change)
    this.#tail.push(change.revision, change.before, change.after, bytes)
    this.#next++
    if (this.#bytes !== undefined) this.#bytes += bytes
    if (this.#tail.length < slots * width) return
    // A copy has no room to grow, which an array that grew keeps.
    this.#blocks.set(Math.floor((this.#next - 1) / width), this.#tail.slice())
    this.#tail = []
  }

  /** The changes from a revision on, as far as the history reaches. */
  *since(revision: Revision): Generator<Change> {
    for (let number = this.#firstSince(revision); number < this.#next; number++) {
      yield changeAt(this.#blockOf(number), number % width)
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
      const at = this.#first % width
      if (revisionAt(block, at) >= before) return
      this.#first++
      if (this.#bytes !== undefined) this.#bytes -= bytesAt(block, at)
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
      if (revisionAt(this.#blockOf(middle), middle % width) < revision) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The number of the first change that is in no full block. */
  get #tailStart(): number {
    return this.#next - this.#tail.length / slots
  }

  #oldestBlock(): Block {
    this.#oldest ??= this.#blockOf(this.#first)
    return this.#oldest
  }

  #blockOf(number: number): Block {
    if (number >= this.#tailStart) return this.#tail
    return this.#blocks.get(Math.floor(number / width)) as Block
  }

  #saved(blocks: Tree<number, Block>): SavedHistory {
    return { first: this.#first, size: this.#next - this.#first, blocks, tail: this.#tail }
  }
}

/** The changes of a history without the first `skip` ones, in O(log n) to the first. */
export function* changesOf(history: SavedHistory, skip = 0): Generator<Change> {
  const { first, size, blocks, tail } = history
  const map = new TreeMap<number, Block>()
  map.restore(blocks)
  const tailBlock = Math.floor((first + size) / width)
  for (let number = first + skip; number < first + size; number++) {
    const at = Math.floor(number / width)
    const block = at === tailBlock ? tail : map.get(at)
    yield changeAt(block as Block, number % width)
  }
}

function changeAt(block: Block, at: number): Change {
  const revision = revisionAt(block, at)
  const [before, after] = [block[slots * at + 1], block[slots * at + 2]]
  return { revision, before: before as KeyValue | null, after: after as KeyValue | null }
}

function revisionAt(block: Block, at: number): Revision {
  return block[slots * at] as Revision
}

/** What a change that is forgotten took, without a look at what it held: that is in no cache any more. */
function bytesAt(block: Block, at: number): number {
  return block[slots * at + 3] as number
}
