import { describe, expect, test } from 'vitest'
import { keyValue, type KvOp, type KvValue } from '../../src/index.ts'

const key = 'x'
const absent: KvValue = { type: 'value', value: null }
const swapped = (is: boolean): KvValue => ({ type: 'swapped', swapped: is })
const deleted = (existed: boolean): KvValue => ({ type: 'deleted', existed })

function after(state: string | null, op: KvOp, value: KvValue): string | null | undefined {
  return keyValue.step(state, op, { known: true, value })
}

describe('a key of a store', () => {
  test('is missing at first', () => {
    expect(after(keyValue.init, { type: 'get', key }, absent)).toBe(null)
    expect(after(keyValue.init, { type: 'delete', key }, deleted(false))).toBe(null)
    expect(after(keyValue.init, { type: 'delete', key }, deleted(true))).toBe(undefined)
  })

  test('holds what was put until it is deleted', () => {
    expect(after('1', { type: 'put', key, value: '2' }, { type: 'done' })).toBe('2')
    expect(after('2', { type: 'get', key }, { type: 'value', value: '2' })).toBe('2')
    expect(after('2', { type: 'get', key }, absent)).toBe(undefined)
    expect(after('2', { type: 'delete', key }, deleted(true))).toBe(null)
  })

  test('is swapped only from what it holds, and from null only when it is missing', () => {
    const cas = (from: string | null): KvOp => ({ type: 'cas', key, from, to: '3' })
    expect(after('2', cas('2'), swapped(true))).toBe('3')
    expect(after('2', cas('1'), swapped(true))).toBe(undefined)
    expect(after('2', cas('1'), swapped(false))).toBe('2')
    expect(after(null, cas(null), swapped(true))).toBe('3')
    expect(after('2', cas(null), swapped(false))).toBe('2')
  })

  test('gives no answer of another kind', () => {
    expect(after('1', { type: 'put', key, value: '2' }, absent)).toBe(undefined)
    expect(after('1', { type: 'get', key }, { type: 'done' })).toBe(undefined)
  })

  test('is described in words', () => {
    const said = (op: KvOp, value: KvValue): string =>
      keyValue.describe(op, { known: true, value }, 'c1')
    expect(said({ type: 'get', key }, absent)).toBe('get by c1 returned nothing')
    expect(said({ type: 'delete', key }, deleted(true))).toBe('delete by c1 found a value')
    expect(said({ type: 'delete', key }, deleted(false))).toBe('delete by c1 found nothing')
    expect(said({ type: 'cas', key, from: null, to: '1' }, swapped(true))).toBe(
      'cas nothing to 1 by c1 swapped',
    )
    expect(keyValue.describe({ type: 'put', key, value: '1' }, { known: false }, 'c1')).toBe(
      'put 1 by c1 (outcome unknown)',
    )
  })
})
