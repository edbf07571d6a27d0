let table: readonly string[] | undefined

/** Every 16-bit number as four hexadecimal digits. It is made when the first one asks, in some milliseconds. */
export function hexWords(): readonly string[] {
  table ??= Array.from({ length: 2 ** 16 }, (_, word) => word.toString(16).padStart(4, '0'))
  return table
}
