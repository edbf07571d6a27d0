import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesOf, History, type SavedHistory } from '../../src/kv/history.ts'
import type { Change } from '../../src/kv/key-value.ts'
import { mutant } from '../mutant.ts'

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), changes: fc.nat(100) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('forget' as const), kept: fc.nat(150) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), which: fc.nat(20) }) },
)

function changeAt(revision: number): Change {
  const places = { createRevision: revision, modRevision: revision, version: 1, lease: 0 }
  return { revision, before: null, after: { key: `k${revision}`, value: '', ...places } }
}

/** The history says what a list of changes says, and everything saved still says what it said. */
function agrees(build: () => History) {
  return fc.property(fc.array(action, { minLength: 10, maxLength: 40, size: 'max' }), (actions) => {
    const history = build()
    const saved: [SavedHistory, readonly Change[]][] = []
    let naive: readonly Change[] = []
    let revision = 0
    for (const one of actions) {
      if (one.do === 'add') {
        for (let i = 0; i < one.changes; i++) {
          const change = changeAt(++revision)
          history.add(change)
          naive = [...naive, change]
        }
      } else if (one.do === 'forget') {
        const before = revision - one.kept
        history.forget(before, 1000)
        naive = naive.filter((change) => change.revision >= before)
      } else if (one.do === 'save') saved.push([history.save(), naive])
      else {
        const [state, changes] = saved[one.which % saved.length] ?? []
        if (state === undefined || changes === undefined) continue
        history.restore(state)
        naive = changes
        revision = changes.at(-1)?.revision ?? revision
      }
      const from = naive[Math.floor(naive.length / 2)]?.revision ?? 0
      expect([...history.since(from)]).toEqual(naive.filter((change) => change.revision >= from))
    }
    for (const [state, changes] of saved) expect([...changesOf(state)]).toEqual(changes)
  })
}

/** Adds to what it gave away. */
class KeepsItsTail extends History {
  override save(): SavedHistory {
    return this.view
  }
}

describe('the history', () => {
  it('agrees with a list of changes, wherever it goes on from, and never changes what was saved', () => {
    fc.assert(
      agrees(() => new History()),
      { numRuns: 300 },
    )
  })

  it('does not when it adds to what it gave away', () => {
    expect(
      fc.check(
        agrees(() => new KeepsItsTail()),
        mutant,
      ).failed,
    ).toBe(true)
  })
})
