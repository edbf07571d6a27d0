import { fc } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { decodeFrame, encodeFrame } from '../../src/session/frame.ts'
import type { ToSession } from '../../src/session/protocol.ts'
import { readRequest } from '../../src/session/requests.ts'

const request = fc.nat()
const at = fc.nat({ max: 2 ** 50 })
const node = fc.constantFrom('n1', 'n2', '@leader', 'c1')
const link = { from: node, to: node }

const fault = fc.oneof(
  fc.record(
    { do: fc.constant('crash' as const), node, effects: fc.nat() },
    { requiredKeys: ['do', 'node'] },
  ),
  fc.record({ do: fc.constant('restart' as const), node, wipe: fc.boolean() }),
  fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'isolate' as const), node }),
  fc.record({ do: fc.constantFrom('cut' as const, 'mend' as const), ...link, both: fc.boolean() }),
  fc.record({ do: fc.constant('partition' as const), groups: fc.array(fc.array(node)) }),
  fc.record({ do: fc.constant('slow' as const), ...link, by: fc.nat({ max: 1000 }) }),
  fc.record({
    do: fc.constant('lose' as const),
    ...link,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ do: fc.constant('stall' as const), node, by: fc.nat({ max: 1000 }) }),
  fc.record({
    do: fc.constant('clock' as const),
    node,
    jump: fc.integer({ min: -1000, max: 1000 }),
  }),
  fc.record({ do: fc.constant('heal' as const) }),
)

const valid: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({
    type: fc.constant('open'),
    request,
    scenario: fc.dictionary(fc.constantFrom('v', 'lab', 'seed'), fc.nat()),
  }),
  fc.record({ type: fc.constant('trace'), request, experiment: fc.constant('pattern-proxy') }),
  fc.record({
    type: fc.constant('go-live'),
    request,
    lab: fc.constant('raft'),
    nodes: fc.integer({ min: 1, max: 9 }),
  }),
  fc.record({ type: fc.constant('fault'), request, at, fault }),
  fc.record({ type: fc.constant('operate'), request, at, line: fc.string({ maxLength: 100 }) }),
  fc.record({
    type: fc.constant('members'),
    request,
    change: fc.record({ do: fc.constantFrom('add', 'remove'), node: fc.constant('n4') }),
  }),
  fc.record({ type: fc.constantFrom('undo', 'redo'), request }),
  fc.record({ type: fc.constant('look'), request, step: fc.nat() }),
  fc.record({ type: fc.constant('message'), request, row: fc.nat() }),
)

/** Every request of the protocol; the compiler sees to it that none is forgotten. */
const types: Readonly<Record<ToSession['type'], true>> = {
  open: true,
  trace: true,
  'go-live': true,
  fault: true,
  operate: true,
  members: true,
  undo: true,
  redo: true,
  look: true,
  message: true,
}

describe('a request', () => {
  test('passes its frame unchanged, whichever it is', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(valid, (sent) => {
        const read = readRequest(decodeFrame(encodeFrame(sent as ToSession)))
        expect(read).toEqual(sent)
        if ('type' in read) seen.add(read.type)
      }),
      { numRuns: 500 },
    )
    expect([...seen].toSorted()).toEqual(Object.keys(types).toSorted())
  })

  test('that is anything else is refused in one sentence and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (frame) => {
        const read = readRequest(frame)
        expect('malformed' in read && read.malformed).toMatch(/\w/)
      }),
    )
  })

  test('with one field spoilt is refused, and the field is named', () => {
    fc.assert(
      fc.property(valid, fc.constantFrom(null, -1, Number.NaN, {}), (sent, bad) => {
        const read = readRequest({ ...(sent as object), request: bad })
        expect('malformed' in read && read.malformed).toMatch(/^request: /)
      }),
    )
  })
})

test('bytes of any kind are a request, are refused, or throw an Error', () => {
  const outcomeOf = (bytes: Uint8Array): unknown => {
    try {
      return readRequest(decodeFrame(bytes))
    } catch (error) {
      return error instanceof Error ? { malformed: error.message } : error
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(outcomeOf(bytes)).toEqual({ malformed: expect.any(String) })
    }),
    { numRuns: 1_000 },
  )
})
