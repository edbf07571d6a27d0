import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  judgeLinearizable,
  type Outcome,
  register,
  type RegisterOp as Op,
  type RegisterValue as Value,
} from '../../src/index.ts'

const model = register(0)
const states = [0, 1, 2]
const unknown: Outcome<Value> = { known: false }
const content = fc.nat(2)
const anyOp: fc.Arbitrary<Op> = fc.oneof(
  fc.constant<Op>({ type: 'read' }),
  content.map((value): Op => ({ type: 'write', value })),
  fc.tuple(content, content).map(([from, to]): Op => ({ type: 'cas', from, to })),
)
const answers: readonly Value[] = [
  ...[0, 1, 2].map((value): Value => ({ type: 'value', value })),
  { type: 'done' },
  { type: 'swapped', swapped: true },
  { type: 'swapped', swapped: false },
]
const anyOutcome: fc.Arbitrary<Outcome<Value>> = fc.oneof(
  fc.constant<Outcome<Value>>({ known: false }),
  fc.constantFrom(...answers).map((value): Outcome<Value> => ({ known: true, value })),
)

describe('a register', () => {
  test('gives every operation exactly one answer in every state', () => {
    fc.assert(
      fc.property(content, anyOp, (state, op) => {
        const steps = answers.map((value) => model.step(state, op, { known: true, value }))
        const legal = steps.filter((after) => after !== undefined)
        expect(legal).toEqual([model.step(state, op, { known: false })])
      }),
    )
  })

  test('names effects that are what they say', () => {
    const writes = (op: Op): unknown[] => states.map((state) => model.step(state, op, unknown))
    fc.assert(
      fc.property(anyOp, anyOutcome, anyOp, anyOutcome, (a, aOutcome, b, bOutcome) => {
        const name = model.effect?.(a, aOutcome)
        const leaves = states.every((state) =>
          [state, undefined].some((left) => left === model.step(state, a, aOutcome)),
        )
        expect(name !== undefined || leaves).toBe(true)
        const isAlike = name !== undefined && name === model.effect?.(b, bOutcome)
        expect(isAlike ? writes(b) : []).toEqual(isAlike ? writes(a) : [])
      }),
    )
  })

  test('says rightly what its operations overwrite, and which look at nothing', () => {
    fc.assert(
      fc.property(content, anyOp, anyOutcome, (state, op, outcome) => {
        const result = model.overwrites?.result(op)
        expect([undefined, state, result]).toContain(model.step(state, op, outcome))
        const isBlind = model.overwrites?.isBlind(op, unknown) ?? false
        expect(isBlind && model.step(state, op, unknown) !== result).toBe(false)
      }),
    )
  })

  test('says in words what cannot be', () => {
    const { text } = judgeLinearizable(model, [
      { type: 'invoke', at: 0, client: 'a', id: 0, op: { type: 'write', value: 1 } },
      { type: 'ok', at: 1, client: 'a', id: 0, value: { type: 'done' } },
      { type: 'invoke', at: 2, client: 'b', id: 1, op: { type: 'cas', from: 1, to: 2 } },
      { type: 'ok', at: 3, client: 'b', id: 1, value: { type: 'swapped', swapped: false } },
    ])
    expect(text).toBe('Not linearizable: cas 1 to 2 by b did not swap after write 1 by a')
  })
})
