/**
 * What an expression may reach of a value, and what it may not: the part of the interpreter that
 * guards prototypes.
 */

/**
 * Why a value gave no part: the evaluator adds the column.
 *
 * @example
 * ```ts
 * import { AccessError, readIndex } from '@lockstep/patterns/behavioral/interpreter/access'
 *
 * try {
 *   readIndex([1], {}, 'safe')
 * } catch (error) {
 *   if (!(error instanceof AccessError) || error.code !== 'type') throw error
 * }
 * ```
 */
export class AccessError extends Error {
  override readonly name = 'AccessError'
  readonly code: 'unknown-name' | 'refused' | 'type' | 'call-failed'

  constructor(code: AccessError['code'], problem: string, options?: ErrorOptions) {
    super(problem, options)
    this.code = code
  }
}

/**
 * What expressions may reach. `safe`: own data properties, and the listed members of strings and
 * collections. `open`: getters and what is inherited, too. No mode reads what leads to prototypes.
 */
export type Access = 'safe' | 'open'

const NEVER: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Taken at load time, so that later changes of the prototypes change nothing here. */
function taken(prototype: object, ...names: readonly string[]): ReadonlyMap<string, unknown> {
  return new Map(names.map((name) => [name, Reflect.get(prototype, name) as unknown]))
}

const TEXT_METHODS = taken(
  String.prototype,
  'at',
  'endsWith',
  'includes',
  'indexOf',
  'slice',
  'startsWith',
  'toLowerCase',
  'toUpperCase',
  'trim',
)
const LIST_METHODS = taken(Array.prototype, 'at', 'includes', 'indexOf', 'slice')
const MAP_METHODS = taken(Map.prototype, 'get', 'has')
const SET_METHODS = taken(Set.prototype, 'has')

function listed(target: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof target === 'string') return TEXT_METHODS
  if (Array.isArray(target)) return LIST_METHODS
  if (target instanceof Map) return MAP_METHODS
  return target instanceof Set ? SET_METHODS : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The value of an own data property, or of any property in `open` mode. */
function member(target: unknown, name: string, access: Access): unknown {
  if (NEVER.has(name)) throw new AccessError('refused', `${name} leads to prototypes`)
  if (!isObject(target)) return undefined
  const own = Object.getOwnPropertyDescriptor(target, name)
  if (own !== undefined && 'value' in own) return own.value as unknown
  if (access === 'open') return Reflect.get(target, name) as unknown
  if (own !== undefined) throw new AccessError('refused', `${name} is a getter`)
  return undefined
}

/**
 * A property by its name. Functions are no values: they can be called, and nothing else.
 *
 * @example
 * ```ts
 * import { readProperty } from '@lockstep/patterns/behavioral/interpreter/access'
 *
 * if (readProperty({ term: 3 }, 'term', 'safe') !== 3) throw new Error('an own property')
 * if (readProperty({}, 'toString', 'safe') !== undefined) throw new Error('an inherited one')
 * ```
 */
export function readProperty(target: unknown, name: string, access: Access): unknown {
  const counted = typeof target === 'string' || Array.isArray(target)
  if (counted && name === 'length') return target.length
  if ((target instanceof Map || target instanceof Set) && name === 'size') return target.size
  const value = member(target, name, access)
  if (typeof value === 'function') throw new AccessError('refused', `${name} is a function`)
  return value
}

/**
 * Calls `callee` and gives what it throws as the cause of a `call-failed`.
 *
 * @example
 * ```ts
 * import { call } from '@lockstep/patterns/behavioral/interpreter/access'
 *
 * const largest = call(Math.max, undefined, 'max', [1, 5, 2])
 * if (largest !== 5) throw new Error(String(largest))
 * ```
 */
export function call(
  callee: unknown,
  target: unknown,
  name: string,
  args: readonly unknown[],
): unknown {
  if (typeof callee !== 'function') {
    throw new AccessError('unknown-name', `there is no method ${name}`)
  }
  let result: unknown
  try {
    result = Reflect.apply(callee, target, args)
  } catch (error) {
    throw new AccessError('call-failed', `${name} failed: ${String(error)}`, { cause: error })
  }
  if (typeof result !== 'function') return result
  throw new AccessError('refused', `${name} gave a function`)
}

/**
 * Calls a method: one of the listed, or one that the object itself holds.
 *
 * @example
 * ```ts
 * import { callMethod } from '@lockstep/patterns/behavioral/interpreter/access'
 *
 * const text = callMethod('leader', 'toUpperCase', [], 'safe')
 * if (text !== 'LEADER') throw new Error(String(text))
 * ```
 */
export function callMethod(
  target: unknown,
  name: string,
  args: readonly unknown[],
  access: Access,
): unknown {
  const callee = listed(target)?.get(name) ?? member(target, name, access)
  return call(callee, target, name, args)
}

/**
 * An element by its index or key; `undefined` if it is not there.
 *
 * @example
 * ```ts
 * import { readIndex } from '@lockstep/patterns/behavioral/interpreter/access'
 *
 * if (readIndex(['a', 'b'], 1, 'safe') !== 'b') throw new Error('the second')
 * ```
 */
export function readIndex(target: unknown, index: unknown, access: Access): unknown {
  if (target instanceof Map) return Map.prototype.get.call(target, index) as unknown
  if (typeof index !== 'string' && typeof index !== 'number') {
    throw new AccessError('type', 'an index is a number or a string')
  }
  if (typeof target === 'string') return typeof index === 'number' ? target[index] : undefined
  return readProperty(target, String(index), access)
}

/**
 * A collection as its elements; of a map or an object, records of `key` and `value`.
 *
 * @example
 * ```ts
 * import { elementsOf } from '@lockstep/patterns/behavioral/interpreter/access'
 *
 * const elements = elementsOf(new Set([1, 2]), 'safe')
 * if (elements.length !== 2) throw new Error(String(elements))
 * ```
 */
export function elementsOf(target: unknown, access: Access): readonly unknown[] {
  if (Array.isArray(target)) return Array.from(target)
  if (target instanceof Set) return Array.from(target)
  if (target instanceof Map) return Array.from(target, ([key, value]) => ({ key, value }))
  if (!isObject(target)) throw new AccessError('type', 'only collections have elements')
  const keys = Object.keys(target).filter(
    (key) => !NEVER.has(key) && typeof member(target, key, access) !== 'function',
  )
  return keys.map((key) => ({ key, value: member(target, key, access) }))
}
