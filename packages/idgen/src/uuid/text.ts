import { IdError } from '../id-error.ts'
import { hex } from './hex.ts'

/** The UUID of which all bits are 0 (RFC 9562, section 5.9). */
export const nilUuid = '00000000-0000-0000-0000-000000000000'

/** The UUID of which all bits are 1 (RFC 9562, section 5.10). */
export const maxUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** What a UUID says. */
export interface UuidFields {
  /** 1 to 8, and 0 and 15 for the nil and the max UUID. */
  readonly version: number
  /** When it was made, in milliseconds of Unix time, if its version is 7. */
  readonly timeMs?: number
  /** Of version 7 the 26 bits behind the time: where this package made it, they count within the millisecond. */
  readonly counter?: number
}

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** Whether a text is a UUID of a known version, or the nil or the max one, in capitals or not. */
export function isUuid(text: string): boolean {
  if (form.test(text)) return true
  const lower = text.toLowerCase()
  return lower === nilUuid || lower === maxUuid
}

/**
 * The sixteen bytes of a UUID.
 *
 * @throws {IdError} `not-an-id` where it is none.
 */
export function uuidBytes(text: string): Uint8Array {
  if (!isUuid(text)) throw notAUuid(text)
  const digits = text.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  )
}

/**
 * The text of a UUID of sixteen bytes, in small letters. Any sixteen bytes have one, those of a ULID too.
 *
 * @throws {IdError} `not-an-id` where there are not sixteen.
 */
export function uuidText(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw notAUuid(`[${bytes.length} bytes]`)
  const digits = Array.from(bytes, (byte) => hex[byte]).join('')
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-')
}

/**
 * What a UUID says.
 *
 * @throws {IdError} `not-an-id` where it is none.
 */
export function uuidFields(text: string): UuidFields {
  if (!isUuid(text)) throw notAUuid(text)
  const version = Number.parseInt(text.charAt(14), 16)
  if (version !== 7) return { version }
  const high = Number.parseInt(text.slice(15, 18), 16)
  const low = Number.parseInt(text.slice(19, 23), 16) & 0x3fff
  return {
    version,
    timeMs: Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16),
    counter: high * 2 ** 14 + low,
  }
}

function notAUuid(shown: string): IdError {
  const text = shown.length > 40 ? `${shown.slice(0, 40)}…` : shown
  const expected = '8-4-4-4-12 hexadecimal digits, of version 1 to 8'
  return new IdError('not-an-id', `'${text}' is no UUID: expected ${expected}`)
}
