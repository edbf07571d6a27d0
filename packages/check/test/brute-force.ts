import type { History } from '@lockstep/process'
import type { Model } from '../src/index.ts'

/**
 * Linearizability by its definition: every order of the operations that keeps their precedence is
 * tried, and those of unknown outcome may be in it or not. For a handful of operations.
 */
export function isLinearizableByBruteForce<Op, Value, State>(
  model: Model<Op, Value, State>,
  history: History<Op, Value>,
): boolean {
  const spans = spansOf(history)
  const search = (state: State, placed: ReadonlySet<Span<Op, Value>>): boolean => {
    const rest = spans.filter((span) => !placed.has(span))
    if (rest.every((span) => span.value === undefined)) return true
    return rest.some((span) => {
      if (rest.some((other) => precedes(other, span))) return false
      const after = model.step(
        state,
        span.op,
        span.value === undefined ? { known: false } : { known: true, value: span.value.of },
      )
      return after !== undefined && search(after, new Set([...placed, span]))
    })
  }
  return search(model.init, new Set())
}

interface Span<Op, Value> {
  readonly client: string
  readonly op: Op
  readonly value: { readonly of: Value } | undefined
  readonly place: number
  readonly from: number
  readonly to: number
}

function spansOf<Op, Value>(history: History<Op, Value>): Span<Op, Value>[] {
  return history.flatMap((invoke, place): Span<Op, Value>[] => {
    if (invoke.type !== 'invoke') return []
    const { client, op, at: from } = invoke
    const end = history.find((event) => event.type !== 'invoke' && event.id === invoke.id)
    if (end?.type === 'fail') return []
    return end?.type === 'ok'
      ? [{ client, op, value: { of: end.value }, place, from, to: end.at }]
      : [{ client, op, value: undefined, place, from, to: Number.POSITIVE_INFINITY }]
  })
}

function precedes<Op, Value>(a: Span<Op, Value>, b: Span<Op, Value>): boolean {
  if (a === b || a.value === undefined) return false
  return a.to < b.from || (a.to === b.from && a.client === b.client && a.place < b.place)
}
