import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  Ballot,
  type Groups,
  hasQuorum,
  majority,
  majorityIndex,
  quorumIndex,
} from '../src/quorum.ts'
import { asIndex, type LogIndex, noIndex } from '../src/term.ts'
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

/** One or two groups of voters, which may share some, and what each voter reached. */
const groups: fc.Arbitrary<Groups> = fc.array(fc.subarray(voters(7), { minLength: 1 }), {
  minLength: 1,
  maxLength: 2,
})
const reached = fc.array(fc.nat(9).map(asIndex), { minLength: 7, maxLength: 7 })

function voters(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `n${i}`)
}

function place(voter: string): number {
  return Number(voter.slice(1))
}

/** The highest index that more than half of every group has reached, by trying every one. */
function jointBruteForce(all: Groups, by: readonly LogIndex[]): number {
  for (let index = 9; ; index--) {
    const holds = all.every(
      (group) =>
        2 * group.filter((voter) => (by[place(voter)] as number) >= index).length > group.length,
    )
    if (holds) return index
  }
}

type QuorumIndex = (groups: Groups, by: (voter: string) => LogIndex) => LogIndex

function agrees(index: QuorumIndex): fc.IProperty<[Groups, LogIndex[]]> {
  return fc.property(groups, reached, (all, by) => {
    expect(index(all, (voter) => by[place(voter)] as LogIndex)).toBe(jointBruteForce(all, by))
  })
}

type Count = (groups: Groups, has: (voter: string) => boolean) => boolean

/** Whether a set of voters is a quorum, against counting every group. */
function counts(count: Count): fc.IProperty<[Groups, string[]]> {
  return fc.property(groups, fc.subarray(voters(7)), (all, said) => {
    const wins = all.every(
      (group) => 2 * group.filter((voter) => said.includes(voter)).length > group.length,
    )
    expect(count(all, (voter) => said.includes(voter))).toBe(wins)
  })
}

describe('a quorum of one or two groups', () => {
  it('holds the index that trying every index finds', () => {
    fc.assert(agrees((all, by) => quorumIndex(all, by, noIndex)))
  })

  it.each<[string, QuorumIndex]>([
    ['only the new voters count', (all, by) => quorumIndex(all.slice(0, 1), by, noIndex)],
    [
      'all voters are put together',
      (all, by) => quorumIndex([[...new Set(all.flat())]], by, noIndex),
    ],
    [
      'the better majority counts',
      (all, by) => asIndex(Math.max(...all.map((group) => quorumIndex([group], by, noIndex)))),
    ],
  ])('does not when %s', (_, index) => {
    expect(fc.check(agrees(index), mutant).failed).toBe(true)
  })

  it('is one when more than half of every group agrees', () => {
    fc.assert(counts(hasQuorum))
  })

  it.each<[string, Count]>([
    ['one group', (all, has) => all.some((group) => hasQuorum([group], has))],
    ['half', (all, has) => all.every((group) => 2 * group.filter(has).length >= group.length)],
  ])('is not one when %s is taken for all', (_, count) => {
    expect(fc.check(counts(count), mutant).failed).toBe(true)
  })

  it('does not exist where nobody votes', () => {
    expect(hasQuorum([], () => true)).toBe(false)
    expect(quorumIndex([], () => asIndex(9), noIndex)).toBe(noIndex)
  })
})

describe('a ballot', () => {
  it('is won, lost or open as counting every group says, and counts nobody from outside', () => {
    const votes = fc.array(fc.tuple(fc.nat(8), fc.boolean()), { maxLength: 14 })
    fc.assert(
      fc.property(groups, votes, (all, cast) => {
        const ballot = new Ballot(all)
        const said = new Map<string, boolean>()
        for (const [voter, granted] of cast) {
          const id = `n${voter}`
          if (said.has(id)) continue
          said.set(id, granted)
          ;(granted ? ballot.granted : ballot.refused).add(id)
        }
        const halves = all.map((group) => ({
          yes: group.filter((id) => said.get(id) === true).length,
          no: group.filter((id) => said.get(id) === false).length,
          size: group.length,
        }))
        expect(ballot.isWon).toBe(halves.every(({ yes, size }) => yes * 2 > size))
        expect(ballot.isLost).toBe(halves.some(({ no, size }) => (size - no) * 2 <= size))
        expect(ballot.needed).toBe(Math.max(...all.map((group) => majority(group.length))))
      }),
    )
  })

  it('is lost, and not won, where nobody votes', () => {
    const ballot = new Ballot([])
    ballot.granted.add('n1')
    expect([ballot.isWon, ballot.isLost, ballot.needed]).toEqual([false, true, 0])
  })
})
