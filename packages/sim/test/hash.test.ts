import { test } from '@fast-check/vitest'
import { Hash } from '@lockstep/sim'
import fc from 'fast-check'
import { expect } from 'vitest'

function digest(value: unknown): string {
  const hash = new Hash()
  hash.data(value)
  return hash.digest()
}

const plain = fc.jsonValue()

test.prop([plain])('the order of keys does not matter', (value) => {
  const reversed = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(reversed)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(
      Object.entries(part)
        .map(([key, inner]) => [key, reversed(inner)] as const)
        .toReversed(),
    )
  }
  expect(digest(reversed(value))).toBe(digest(value))
})

test.prop([fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 2 }), fc.array(fc.integer())])(
  'one number that differs gives another hash',
  ([one, other], rest) => {
    const of = (first: number | undefined): string => {
      const hash = new Hash()
      for (const value of [first ?? 0, ...rest]) hash.add(value)
      return hash.digest()
    }
    expect(of(one)).not.toBe(of(other))
    expect(of(one)).toMatch(/^[0-9a-f]{16}$/)
  },
)
