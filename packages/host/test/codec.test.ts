import fc from 'fast-check'
import * as unpacking from 'msgpackr/unpack'
import { describe, expect, it, test } from 'vitest'
import { Codec, codecOf, plain } from '../src/codec.ts'

/** A field called __proto__ comes back under another name: no message and no entry has one. */
const anything = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'grapheme' })
  .filter((value) => !JSON.stringify(value).includes('__proto__'))

const shapes = [['a', 'b'], ['a'], ['b', 'c', 'a']]

/** Objects of those shapes, of shapes that begin as they do, and with their keys in another order. */
function like(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.subarray(['c', 'a', 'b', 'd']), fc.boolean(), fc.array(value, { maxLength: 4 }))
    .map(([keys, isTurned, values]) =>
      Object.fromEntries(
        (isTurned ? keys.toReversed() : keys).map((key, i) => [key, values[i] ?? i]),
      ),
    )
}

const small = like(anything)
const nested = like(fc.oneof(anything, small, fc.array(small, { maxLength: 6 })))

describe('the encoding of the wire and the log', () => {
  it('gives back what it was given', () => {
    const property = fc.property(anything, (value) => {
      expect(plain.decode(plain.encode(value))).toEqual(normal(value))
    })
    fc.assert(property)
  })

  it('gives it back by shapes too, whatever was encoded and decoded before', () => {
    const codec = new Codec(shapes)
    const property = fc.property(fc.array(nested, { maxLength: 6 }), (values) => {
      const bytes = values.map((value) => codec.encode(value))
      for (const [i, value] of values.entries()) {
        expect(codec.decode(bytes[i] as Uint8Array)).toEqual(normal(value))
        // Whoever refuses a link does so in plain, and damage may end a document anywhere.
        expect(codec.decode(plain.encode(value))).toEqual(normal(value))
        expect(() => codec.decode(plain.encode([value, 'cut']).subarray(0, -1))).toThrow(/end/)
      }
    })
    fc.assert(property)
  })

  it('leaves room for a header, and is the same behind it', () => {
    const property = fc.property(anything, fc.integer({ min: 0, max: 255 }), (value, room) => {
      const bytes = plain.encodeBehind(room, value)
      expect(Buffer.from(bytes.subarray(room)).equals(plain.encode(value))).toBe(true)
    })
    fc.assert(property)
  })

  it('names no shape that is known, and any other one', () => {
    const codec = new Codec([['length', 'width']])
    const names = (value: unknown) => Buffer.from(codec.encode(value)).includes('width')
    expect(names({ length: 1, width: { length: 2, width: 3 } })).toBe(false)
    expect(names({ width: 1, length: 2 })).toBe(true)
    expect(names({ length: 1, width: 2, height: 3 })).toBe(true)
  })

  it('reads texts that stand alone, instead of slices of the document', () => {
    expect(unpacking).toMatchObject({ isNativeAccelerationEnabled: false })
  })
})

test('equal shapes have one codec, and none have the plain one', () => {
  expect(codecOf(shapes)).toBe(codecOf(structuredClone(shapes)))
  expect(codecOf([])).toBe(plain)
  expect(codecOf(undefined)).toBe(plain)
})

test('what are no shapes is refused', () => {
  const wrong: readonly unknown[] = [
    'ab',
    ['ab'],
    [[]],
    [[1]],
    [['']],
    [['a b']],
    [['1a']],
    [['__proto__']],
    [['a'.repeat(65)]],
    [['a', 'b', 'a']],
    [Array.from({ length: 33 }, (_, i) => `k${i}`)],
    Array.from({ length: 33 }, (_, i) => [`k${i}`]),
    Array.from({ length: 32 }, (_, i) => ['a'.repeat(64), `${'b'.repeat(60)}${i}`]),
  ]
  for (const shape of wrong)
    expect(() => codecOf(shape as never)).toThrow(expect.objectContaining({ code: 'bad-shapes' }))
})

/** What JSON makes of a value: there is no negative zero in it. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
