import { IdError } from '../id-error.ts'

/** A way to write ids down. */
export interface SnowflakeForm<Written> {
  /** Writes an id of 0 to 2^63 - 1. */
  write(id: bigint): Written
  /** @throws {IdError} `not-an-id` where no id is written like this. */
  read(written: Written): bigint
}

/** What each form writes. */
export interface SnowflakeForms {
  readonly bigint: bigint
  readonly decimal: string
  readonly base62: string
  readonly bytes: Uint8Array
}

const idMax = 2n ** 63n - 1n

const bigint: SnowflakeForm<bigint> = {
  write: (id) => id,
  read: (id) => within(id, String(id)),
}

/** Decimal digits without leading zeros, as JSON and databases have them. */
const decimal: SnowflakeForm<string> = {
  write: String,
  read(text) {
    if (!/^(?:0|[1-9]\d{0,18})$/.test(text)) throw notAnId(text, 'decimal digits, 19 at most')
    return within(BigInt(text), text)
  },
}

/** In the order of their codes, so that texts are ordered as numbers are. */
const digits62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 62^11 is the first power above 2^63. */
const width62 = 11

/** Digits of base 62, always as many of them, and ordered as the numbers are. */
const base62: SnowflakeForm<string> = {
  write: (id) => inBase62(id, width62),
  read(text) {
    if (!/^[0-9A-Za-z]{11}$/.test(text)) throw notAnId(text, '11 letters and digits')
    let id = 0n
    for (const digit of text) id = id * 62n + BigInt(digits62.indexOf(digit))
    return within(id, text)
  },
}

/** Eight bytes, the highest first, so that they are ordered as the numbers are. */
const bytes: SnowflakeForm<Uint8Array> = {
  write(id) {
    const written = new Uint8Array(8)
    new DataView(written.buffer).setBigUint64(0, id)
    return written
  },
  read(written) {
    if (written.length !== 8) throw notAnId(`[${written.length} bytes]`, '8 bytes')
    return within(
      new DataView(written.buffer, written.byteOffset, 8).getBigUint64(0),
      `[${written.join()}]`,
    )
  },
}

/** All forms, by name. `write` and `read` of one form are the inverse of each other. */
export const snowflakeForms: {
  readonly [Name in keyof SnowflakeForms]: SnowflakeForm<SnowflakeForms[Name]>
} = { bigint, decimal, base62, bytes }

/** A number as so many digits of base 62. */
export function inBase62(number: bigint, width: number): string {
  let text = ''
  for (let rest = number; text.length < width; rest /= 62n) {
    text = digits62.charAt(Number(rest % 62n)) + text
  }
  return text
}

function within(id: bigint, shown: string): bigint {
  if (id < 0n || id > idMax) throw notAnId(shown, 'a number of 63 bits')
  return id
}

function notAnId(shown: string, expected: string): IdError {
  const text = shown.length > 40 ? `${shown.slice(0, 40)}…` : shown
  return new IdError('not-an-id', `'${text}' is no id: expected ${expected}`)
}
