import { mix } from './hash.ts'
import type { LinearizedSet } from './linearized-set.ts'
import type { Model } from './model.ts'

/**
 * The configurations that a search has seen: the set of linearized operations, and the state that
 * they led to.
 *
 * A configuration covers another one of the same state and the same operations of known outcome
 * when its operations of unknown outcome are among the other's: whatever the other can still do, it
 * can do too, with more to choose from. So one that is covered need not be tried.
 *
 * A hash table whose chains and words lie in typed arrays, since millions of small objects would
 * cost several times the memory.
 */
export class Memo<State> {
  size = 0
  readonly #model: Pick<Model<unknown, unknown, State>, 'equal' | 'hash'>
  #buckets = new Int32Array(64).fill(-1)
  /** By entry: the next one of its bucket, its hash, and where its words begin. */
  #next = new Int32Array(64)
  #hashes = new Int32Array(64)
  #starts = new Float64Array(64)
  readonly #states: State[] = []
  /** For each entry: the window's `from` and length, its words, the words of unknown outcome. */
  #words = new Uint32Array(256)
  #wordsUsed = 0

  constructor(model: Pick<Model<unknown, unknown, State>, 'equal' | 'hash'>) {
    this.#model = model
  }

  /**
   * Notes a configuration, and says whether it is new. Where a noted one covers it, it is not.
   * The window of the set must have been computed.
   */
  isNew(set: LinearizedSet, state: State): boolean {
    const hash = mix(set.hash ^ mix(this.#model.hash(state) + 1))
    let entry = this.#buckets[hash & (this.#buckets.length - 1)]!
    for (; entry !== -1; entry = this.#next[entry]!) {
      if (this.#hashes[entry] === hash && this.#covers(entry, set, state)) return false
    }
    this.#note(hash, set, state)
    return true
  }

  #covers(entry: number, set: LinearizedSet, state: State): boolean {
    let at = this.#starts[entry]!
    if (this.#words[at++] !== set.from || this.#words[at++] !== set.to - set.from) return false
    const { words, knownWords } = set
    for (let word = set.from; word < set.to; word++) {
      if (this.#words[at++] !== words[word]) return false
    }
    for (let word = knownWords; word < words.length; word++) {
      if ((this.#words[at++]! & ~words[word]!) !== 0) return false
    }
    return this.#model.equal(this.#states[entry]!, state)
  }

  #note(hash: number, set: LinearizedSet, state: State): void {
    if (this.size === this.#next.length) this.#grow()
    const entry = this.size++
    const bucket = hash & (this.#buckets.length - 1)
    this.#next[entry] = this.#buckets[bucket]!
    this.#buckets[bucket] = entry
    this.#hashes[entry] = hash
    this.#states.push(state)
    this.#starts[entry] = this.#wordsUsed
    this.#store(set)
  }

  #store({ words, knownWords, from, to }: LinearizedSet): void {
    const needed = this.#wordsUsed + 2 + (to - from) + (words.length - knownWords)
    if (needed > this.#words.length) {
      const larger = new Uint32Array(Math.max(needed, this.#words.length * 2))
      larger.set(this.#words)
      this.#words = larger
    }
    let at = this.#wordsUsed
    this.#words[at++] = from
    this.#words[at++] = to - from
    for (let word = from; word < to; word++) this.#words[at++] = words[word]!
    for (let word = knownWords; word < words.length; word++) this.#words[at++] = words[word]!
    this.#wordsUsed = at
  }

  #grow(): void {
    const length = this.#next.length * 2
    const next = new Int32Array(length)
    const hashes = new Int32Array(length)
    const starts = new Float64Array(length)
    hashes.set(this.#hashes)
    starts.set(this.#starts)
    const buckets = new Int32Array(length).fill(-1)
    for (let entry = 0; entry < this.size; entry++) {
      const bucket = hashes[entry]! & (length - 1)
      next[entry] = buckets[bucket]!
      buckets[bucket] = entry
    }
    this.#buckets = buckets
    this.#next = next
    this.#hashes = hashes
    this.#starts = starts
  }
}
