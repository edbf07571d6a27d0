import type { Model } from './model.ts'
import type { Operation } from './operation.ts'

/**
 * The operations of unknown outcome that may help to explain the others; the rest can be left out.
 *
 * One is relevant when the state that it writes allows the outcome of an operation that looks at
 * the state and did not return before it was called, or when it may be what a relevant conditional
 * one waits for. Take an order that the model allows, and the last irrelevant operation in it:
 * nothing looks at what it wrote before that is overwritten, so the order without it does as well.
 */
export function relevantOf<Op, Value, State>(
  model: Model<Op, Value, State>,
  known: readonly Operation<Op, Value>[],
  unknown: readonly Operation<Op, Value>[],
): readonly Operation<Op, Value>[] {
  const { overwrites } = model
  if (overwrites === undefined || unknown.length === 0) return unknown
  const isConditional = ({ op, outcome }: Operation<Op, Value>): boolean =>
    !overwrites.isBlind(op, outcome)
  const observers = known.filter(isConditional)
  const relevant = new Set<Operation<Op, Value>>()
  let added = unknown.filter(({ op, calledAt }) => {
    const state = overwrites.result(op)
    return (
      state !== undefined && observers.some((o) => o.returnedAt >= calledAt && allows(state, o))
    )
  })
  while (added.length > 0) {
    for (const operation of added) relevant.add(operation)
    const waiting = added.filter(isConditional)
    added = unknown.filter((operation) => {
      const state = overwrites.result(operation.op)
      if (state === undefined || relevant.has(operation)) return false
      return waiting.some((conditional) => changes(state, conditional))
    })
  }
  return unknown.filter((operation) => relevant.has(operation))

  function allows(state: State, { op, outcome }: Operation<Op, Value>): boolean {
    return model.step(state, op, outcome) !== undefined
  }

  function changes(state: State, { op, outcome }: Operation<Op, Value>): boolean {
    const after = model.step(state, op, outcome)
    return after !== undefined && !model.equal(state, after)
  }
}
