import { hashOf } from '../hash.ts'
import { Hints } from './hints.ts'
import type { KeyValue } from './key-value.ts'
import { pairsOf, type Tree, TreeMap } from './tree.ts'
import { type Vector, valueAt, VectorList } from './vector.ts'

/** About so many keys are in a processor's caches anyway. */
const keysInCaches = 5000

/** All keys with their values as plain data. */
export interface KeyTable {
  readonly size: number
  /** Where each key's value stands. */
  readonly order: Tree<string, number>
  /** In no order that means anything. */
  readonly values: Vector<KeyValue>
}

/**
 * The keys in their order, and their values beside it.
 *
 * Most puts are of keys that are there. They change no order: the place of the value is found by the
 * key's hash, and the value is replaced there, in as many steps whatever the number of keys; what
 * still grows is how long each step waits for memory, once the keys are more than caches hold.
 * Only a new key, or one that goes, walks down the tree, and so does the first use of a key after `restore`.
 */
export class Keys {
  readonly #order: TreeMap<string, number> = new TreeMap()
  readonly #values: VectorList<KeyValue> = new VectorList()
  readonly #foreseesFrom: number
  #hints = this.#noHints()
  /** The sum of what was looked at: without it a compiler may leave the looking out. */
  #looked = 0

  /** `foreseesFrom`: fewer keys than that are not worth a look ahead. */
  constructor(foreseesFrom: number = keysInCaches) {
    this.#foreseesFrom = foreseesFrom
  }

  get size(): number {
    return this.#values.size
  }

  /** The keys as they are now, to look at: later changes show in it. */
  get table(): KeyTable {
    return { size: this.size, order: this.#order.root, values: this.#values.vector }
  }

  /** The keys as they are now, for good. */
  save(): KeyTable {
    return { size: this.size, order: this.#order.save(), values: this.#values.save() }
  }

  /** Goes on from keys that were saved. */
  restore({ order, values }: KeyTable): void {
    this.#order.restore(order)
    this.#values.restore(values)
    this.#hints = this.#noHints()
  }

  get(key: string): KeyValue | undefined {
    const place = this.#placeOf(key, hashOf(key))
    return place === undefined ? undefined : this.#values.at(place)
  }

  /**
   * Looks at keys that are written next, each step for all of them before the next step, and changes
   * nothing. So a processor waits for memory once for several keys, and not for each in turn (group
   * prefetching: Chen et al., 'Improving Hash Join Performance through Prefetching', 2004).
   */
  foresee(keys: readonly string[]): void {
    if (this.size < this.#foreseesFrom || keys.length < 2) return
    const hashes = keys.map(hashOf)
    let looked = this.#looked
    for (const hash of hashes) looked += this.#hints.look(hash)
    const kvs: KeyValue[] = []
    for (const hash of hashes) {
      const kv = this.#values.at(this.#hints.guess(hash))
      if (kv !== undefined) kvs.push(kv)
    }
    for (const { version } of kvs) looked += version
    for (const { key } of kvs) looked += key.length
    this.#looked = looked | 0
  }

  /** Writes a key, and returns what it was. */
  set(kv: KeyValue): KeyValue | undefined {
    const { key } = kv
    const hash = hashOf(key)
    const hinted = this.#hints.find(key, hash)
    if (hinted !== undefined) return this.#values.set(hinted, kv)
    const next = this.#values.size
    const place = this.#order.add(key, next)
    this.#hints.add(hash, place)
    if (place < next) return this.#values.set(place, kv)
    this.#values.push(kv)
    return undefined
  }

  /** Lets a key go, and returns what it was. The last value moves to its place. */
  delete(key: string): KeyValue | undefined {
    const hash = hashOf(key)
    const place = this.#placeOf(key, hash)
    if (place === undefined) return undefined
    this.#order.delete(key)
    this.#hints.delete(hash, place)
    const last = this.#values.pop() as KeyValue
    const from = this.#values.size
    if (place === from) return last
    const moved = hashOf(last.key)
    this.#order.set(last.key, place)
    this.#hints.delete(moved, from)
    this.#hints.add(moved, place)
    return this.#values.set(place, last)
  }

  #placeOf(key: string, hash: number): number | undefined {
    const hinted = this.#hints.find(key, hash)
    if (hinted !== undefined) return hinted
    const place = this.#order.get(key)
    if (place !== undefined) this.#hints.add(hash, place)
    return place
  }

  #noHints(): Hints {
    return new Hints((key, place) => this.#values.at(place)?.key === key)
  }
}

/** The keys with their values in the keys' order, without the first `skip` ones, in O(log n) to the first. */
export function* kvsOf({ order, values }: KeyTable, skip = 0): Generator<KeyValue> {
  for (const [, place] of pairsOf(order, skip)) yield valueAt(values, place)
}
