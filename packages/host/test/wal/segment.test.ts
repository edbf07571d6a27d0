import { expect, test } from 'vitest'
import { checksum } from '../../src/wal/checksum.ts'
import { decodeSegmentHeader, encodeSegmentHeader } from '../../src/wal/segment.ts'

test('a segment of another format is refused by its version, and not read', () => {
  const header = { number: 1, mark: 7, incarnation: 1, first: 0 }
  const bytes = Buffer.from(encodeSegmentHeader(header))
  expect(decodeSegmentHeader(bytes)).toEqual(header)
  bytes.writeUInt32LE(1, 8)
  bytes.writeUInt32LE(checksum(bytes.subarray(0, 32)), 32)
  expect(decodeSegmentHeader(bytes)).toBe('format version 1, where 2 was expected')
})
