import type { LogIndex } from '../term.ts'
import type { Newest, SessionTable } from './sessions.ts'
import { pairsOf, type Tree, TreeMap } from './tree.ts'

/** The state machine's state as plain data that never changes. */
export interface State {
  readonly values: Tree<string, string>
  readonly sessions: SessionTable
}

/** The smallest part of a state, as it travels. */
export type Item =
  | { readonly type: 'key'; readonly key: string; readonly value: string }
  | { readonly type: 'session'; readonly session: LogIndex; readonly newest: Newest }

/** How many items a state has. */
export function sizeOf({ values, sessions }: State): number {
  return values.size + sessions.newest.size
}

/**
 * The items without the first `skip` ones, which are skipped in O(log n). Equal states give equal
 * items, whatever way led to them.
 */
export function* itemsOf(state: State, skip = 0): Generator<Item> {
  const { values, sessions } = state
  for (const [key, value] of pairsOf(values, skip)) yield { type: 'key', key, value }
  const left = Math.max(0, skip - values.size)
  for (const [session, newest] of pairsOf(sessions.newest, left)) {
    yield { type: 'session', session, newest }
  }
}

/** Puts a state together from its items, each at a cost of its own. */
export class StateBuilder {
  readonly #values: TreeMap<string, string> = new TreeMap()
  readonly #newest: TreeMap<LogIndex, Newest> = new TreeMap()
  readonly #byUse: TreeMap<number, LogIndex> = new TreeMap()

  add(item: Item): void {
    if (item.type === 'key') return this.#values.set(item.key, item.value)
    this.#newest.set(item.session, item.newest)
    this.#byUse.set(item.newest.used, item.session)
  }

  /** The state of all items that were added. */
  build(): State {
    const sessions = { newest: this.#newest.save(), byUse: this.#byUse.save() }
    return { values: this.#values.save(), sessions }
  }
}

/** About how many bytes an item takes on the wire. */
export function itemBytes(item: Item): number {
  return item.type === 'key' ? 24 + item.key.length + item.value.length : 64
}
