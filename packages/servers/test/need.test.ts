import { expect, test, vi } from 'vitest'
import { isAvailable } from '../src/index.ts'

test('what is there is available, required or not', () => {
  expect(isAvailable('etcd', true, 'Install it.', 'etcd')).toBe(true)
  expect(isAvailable('etcd', true, 'Install it.', '')).toBe(true)
})

test('what is not there is said loudly', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  expect(isAvailable('etcd', false, 'Install it.', 'redis,etcd3')).toBe(false)
  expect(warn.mock.calls).toEqual([['Skipped: there is no etcd. Install it.']])
  warn.mockRestore()
})

test('what is required and not there throws', () => {
  expect(() => isAvailable('etcd', false, 'Install it.', 'redis,etcd')).toThrow(
    'There is no etcd, and LOCKSTEP_REQUIRE says that it is needed. Install it.',
  )
})
