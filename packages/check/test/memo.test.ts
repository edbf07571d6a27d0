import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LinearizedSet } from '../src/linearized-set.ts'
import { Memo } from '../src/memo.ts'

const known = 100
const unknown = 40

/** Sets as searches make them: all known operations up to a place, some behind it, some unknown. */
const configuration = fc.record({
  prefix: fc.nat(known - 10),
  behind: fc.uniqueArray(fc.nat(9), { maxLength: 5 }),
  unknown: fc.uniqueArray(fc.constantFrom<number[]>(0, 1, 31, 32, 39), { maxLength: 3 }),
  state: fc.nat(1),
})

function sorted(members: Iterable<number>): string {
  return [...members].toSorted((a, b) => a - b).join()
}

test('a configuration is new unless one was noted that covers it', () => {
  const sequences = fc.array(configuration, { maxLength: 150 })
  fc.assert(
    fc.property(sequences, (configurations) => {
      const memo = new Memo<number>({ equal: (a, b) => a === b, hash: () => 7 })
      const set = new LinearizedSet(known, unknown)
      const noted: { known: string; unknown: ReadonlySet<number>; state: number }[] = []
      for (const { prefix, behind, unknown: late, state } of configurations) {
        const members = new Set(Array.from({ length: prefix }, (_, i) => i))
        for (const place of behind) members.add(prefix + place)
        const all = [...members, ...late.map((number) => known + number)]
        for (const member of all) set.add(member)
        set.window(Array.from({ length: known }, (_, i) => i).findIndex((i) => !members.has(i)))
        const now = { known: sorted(members), unknown: new Set(late), state }
        const isCovered = noted.some(
          (other) =>
            other.state === state &&
            other.known === now.known &&
            [...other.unknown].every((number) => now.unknown.has(number)),
        )
        expect(memo.isNew(set, state)).toBe(!isCovered)
        if (!isCovered) noted.push(now)
        expect(memo.size).toBe(noted.length)
        for (const member of all) set.delete(member)
      }
    }),
  )
})

test('a set of linearized operations is empty again when all were taken out', () => {
  const set = new LinearizedSet(known, unknown)
  for (let operation = 0; operation < known + unknown; operation++) set.add(operation)
  expect([0, 31, 32, 99, 100, 139].every((operation) => set.has(operation))).toBe(true)
  for (let operation = 0; operation < known + unknown; operation++) set.delete(operation)
  expect(set.words.every((word) => word === 0)).toBe(true)
  expect(set.hash).toBe(0)
})
