import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { bytesField, fieldsOf, grpcFrame } from '../../src/bench/grpc.ts'

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 5 })

describe('protobuf', () => {
  test.prop([numbers, fc.string({ maxLength: 300 })])(
    'texts are read as they were written',
    (fields, text) => {
      const message = Buffer.concat(fields.map((field) => bytesField(field, `${text}${field}`)))
      const read = fieldsOf(message)
      for (const field of fields) {
        expect(Buffer.from(read.get(field) as Uint8Array).toString()).toBe(`${text}${field}`)
      }
      expect(read.size).toBe(fields.length)
    },
  )

  test('numbers are read at their full width', () => {
    // Field 4 with 2^64 - 1, the largest that a varint of this kind holds.
    const message = Uint8Array.from([
      0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
    ])
    expect(fieldsOf(message).get(4)).toBe(2n ** 64n - 1n)
  })

  test('a message that ends too early, or of another kind, is refused', () => {
    expect(() => fieldsOf(Uint8Array.from([0x20, 0xff]))).toThrow('ends within a number')
    expect(() => fieldsOf(Uint8Array.from([0x0d, 0, 0, 0, 0]))).toThrow('kind that is not read')
  })

  test('a frame says how long its message is', () => {
    expect([...grpcFrame(Uint8Array.from([7, 8]))]).toEqual([0, 0, 0, 0, 2, 7, 8])
  })
})
