/**
 * The text of a ULID: 26 digits of base 32 by Crockford, for 128 bits of which the first 48 are a time. Texts are
 * ordered as the numbers are. It is another writing of what a UUID of version 7 is too: the bytes can be exchanged.
 */
import { IdError } from '../id-error.ts'

/** Without I, L, O and U, which are taken for others or make words. */
const digits32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** What a ULID says. */
export interface UlidFields {
  /** When it was made, in milliseconds of Unix time. */
  readonly timeMs: number
}

/** Ten bits as two digits, for every number of ten bits. */
export const digitPairs: readonly string[] = Array.from(
  { length: 1024 },
  (_, bits) => digits32.charAt(bits >>> 5) + digits32.charAt(bits & 31),
)

/** The first digit has three bits only: 26 digits are 130 bits, and there are 128. */
const form = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i

/** Whether a text is a ULID, in capitals or not. */
export function isUlid(text: string): boolean {
  return form.test(text)
}

/**
 * The text of sixteen bytes, in capitals: of a ULID's or of a UUID's.
 *
 * @throws {IdError} `not-an-id` where there are not sixteen.
 */
export function ulidText(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw notAUlid(`[${bytes.length} bytes]`)
  const number = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return Array.from({ length: 13 }, (_, pair) => {
    const bits = (number >> BigInt(120 - pair * 10)) & 1023n
    return digitPairs[Number(bits)]
  }).join('')
}

/**
 * The sixteen bytes of a ULID.
 *
 * @throws {IdError} `not-an-id` where it is none.
 */
export function ulidBytes(text: string): Uint8Array {
  const number = numberOf(text)
  return Uint8Array.from({ length: 16 }, (_, at) => Number((number >> BigInt(120 - at * 8)) & 255n))
}

/**
 * What a ULID says.
 *
 * @throws {IdError} `not-an-id` where it is none.
 */
export function ulidFields(text: string): UlidFields {
  return { timeMs: Number(numberOf(text) >> 80n) }
}

function numberOf(text: string): bigint {
  if (!isUlid(text)) throw notAUlid(text)
  let number = 0n
  for (const digit of text.toUpperCase()) number = number * 32n + BigInt(digits32.indexOf(digit))
  return number
}

function notAUlid(shown: string): IdError {
  const text = shown.length > 40 ? `${shown.slice(0, 40)}…` : shown
  const expected = '26 digits of base 32 without I, L, O and U, the first one 0 to 7'
  return new IdError('not-an-id', `'${text}' is no ULID: expected ${expected}`)
}
