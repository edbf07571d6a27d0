import { dropReasons, traceKinds, unreachable } from '@lockstep/process'
import { expect, test } from 'vitest'

test('a case that nobody handles is named when it is reached after all', () => {
  const stray = { type: 'stray' } as unknown
  expect(() => unreachable(stray as never)).toThrow('unhandled case: {"type":"stray"}')
})

test('the names of events and of reasons are unique, since traces store them as numbers', () => {
  expect(new Set(traceKinds).size).toBe(traceKinds.length)
  expect(new Set(dropReasons).size).toBe(dropReasons.length)
})
