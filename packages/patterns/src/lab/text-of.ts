const lengthMax = 48

/**
 * A value in a few characters, the same wherever it runs: objects of classes are named by `nameOf`
 * or not at all, since a bundler gives classes other names.
 *
 * @example
 * ```ts
 * import { textOf } from '@lockstep/patterns/lab/text-of'
 *
 * const text = textOf({ at: [1, 'x'], by: () => 1 }, () => undefined)
 * if (text !== "{ at: [1, 'x'], by: function }") throw new Error(text)
 * ```
 */
export function textOf(value: unknown, nameOf: (value: object) => string | undefined): string {
  return clipped(write(value, nameOf, 0))
}

function write(
  value: unknown,
  nameOf: (value: object) => string | undefined,
  depth: number,
): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'symbol') return `[${value.description ?? 'symbol'}]`
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    return String(value)
  const name = nameOf(value)
  if (name !== undefined) return name
  if (typeof value === 'function') return 'function'
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof Map) return `Map(${value.size})`
  if (value instanceof Set) return `Set(${value.size})`
  if (depth > 1) return '…'
  const inner = (part: unknown): string => write(part, nameOf, depth + 1)
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return 'object'
  const parts = Object.entries(value)
  if (parts.length > 0 && parts.every(([, part]) => typeof part === 'function')) return 'object'
  const entries = parts.map(([key, part]) => `${key}: ${inner(part)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function clipped(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1)}…`
}
