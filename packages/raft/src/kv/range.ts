/**
 * Which keys an operation means: one key, or all from `key` up to, not including, `end`. Keys are
 * ordered by their UTF-16 code units.
 */
export interface KeyRange {
  readonly key: string
  /** One key if not given; `noEnd` for all keys that are not below `key`. */
  readonly end?: string
}

/** The end of a range that has none. */
export const noEnd = '\0'

/** All keys but the empty one. */
export const everyKey: KeyRange = { key: '\0', end: noEnd }

/** Whether a key is in a range. */
export function isIn(key: string, { key: from, end }: KeyRange): boolean {
  if (end === undefined) return key === from
  return key >= from && (end === noEnd || key < end)
}

/** Whether two ranges share a key that somebody could write. */
export function overlap(a: KeyRange, b: KeyRange): boolean {
  return a.key < endOf(b) && b.key < endOf(a)
}

/** All keys that begin like that; for an empty prefix every key. */
export function prefixOf(prefix: string): KeyRange {
  const points = Array.from(prefix)
  while (points.length > 0) {
    const next = pointAfter((points.pop() as string).codePointAt(0) as number)
    if (next !== undefined)
      return { key: prefix, end: points.join('') + String.fromCodePoint(next) }
  }
  return prefix === '' ? everyKey : { key: prefix, end: noEnd }
}

/**
 * The next code point in the order of UTF-16, where those beyond the basic plane stand before U+E000;
 * `undefined` behind the last one. So an end is always text that can be encoded.
 */
function pointAfter(point: number): number | undefined {
  if (point === 0xd7ff) return 0x1_0000
  if (point === 0x10_ffff) return 0xe000
  return point === 0xffff ? undefined : point + 1
}

/** Something above every key of the range, and not above any other. */
function endOf({ key, end }: KeyRange): string {
  if (end === undefined) return `${key}\0`
  return end === noEnd ? '\uffff\uffff' : end
}
