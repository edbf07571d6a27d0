import { test as propertyTest } from '@fast-check/vitest'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plain } from '../src/codec.ts'
import { encodeInSlices } from '../src/slices.ts'

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.string(),
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
    fc.record(
      { key: fc.string(), version: fc.nat(), left: tie('value') },
      { noNullPrototype: true },
    ),
  ),
}))

/** A tree as the key-value store keeps it: leaves of keys and values under branches. */
function tree(keys: number, valueBytes: number): unknown {
  const width = 32
  let level: { keys: unknown[]; size: number }[] = []
  for (let from = 0; from < keys; from += width) {
    const names = Array.from({ length: Math.min(width, keys - from) }, (_, i) => `key-${from + i}`)
    const values = names.map((key) => ({ key, value: 'v'.repeat(valueBytes), version: 1 }))
    level.push({ keys: names, values, size: names.length } as (typeof level)[number])
  }
  while (level.length > 1) {
    const above: typeof level = []
    for (let from = 0; from < level.length; from += width) {
      const children = level.slice(from, from + width)
      const size = children.reduce((sum, child) => sum + child.size, 0)
      above.push({ keys: children.map((child) => child.keys[0]), children, size } as never)
    }
    level = above
  }
  return level[0]
}

describe('data that is encoded in slices', () => {
  propertyTest.prop([value, fc.integer({ min: 1, max: 200 })], { numRuns: 500 })(
    'is read back as if it had been encoded at once',
    (of, bytesMax) => {
      expect(plain.decode(Buffer.concat([...encodeInSlices(of, bytesMax)]))).toEqual(
        plain.decode(plain.encode(of)),
      )
    },
  )

  test('a tree of 100,000 keys never costs more at a time than a slice', () => {
    const bytesMax = 64 * 1024
    const slices = [...encodeInSlices(tree(100_000, 256), bytesMax)]
    const bytes = slices.reduce((sum, slice) => sum + slice.length, 0)
    expect(bytes).toBeGreaterThan(25_000_000)
    expect(Math.max(...slices.map(({ length }) => length))).toBeLessThanOrEqual(bytesMax)
    expect(slices.length).toBeLessThan(20_000)
  })
})
