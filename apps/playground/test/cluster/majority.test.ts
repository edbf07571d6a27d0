import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { missingWithout } from '../../src/cluster/majority.ts'

const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7']

/** Whether a removal is refused exactly where no set of running voters would be a majority of those who stay. */
function isRight(missing: typeof missingWithout): boolean {
  const subsets = fc.tuple(fc.subarray(names, { minLength: 1 }), fc.subarray(names))
  const property = fc.property(subsets, fc.constantFrom(...names), ([voters, up], without) => {
    const runs = (id: string): boolean => up.includes(id)
    const said = missing(voters, without, runs)
    const stay = voters.filter((id) => id !== without)
    const hasMajority = stay.filter(runs).length >= Math.floor(stay.length / 2) + 1
    const mayGo = !voters.includes(without) || stay.length === 0 || hasMajority
    expect(said).toEqual(mayGo ? [] : stay.filter((id) => !runs(id)))
  })
  return !fc.check(property, { numRuns: 1_000 }).failed
}

describe('who would have to run once a voter is gone', () => {
  test('is nobody where a majority of the others runs, and else all that do not', () => {
    expect(isRight(missingWithout)).toBe(true)
  })

  test('counting half of them as a majority is noticed', () => {
    const half: typeof missingWithout = (voters, without, runs) => {
      const left = voters.filter((id) => id !== without)
      const silent = left.filter((id) => !runs(id))
      const isVoter = left.length < voters.length
      return isVoter && 2 * silent.length > left.length ? silent : []
    }
    expect(isRight(half)).toBe(false)
  })

  test('counting the node that goes among those who run is noticed', () => {
    const all: typeof missingWithout = (voters, without, runs) =>
      missingWithout([...voters, 'x'], 'x', (id) => runs(id) || id === without)
    expect(isRight(all)).toBe(false)
  })
})
