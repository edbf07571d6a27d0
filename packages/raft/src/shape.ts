/** What something of unknown origin is made of. */
export type Fields = Readonly<Record<string, unknown>>

/** The highest number that is believed: it leaves room to count on without losing exactness. */
const numberMax = 2 ** 52

/** Whether it has fields at all. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

/** A number that starts at 0. */
export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < numberMax
}

/** A number that starts at 1: a term that somebody speaks in, a session, a sequence number. */
export function isPositive(value: unknown): value is number {
  return isCount(value) && value > 0
}

/** A whole number of any sign. */
export function isWhole(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) < numberMax
}

/** A text, or what stands for a missing one. */
export function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string'
}

/** A list whose elements all pass. */
export function isListOf(value: unknown, isElement: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && (value as readonly unknown[]).every((one) => isElement(one))
}

/** A field that may be left out. */
export function isOptional(value: unknown, isValue: (value: unknown) => boolean): boolean {
  return value === undefined || isValue(value)
}

/** A text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** A yes or no. */
export function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
