/** So many keys fit into a leaf. */
const leafMax = 32

/** What keys did to an index. */
export interface IndexCost {
  /** How many different leaves were written. */
  readonly touched: number
  readonly leaves: number
  /** How full they are on average, from 0 to 1. */
  readonly fill: number
}

/**
 * The leaves of a B-tree index, which is what inserts cost: each leaf that is touched must be read, written and logged.
 * A full leaf is split in half; one at the right end stays full, and the next one begins with the new key, as databases
 * do it for keys that grow.
 */
export class IndexPages {
  readonly #leaves: string[][] = [[]]

  insert(keys: readonly string[]): IndexCost {
    const touched = new Set<string[]>()
    for (const key of keys) this.#insert(key, touched)
    const all = this.#leaves.reduce((sum, leaf) => sum + leaf.length, 0)
    const leaves = this.#leaves.length
    return { touched: touched.size, leaves, fill: all / (leaves * leafMax) }
  }

  #insert(key: string, touched: Set<string[]>): void {
    const at = this.#leafOf(key)
    let leaf = this.#leaves[at] as string[]
    if (leaf.length === leafMax) {
      touched.add(leaf)
      const isLast = at === this.#leaves.length - 1 && key > (leaf.at(-1) ?? '')
      const right = isLast ? [] : leaf.splice(leafMax / 2)
      this.#leaves.splice(at + 1, 0, right)
      if (right.length === 0 || key >= (right[0] ?? '')) leaf = right
    }
    touched.add(leaf)
    leaf.splice(placeIn(leaf, key), 0, key)
  }

  /** The last leaf that begins at or before a key. */
  #leafOf(key: string): number {
    let low = 0
    let high = this.#leaves.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#leaves[middle]?.[0] ?? '') <= key) low = middle
      else high = middle - 1
    }
    return low
  }
}

function placeIn(leaf: readonly string[], key: string): number {
  let low = 0
  let high = leaf.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((leaf[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
