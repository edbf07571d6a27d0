import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rulesWith } from '../../src/flaws.ts'
import { Machine } from '../../src/kv/machine.ts'
import type { KvOp, KvValue } from '../../src/kv/operation.ts'
import { paper, type Rules } from '../../src/rules.ts'
import { asIndex } from '../../src/term.ts'
import { mutant } from '../mutant.ts'

const key = fc.constantFrom('x', 'y')
const value = fc.constantFrom('1', '2', '3')
const operation: fc.Arbitrary<KvOp> = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('put' as const), key, value }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({
    type: fc.constant('cas' as const),
    key,
    from: fc.option(value, { nil: null }),
    to: value,
  }),
)

/** One operation, by which client, and how often it reaches the log. */
const asked = fc.record({
  client: fc.nat(2),
  op: operation,
  copies: fc.integer({ min: 1, max: 3 }),
})

/** The store as an object that does everything once. */
function naive(values: Record<string, string | undefined>, op: KvOp): KvValue {
  const held = values[op.key]
  if (op.type === 'get') return { type: 'value', value: held ?? null }
  if (op.type === 'put') values[op.key] = op.value
  if (op.type === 'put') return { type: 'done' }
  if (op.type === 'delete') values[op.key] = undefined
  if (op.type === 'delete') return { type: 'deleted', existed: held !== undefined }
  const swapped = (held ?? null) === op.from
  if (swapped) values[op.key] = op.to
  return { type: 'swapped', swapped }
}

/** Every copy of an operation is answered as if it had been carried out once. */
function appliesOnce(rules: Rules) {
  return fc.property(fc.array(asked), (all) => {
    const machine = new Machine(rules, 10)
    for (const client of [1, 2, 3]) machine.apply(asIndex(client), { type: 'open' })
    const values: Record<string, string | undefined> = {}
    const seqs = [0, 0, 0]
    for (const { client, op, copies } of all) {
      const seq = (seqs[client] = (seqs[client] ?? 0) + 1)
      const session = { client: asIndex(client + 1), seq }
      const once = naive(values, op)
      for (let copy = 0; copy < copies; copy++) {
        const result = machine.apply(asIndex(9), { type: 'operate', session, op })
        expect(result).toEqual({ type: 'applied', value: once })
      }
    }
  })
}

describe('the state machine', () => {
  it('applies an operation once, however often it reaches the log', () => {
    fc.assert(appliesOnce(paper))
  })

  it('does not with the flaw apply-twice', () => {
    expect(fc.check(appliesOnce(rulesWith(['apply-twice'])), mutant).failed).toBe(true)
  })

  it('refuses what an earlier part of a session asks again', () => {
    const machine = new Machine(paper, 10)
    machine.apply(asIndex(1), { type: 'open' })
    const put = (seq: number) => {
      const session = { client: asIndex(1), seq }
      const op: KvOp = { type: 'put', key: 'x', value: String(seq) }
      return machine.apply(asIndex(9), { type: 'operate', session, op })
    }
    put(2)
    expect(put(1)).toEqual({ type: 'superseded' })
    expect(machine.store.first(9)).toEqual({ x: '2' })
  })

  it('lets the session go that was silent longest, and knows it no more', () => {
    const machine = new Machine(paper, 2)
    const get = (client: number, seq: number) => {
      const op: KvOp = { type: 'get', key: 'x' }
      const session = { client: asIndex(client), seq }
      return machine.apply(asIndex(9), { type: 'operate', session, op })?.type
    }
    machine.apply(asIndex(1), { type: 'open' })
    machine.apply(asIndex(2), { type: 'open' })
    expect(get(1, 1)).toBe('applied')
    machine.apply(asIndex(3), { type: 'open' })
    expect(machine.sessions.size).toBe(2)
    expect([get(1, 2), get(2, 1), get(3, 1)]).toEqual(['applied', 'session-expired', 'applied'])
  })
})
