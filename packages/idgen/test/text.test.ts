import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdError } from '../src/id-error.ts'
import { isUlid, ulidBytes, ulidFields, ulidText } from '../src/ulid/text.ts'
import { isUuid, maxUuid, nilUuid, uuidBytes, uuidFields, uuidText } from '../src/uuid/text.ts'

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('the text of a UUID', () => {
  test('and its bytes are each other’s, in capitals too', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), (text, isCapital) => {
        expect(isUuid(text)).toBe(true)
        expect(uuidText(uuidBytes(isCapital ? text.toUpperCase() : text))).toBe(text)
        expect(uuidFields(text).version).toBe(Number.parseInt(text.charAt(14), 16))
      }),
    )
    expect([isUuid(nilUuid), isUuid(maxUuid), isUuid(maxUuid.toUpperCase())]).toEqual([
      true,
      true,
      true,
    ])
    expect(uuidBytes(maxUuid)).toEqual(new Uint8Array(16).fill(255))
    expect([uuidFields(nilUuid), uuidFields(maxUuid)]).toEqual([{ version: 0 }, { version: 15 }])
  })

  test('the examples of RFC 9562 are read as it says', () => {
    expect(uuidFields('017F22E2-79B0-7CC3-98C4-DC0C0C07398F')).toEqual({
      version: 7,
      timeMs: Date.UTC(2022, 1, 22, 19, 22, 22),
      counter: 0xcc3 * 2 ** 14 + 0x18c4,
    })
    expect(uuidFields('919108f7-52d1-4320-9bac-f847db4148a8')).toEqual({ version: 4 })
  })

  test.for([
    '',
    'nonsense',
    '017f22e2-79b0-9cc3-98c4-dc0c0c07398f',
    '017f22e2-79b0-7cc3-c8c4-dc0c0c07398f',
    '017f22e279b07cc398c4dc0c0c07398f',
    ' 017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398g',
    'x'.repeat(1000),
  ])('%s is none', (text) => {
    expect(isUuid(text)).toBe(false)
    for (const read of [uuidBytes, uuidFields]) {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'not-an-id' }))
    }
  })
})

describe('the text of a ULID', () => {
  test('and its bytes are each other’s, and ordered alike', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(ulidBytes(ulidText(a))).toEqual(a)
        expect(ulidBytes(ulidText(a).toLowerCase())).toEqual(a)
        expect(ulidText(a) < ulidText(b)).toBe(Buffer.compare(a, b) < 0)
      }),
    )
  })

  test('writes a UUID of version 7 with the same time', () => {
    const uuid = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f'
    const ulid = ulidText(uuidBytes(uuid))
    // By Python's arithmetic on the same 128 bits.
    expect(ulid).toBe('01FWHE4YDGFK1SHH6W1G60EECF')
    expect(ulidFields(ulid)).toEqual({ timeMs: uuidFields(uuid).timeMs })
    expect(uuidText(ulidBytes(ulid))).toBe(uuid)
  })

  test.for([
    '',
    '8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    '01FWHE4YDGFK1SHH6W1G60EEC',
    '01FWHE4YDGFK1SHH6W1G60EECU',
    'ſ',
  ])('%s is none', (text) => {
    expect(isUlid(text)).toBe(false)
    for (const read of [ulidBytes, ulidFields]) {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'not-an-id' }))
    }
  })

  test('other than sixteen bytes have no text', () => {
    for (const write of [ulidText, uuidText]) {
      expect(() => write(new Uint8Array(15))).toThrow(IdError)
    }
  })
})
