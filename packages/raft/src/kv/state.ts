import type { LogIndex } from '../term.ts'
import { type Newest, noSessions, type SessionTable, withSession } from './sessions.ts'
import { emptyTree, pairsOf, type Tree, withKey } from './tree.ts'

/** The state machine's state as plain data that never changes. */
export interface State {
  readonly values: Tree<string, string>
  readonly sessions: SessionTable
}

/** The smallest part of a state, as it travels. */
export type Item =
  | { readonly type: 'key'; readonly key: string; readonly value: string }
  | { readonly type: 'session'; readonly session: LogIndex; readonly newest: Newest }

/** The state before the first operation. */
export const emptyState: State = { values: emptyTree, sessions: noSessions }

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

/** The state with one item more. */
export function withItem(state: State, item: Item): State {
  if (item.type === 'key') return { ...state, values: withKey(state.values, item.key, item.value) }
  return { ...state, sessions: withSession(state.sessions, item.session, item.newest) }
}

/** About how many bytes an item takes on the wire. */
export function itemBytes(item: Item): number {
  return item.type === 'key' ? 24 + item.key.length + item.value.length : 64
}
