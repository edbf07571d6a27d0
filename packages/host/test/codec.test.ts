import fc from 'fast-check'
import * as unpacking from 'msgpackr/unpack'
import { describe, expect, it } from 'vitest'
import { decode, encode, encodeBehind } from '../src/codec.ts'

/** A field called __proto__ comes back under another name: no message and no entry has one. */
const plain = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))

describe('the encoding of the wire and the log', () => {
  it('gives back what it was given', () => {
    const property = fc.property(plain, (value) => {
      expect(decode(encode(value))).toEqual(normal(value))
    })
    fc.assert(property)
  })

  it('leaves room for a header, and is the same behind it', () => {
    const property = fc.property(plain, fc.integer({ min: 0, max: 255 }), (value, room) => {
      const bytes = encodeBehind(room, value)
      expect(Buffer.from(bytes.subarray(room)).equals(encode(value))).toBe(true)
    })
    fc.assert(property)
  })

  it('reads texts that stand alone, instead of slices of the document', () => {
    expect(unpacking).toMatchObject({ isNativeAccelerationEnabled: false })
  })
})

/** What JSON makes of a value: there is no negative zero in it. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
