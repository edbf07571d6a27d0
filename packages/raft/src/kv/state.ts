import { unreachable } from '@lockstep/process'
import type { LogIndex } from '../term.ts'
import { changesOf, History } from './history.ts'
import type { Change, KeyValue } from './key-value.ts'
import { Keys, kvsOf } from './keys.ts'
import { type Lease, Leases } from './leases.ts'
import type { SessionTable, Uses } from './sessions.ts'
import type { StoreState } from './store.ts'
import { changeBytes, kvBytes, valueBytes } from './size.ts'
import { pairsOf, type Tree, TreeMap } from './tree.ts'

/** The state machine's state as plain data that never changes. */
export interface State {
  readonly store: StoreState
  readonly sessions: SessionTable
}

/** The smallest part of a state, as it travels. */
export type Item =
  /** What a store is beside its keys, history and leases, and where the history begins. */
  | ({ readonly type: 'store'; readonly first: number } & Counters)
  | { readonly type: 'key'; readonly kv: KeyValue }
  | { readonly type: 'change'; readonly change: Change }
  | { readonly type: 'lease'; readonly lease: Lease }
  | { readonly type: 'session'; readonly session: LogIndex; readonly uses: Uses }

type Counters = Pick<StoreState, 'revision' | 'compacted' | 'now'>

/** How many keys a state has. */
export function keysOf({ store }: State): number {
  return store.keys.size
}

/** How many items a state has. */
export function sizeOf({ store, sessions }: State): number {
  return 1 + store.keys.size + store.history.size + store.leases.byId.size + sessions.uses.size
}

/**
 * The items without the first `skip` ones, which are skipped in O(log n). Equal states give equal
 * items, whatever way led to them.
 */
export function* itemsOf({ store, sessions }: State, skip = 0): Generator<Item> {
  const { revision, compacted, now, keys, history, leases } = store
  if (skip === 0) yield { type: 'store', revision, compacted, now, first: history.first }
  let left = Math.max(0, skip - 1)
  for (const kv of kvsOf(keys, left)) yield { type: 'key', kv }
  left = Math.max(0, left - keys.size)
  for (const change of changesOf(history, left)) yield { type: 'change', change }
  left = Math.max(0, left - history.size)
  yield* from(leases.byId, (_, lease) => ({ type: 'lease', lease }))
  yield* from(sessions.uses, (session, uses) => ({ type: 'session', session, uses }))

  function* from<K extends string | number, V>(
    tree: Tree<K, V>,
    item: (key: K, value: V) => Item,
  ): Generator<Item> {
    for (const [key, value] of pairsOf(tree, left)) yield item(key, value)
    left = Math.max(0, left - tree.size)
  }
}

/** Puts a state together from its items, each at a cost of its own. */
export class StateBuilder {
  #counters: Counters = { revision: 1, compacted: 0, now: 0 }
  readonly #keys: Keys = new Keys()
  readonly #history: History = new History()
  readonly #leases: Leases = new Leases()
  readonly #uses: TreeMap<LogIndex, Uses> = new TreeMap()
  readonly #byUse: TreeMap<number, LogIndex> = new TreeMap()

  add(item: Item): void {
    switch (item.type) {
      case 'store': {
        const { revision, compacted, now, first } = item
        this.#history.beginAt(first)
        this.#counters = { revision, compacted, now }
        return
      }
      case 'key':
        this.#keys.set(item.kv)
        return this.#leases.moved(item.kv.key, 0, item.kv.lease)
      case 'change':
        return this.#history.add(item.change)
      case 'lease':
        return this.#leases.set(item.lease)
      case 'session':
        this.#uses.set(item.session, item.uses)
        this.#byUse.set(item.uses.used, item.session)
        return
      default:
        return unreachable(item)
    }
  }

  /** The state of all items that were added. */
  build(): State {
    const [keys, history] = [this.#keys.save(), this.#history.save()]
    const store = { ...this.#counters, keys, history, leases: this.#leases.save() }
    return { store, sessions: { uses: this.#uses.save(), byUse: this.#byUse.save() } }
  }
}

/** About how many bytes an item takes on the wire. */
export function itemBytes(item: Item): number {
  switch (item.type) {
    case 'key':
      return kvBytes(item.kv)
    case 'change':
      return changeBytes(item.change)
    case 'session':
      return 64 + usesBytes(item.uses)
    case 'store':
    case 'lease':
      return 64
    default:
      return unreachable(item)
  }
}

function usesBytes({ results }: Uses): number {
  return results.reduce((sum, { value }) => sum + 8 + valueBytes(value), 0)
}
