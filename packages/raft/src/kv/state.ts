import { type Milliseconds, unreachable } from '@lockstep/process'
import type { LogIndex } from '../term.ts'
import type { SessionTable, Uses } from './sessions.ts'
import { pairsOf, type Tree, TreeMap } from './tree.ts'

/** The state machine's state as plain data that never changes. */
export interface State {
  /** The log's time when the last entry was applied. */
  readonly time: Milliseconds
  readonly values: Tree<string, string>
  readonly sessions: SessionTable
}

/** The smallest part of a state, as it travels. */
export type Item =
  | { readonly type: 'time'; readonly time: Milliseconds }
  | { readonly type: 'key'; readonly key: string; readonly value: string }
  | { readonly type: 'session'; readonly session: LogIndex; readonly uses: Uses }

/** How many items a state has. */
export function sizeOf({ values, sessions }: State): number {
  return 1 + values.size + sessions.uses.size
}

/**
 * The items without the first `skip` ones, which are skipped in O(log n). Equal states give equal
 * items, whatever way led to them.
 */
export function* itemsOf(state: State, skip = 0): Generator<Item> {
  const { time, values, sessions } = state
  if (skip === 0) yield { type: 'time', time }
  const left = Math.max(0, skip - 1)
  for (const [key, value] of pairsOf(values, left)) yield { type: 'key', key, value }
  for (const [session, uses] of pairsOf(sessions.uses, Math.max(0, left - values.size))) {
    yield { type: 'session', session, uses }
  }
}

/** Puts a state together from its items, each at a cost of its own. */
export class StateBuilder {
  #time: Milliseconds = 0
  readonly #values: TreeMap<string, string> = new TreeMap()
  readonly #uses: TreeMap<LogIndex, Uses> = new TreeMap()
  readonly #byUse: TreeMap<number, LogIndex> = new TreeMap()

  add(item: Item): void {
    switch (item.type) {
      case 'time':
        this.#time = item.time
        return
      case 'key':
        return this.#values.set(item.key, item.value)
      case 'session':
        this.#uses.set(item.session, item.uses)
        return this.#byUse.set(item.uses.used, item.session)
      default:
        return unreachable(item)
    }
  }

  /** The state of all items that were added. */
  build(): State {
    const sessions = { uses: this.#uses.save(), byUse: this.#byUse.save() }
    return { time: this.#time, values: this.#values.save(), sessions }
  }
}

/** About how many bytes an item takes on the wire. */
export function itemBytes(item: Item): number {
  if (item.type === 'time') return 16
  if (item.type === 'key') return 24 + item.key.length + item.value.length
  return 64 + 32 * item.uses.results.length
}
