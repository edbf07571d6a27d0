import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Progress } from '../src/progress.ts'
import { asIndex, type LogIndex } from '../src/term.ts'
import { mutant } from './mutant.ts'

const event = fc.oneof(
  fc.record({ type: fc.constant('send' as const), entries: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ type: fc.constant('acknowledge' as const), index: fc.nat(12) }),
  fc.record({ type: fc.constant('reject' as const), prev: fc.nat(12), candidate: fc.nat(12) }),
  fc.record({ type: fc.constant('wait' as const) }),
)

/** `0 <= match < next`, nothing under way below `next`, and what is known never shrinks. */
function keepsItsInvariants(build: (next: LogIndex) => Progress) {
  return fc.property(fc.integer({ min: 1, max: 12 }), fc.array(event), (next, events) => {
    const progress = build(asIndex(next))
    for (const one of events) {
      const before = progress.match
      if (one.type === 'send' && progress.inFlight === 0) {
        progress.sent(asIndex(progress.next + one.entries - 1))
      } else if (one.type === 'acknowledge') progress.acknowledged(asIndex(one.index))
      else if (one.type === 'reject') progress.rejected(asIndex(one.prev), asIndex(one.candidate))
      else progress.waited()
      expect(progress.match).toBeGreaterThanOrEqual(before)
      expect(progress.next).toBeGreaterThan(progress.match)
      expect(progress.inFlight === 0 || progress.inFlight >= progress.next).toBe(true)
    }
  })
}

describe('the progress of a follower', () => {
  it('keeps its invariants whatever arrives in whatever order', () => {
    fc.assert(keepsItsInvariants((next) => new Progress('n2', next)))
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
    expect(
      fc.check(
        keepsItsInvariants((next) => new Gullible('n2', next)),
        mutant,
      ).failed,
    ).toBe(true)
  })

  it('steps back with every rejection that says something', () => {
    const progress = new Progress('n2', asIndex(9))
    expect(progress.rejected(asIndex(8), asIndex(20))).toBe(true)
    expect(progress.next).toBe(8)
    expect(progress.rejected(asIndex(8), asIndex(3))).toBe(false)
    expect(progress.rejected(asIndex(7), asIndex(3))).toBe(true)
    expect(progress.next).toBe(4)
  })

  it('takes an append for lost after two heartbeats, and after two more again', () => {
    const progress = new Progress('n2', asIndex(1))
    expect(progress.waited()).toBe(false)
    progress.sent(asIndex(1))
    expect([progress.waited(), progress.waited()]).toEqual([false, true])
    progress.sent(asIndex(1))
    expect([progress.waited(), progress.waited()]).toEqual([false, true])
    progress.acknowledged(asIndex(1))
    expect(progress.waited()).toBe(false)
  })
})
