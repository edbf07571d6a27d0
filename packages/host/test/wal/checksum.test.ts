import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import { expect } from 'vitest'
import { checksum } from '../../src/wal/checksum.ts'

test('the check value of CRC-32C is what its catalogue says', () => {
  expect(checksum(new TextEncoder().encode('123456789'))).toBe(0xe306_9283)
})

test.prop([fc.uint8Array(), fc.nat()])('parts have the checksum of the whole', (bytes, at) => {
  const cut = bytes.length === 0 ? 0 : at % bytes.length
  expect(checksum(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(checksum(bytes))
})

test.prop([fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 })])(
  'one byte that changes changes the checksum',
  (bytes, at, by) => {
    const changed = Uint8Array.from(bytes)
    const place = at % bytes.length
    changed[place] = (changed[place] ?? 0) ^ by
    expect(checksum(changed)).not.toBe(checksum(bytes))
  },
)
