import { expect, test } from 'vitest'
import { checksum } from '../../src/wal/checksum.ts'
import { decodeSegmentHeader, encodeSegmentHeader } from '../../src/wal/segment.ts'

test('a segment of another format is refused by its version, and not read', () => {
  const header = { number: 2, mark: 7, incarnation: 1, first: 5, previousBytes: 99, isReused: true }
  const bytes = Buffer.from(encodeSegmentHeader(header))
  expect(decodeSegmentHeader(bytes)).toEqual(header)
  bytes.writeUInt32LE(2, 8)
  expect(decodeSegmentHeader(bytes)).toBe('the checksum of the header does not match')
  bytes.writeUInt32LE(checksum(bytes.subarray(0, 32)), 32)
  expect(decodeSegmentHeader(bytes)).toBe('format version 2, where 4 was expected')
  bytes.writeUInt32LE(5, 8)
  bytes.writeUInt32LE(checksum(bytes.subarray(0, 44)), 44)
  expect(decodeSegmentHeader(bytes)).toBe('format version 5, where 4 was expected')
})
