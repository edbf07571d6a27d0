import type { Evidence } from './evidence.ts'
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'

/** Most operations that a sentence names on each side. */
const namedMax = 6

/**
 * The clause of a violation: the operation of the core that returned last, which could still be
 * explained when it was called, and what it comes after and goes along with.
 */
export function evidenceText<Op, Value>(
  model: Pick<Model<Op, Value, never>, 'describe'>,
  { core, context }: Evidence<Op, Value>,
): string {
  const last = core.reduce((a, b) => (b.returnedAt >= a.returnedAt ? b : a))
  const others = [...core, ...context]
    .filter((operation) => operation !== last)
    .sort((a, b) => a.calledAt - b.calledAt)
  const before = others.filter((operation) => isBefore(operation, last))
  const beside = others.filter((operation) => !isBefore(operation, last))
  const name = (operation: Operation<Op, Value>): string =>
    model.describe(operation.op, operation.outcome, operation.client)
  if (others.length === 0) return `${name(last)}, which no other operation can explain`
  const after = before.length > 0 ? ` after ${listing(before.map(name))}` : ''
  const during = beside.length > 0 ? `, at the same time as ${listing(beside.map(name))}` : ''
  return `${name(last)}${after}${during}`
}

function isBefore(a: Operation<unknown, unknown>, b: Operation<unknown, unknown>): boolean {
  return a.returnedAt < b.calledAt || (a.returnedAt === b.calledAt && a.client === b.client)
}

function listing(clauses: readonly string[]): string {
  const named = clauses.slice(0, namedMax)
  const rest = clauses.length - named.length
  if (rest > 0) return `${named.join(', ')} and ${rest} more`
  const last = named.pop()
  return named.length > 0 ? `${named.join(', ')} and ${last}` : `${last}`
}
