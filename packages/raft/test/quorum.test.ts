import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ballot, majority, majorityIndex } from '../src/quorum.ts'
import { asIndex, type LogIndex } from '../src/term.ts'
import { mutant } from './mutant.ts'

const matches = fc.array(fc.nat(9).map(asIndex), { minLength: 1, maxLength: 9 })

/** The highest index that is on more than half of the nodes, by trying every one. */
function bruteForce(all: readonly LogIndex[]): number {
  for (let index = 9; ; index--) {
    const holders = all.filter((match) => match >= index).length
    if (holders * 2 > all.length) return index
  }
}

function finds(index: (all: LogIndex[]) => LogIndex): fc.IProperty<[LogIndex[]]> {
  return fc.property(matches, (all) => {
    expect(index([...all])).toBe(bruteForce(all))
  })
}

describe('a majority', () => {
  it('shares a node with every other majority, and is no larger than it must be', () => {
    for (let size = 1; size <= 9; size++) {
      expect(2 * majority(size)).toBeGreaterThan(size)
      expect(2 * (majority(size) - 1)).toBeLessThanOrEqual(size)
    }
  })

  it('holds the index that trying every index finds', () => {
    fc.assert(finds(majorityIndex))
  })

  it('does not when half is taken for more than half', () => {
    const half = (all: LogIndex[]): LogIndex =>
      all.sort((a, b) => b - a)[Math.ceil(all.length / 2) - 1] as LogIndex
    expect(fc.check(finds(half), mutant).failed).toBe(true)
  })
})

describe('a ballot', () => {
  it('is won, lost or open as counting the voters says', () => {
    const votes = fc.array(fc.tuple(fc.nat(8), fc.boolean()), { maxLength: 12 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), votes, (size, cast) => {
        const ballot = new Ballot(size)
        const said = new Map<string, boolean>()
        for (const [voter, granted] of cast) {
          const id = `n${voter % size}`
          if (said.has(id)) continue
          said.set(id, granted)
          ;(granted ? ballot.granted : ballot.refused).add(id)
        }
        const yes = [...said.values()].filter(Boolean).length
        const no = said.size - yes
        expect(ballot.isWon).toBe(yes * 2 > size)
        expect(ballot.isLost).toBe((size - no) * 2 <= size)
      }),
    )
  })
})
