import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inTurn, rendezvous } from '../../src/behavioral/balancing.ts'
import { caught } from '../caught.ts'

const named = (id: string): { readonly id: string } => ({ id })
const ids = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1 }), {
  minLength: 2,
  maxLength: 6,
})

type ByKey = (key: string) => (all: readonly { readonly id: string }[]) => { readonly id: string }

/** The order of the list does not count, and when one leaves only its own keys move. */
const movesLittle = (byKey: ByKey) =>
  fc.property(ids, fc.array(fc.string(), { minLength: 1 }), fc.nat(), (list, keys, nth) => {
    const all = list.map(named)
    const leaving = all[nth % all.length]
    const rest = all.filter((one) => one !== leaving)
    for (const key of keys) {
      const home = byKey(key)(all)
      expect(byKey(key)(all.toReversed())).toBe(home)
      if (home !== leaving) expect(byKey(key)(rest)).toBe(home)
    }
  })

test('a key stays where it is while others come and go', () => {
  fc.assert(movesLittle(rendezvous))
})

test('a key that is found by the remainder of its length is caught', () => {
  const remainder: ByKey = (key) => (all) => inTurn(all, key.length)
  expect(caught(movesLittle(remainder))).toBe(true)
})

test('keys spread over all, however alike names and keys are', () => {
  const nodes = ['n1', 'n2', 'n3', 'n4'].map(named)
  const counts = new Map<string, number>()
  for (let number = 0; number < 4000; number += 1) {
    const { id } = rendezvous(`key-${number}`)(nodes)
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  expect([...counts.values()].every((count) => count > 850 && count < 1150)).toBe(true)
  expect(counts.size).toBe(4)
})

test('in turn, each comes as often as any other', () => {
  fc.assert(
    fc.property(ids, fc.integer({ min: 1, max: 5 }), (list, rounds) => {
      const picks = list.flatMap(() => Array.from({ length: rounds }))
      const picked = picks.map((_, turn) => inTurn(list.map(named), turn).id)
      for (const id of list) expect(picked.filter((each) => each === id)).toHaveLength(rounds)
    }),
  )
})

test('of none there is none to choose', () => {
  expect(() => inTurn([], 0)).toThrow(RangeError)
  expect(() => rendezvous('a')([])).toThrow(RangeError)
})
