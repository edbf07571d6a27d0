import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Progress, type WindowLimits } from '../src/progress.ts'
import { asIndex, type LogIndex } from '../src/term.ts'
import { mutant } from './mutant.ts'

const event = fc.oneof(
  fc.record({ type: fc.constant('send' as const), entries: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ type: fc.constant('acknowledge' as const), index: fc.nat(12) }),
  fc.record({ type: fc.constant('reject' as const), prev: fc.nat(12), candidate: fc.nat(12) }),
  fc.record({ type: fc.constant('wait' as const) }),
)

const single: WindowLimits = { messagesMax: 1, bytesMax: 1000 }
const wide: WindowLimits = { messagesMax: 3, bytesMax: 1000 }

type Make = (next: LogIndex, limits: WindowLimits) => Progress

/** `0 <= match < next`, what is known never shrinks, and what is under way keeps to the window. */
function keepsItsInvariants(make: Make) {
  const limits = fc.constantFrom(single, wide)
  return fc.property(
    fc.integer({ min: 1, max: 12 }),
    limits,
    fc.array(event),
    (next, of, events) => {
      const progress = make(asIndex(next), of)
      for (const one of events) {
        const before = progress.match
        if (one.type === 'send' && progress.hasRoom) {
          progress.sent(asIndex(progress.next + one.entries - 1), 100 * one.entries)
        } else if (one.type === 'acknowledge') progress.acknowledged(asIndex(one.index))
        else if (one.type === 'reject') progress.rejected(asIndex(one.prev), asIndex(one.candidate))
        else progress.waited()
        expect(progress.match).toBeGreaterThanOrEqual(before)
        expect(progress.next).toBeGreaterThan(progress.match)
        expect(progress.flights).toBeLessThanOrEqual(of.messagesMax)
        const { inFlight, state } = progress
        const isCountedOn = inFlight < progress.next
        expect(inFlight === 0 || isCountedOn === (state === 'replicate')).toBe(true)
      }
    },
  )
}

describe('the progress of a follower', () => {
  it('keeps its invariants whatever arrives in whatever order', () => {
    fc.assert(keepsItsInvariants((next, limits) => new Progress('n2', next, limits)))
  })

  it('breaks them when it believes a rejection of what is known to match', () => {
    class Gullible extends Progress {
      #next: LogIndex | undefined
      override get next(): LogIndex {
        return this.#next ?? super.next
      }
      override rejected(prev: LogIndex, candidate: LogIndex): boolean {
        this.#next = asIndex(Math.min(prev, candidate + 1))
        return super.rejected(prev, candidate)
      }
    }
    const gullible = keepsItsInvariants((next, limits) => new Gullible('n2', next, limits))
    expect(fc.check(gullible, mutant).failed).toBe(true)
  })

  it('breaks them when it sends while the window is full', () => {
    class Eager extends Progress {
      override get hasRoom(): boolean {
        return true
      }
    }
    const eager = keepsItsInvariants((next, limits) => new Eager('n2', next, limits))
    expect(fc.check(eager, mutant).failed).toBe(true)
  })

  it('probes with one append at a time, and goes on behind what is under way once one is taken', () => {
    const progress = new Progress('n2', asIndex(5), wide)
    progress.sent(asIndex(6), 100)
    expect([progress.state, progress.next, progress.hasRoom]).toEqual(['probe', 5, false])
    progress.acknowledged(asIndex(6))
    expect([progress.state, progress.next, progress.hasRoom]).toEqual(['replicate', 7, true])
    for (const last of [7, 8, 9]) progress.sent(asIndex(last), 100)
    expect([progress.match, progress.next, progress.hasRoom]).toEqual([6, 10, false])
    progress.acknowledged(asIndex(8))
    expect([progress.flights, progress.hasRoom]).toEqual([1, true])
  })

  it('is full when enough bytes are under way, however few the appends', () => {
    const progress = new Progress('n2', asIndex(1), wide)
    progress.acknowledged(asIndex(0))
    progress.sent(asIndex(1), 999)
    expect(progress.hasRoom).toBe(true)
    progress.sent(asIndex(2), 5000)
    expect(progress.hasRoom).toBe(false)
    progress.acknowledged(asIndex(1))
    expect(progress.hasRoom).toBe(false)
    progress.acknowledged(asIndex(2))
    expect(progress.hasRoom).toBe(true)
  })

  it('probes again when one of several appends did not arrive, and hears the later refusals of the same loss', () => {
    const progress = new Progress('n2', asIndex(1), wide)
    progress.acknowledged(asIndex(0))
    for (const last of [1, 2, 3]) progress.sent(asIndex(last), 100)
    expect(progress.rejected(asIndex(1), asIndex(0))).toBe(true)
    expect([progress.state, progress.next, progress.flights]).toEqual(['probe', 1, 0])
    expect(progress.rejected(asIndex(2), asIndex(0))).toBe(false)
  })

  it('steps back with every rejection that says something', () => {
    const progress = new Progress('n2', asIndex(9), single)
    expect(progress.rejected(asIndex(8), asIndex(20))).toBe(true)
    expect(progress.next).toBe(8)
    expect(progress.rejected(asIndex(8), asIndex(3))).toBe(false)
    expect(progress.rejected(asIndex(7), asIndex(3))).toBe(true)
    expect(progress.next).toBe(4)
  })

  it('takes an append for lost after two heartbeats, and after two more again', () => {
    const progress = new Progress('n2', asIndex(1), single)
    expect(progress.waited()).toBe(false)
    progress.sent(asIndex(1), 100)
    expect([progress.waited(), progress.waited()]).toEqual([false, true])
    progress.sent(asIndex(1), 100)
    expect([progress.waited(), progress.waited()]).toEqual([false, true])
    progress.acknowledged(asIndex(1))
    expect(progress.waited()).toBe(false)
  })
})
