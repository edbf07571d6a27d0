declare const unit: unique symbol

/** A term, Raft's logical clock (§5.1): it has at most one leader. 0 before the first election. */
export type Term = number & { readonly [unit]: 'term' }

/** A place in the replicated log. The first entry stands at 1; 0 means 'none'. */
export type LogIndex = number & { readonly [unit]: 'index' }

/** The term before the first election, and of the place before the first entry. */
export const noTerm: Term = asTerm(0)

/** The place before the first entry. */
export const noIndex: LogIndex = asIndex(0)

/** Names a whole number a term. */
export function asTerm(value: number): Term {
  return value as Term
}

/** Names a whole number a log index. */
export function asIndex(value: number): LogIndex {
  return value as LogIndex
}
