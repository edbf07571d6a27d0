import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Vector, valueAt, VectorList } from '../../src/kv/vector.ts'
import { mutant } from '../mutant.ts'

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), place: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), count: fc.nat(900) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pop' as const), count: fc.nat(900) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), which: fc.nat(20) }) },
)

function valuesOf(vector: Vector<number>): number[] {
  return Array.from({ length: vector.size }, (_, place) => valueAt(vector, place))
}

/** The list says what an array says, and everything saved still says what it said. */
function agrees(build: () => VectorList<number>) {
  return fc.property(fc.array(action, { maxLength: 40, size: 'max' }), (actions) => {
    const list = build()
    const saved: [Vector<number>, readonly number[]][] = []
    const answered: (readonly [number | undefined, number | undefined])[] = []
    let naive: number[] = []
    let next = 0
    for (const one of actions) {
      if (one.do === 'push') {
        for (let i = 0; i < one.count; i++) {
          list.push(next)
          naive.push(next++)
        }
      } else if (one.do === 'pop') {
        for (let i = 0; i < one.count; i++) answered.push([list.pop(), naive.pop()])
      } else if (one.do === 'save') saved.push([list.save(), [...naive]])
      else if (one.do === 'restore') {
        const [vector, values] = saved[one.which % saved.length] ?? []
        if (vector === undefined || values === undefined) continue
        list.restore(vector)
        naive = [...values]
      } else if (naive.length > 0) {
        const place = one.place % naive.length
        answered.push([list.set(place, next), naive[place]])
        naive[place] = next++
      }
      expect([list.size, list.at(list.size)]).toEqual([naive.length, undefined])
    }
    for (const [answer, expected] of answered) expect(answer).toBe(expected)
    expect(valuesOf(list.vector)).toEqual(naive)
    for (const [vector, values] of saved) expect(valuesOf(vector)).toEqual(values)
  })
}

/** Goes on changing what it gave away. */
class KeepsItsPages extends VectorList<number> {
  override save(): Vector<number> {
    return this.vector
  }
}

describe('the vector', () => {
  it('agrees with an array, wherever it goes on from, and never changes what was saved', () => {
    fc.assert(
      agrees(() => new VectorList()),
      { numRuns: 100 },
    )
  })

  it('does not when it changes pages that it gave away', () => {
    expect(
      fc.check(
        agrees(() => new KeepsItsPages()),
        mutant,
      ).failed,
    ).toBe(true)
  })

  it('grows by a level when it is full, and is flat again when little is left', () => {
    const list = new VectorList<number>()
    const heights = new Set<number>()
    for (let i = 0; i < 1_050_000; i++) {
      list.push(i)
      heights.add(list.vector.height)
    }
    expect([...heights]).toEqual([0, 1, 2])
    const full = list.save()
    let popped = 0
    while (list.size > 100) popped += list.pop() === list.size ? 1 : 0
    expect(popped).toBe(1_049_900)
    expect([list.vector.height, valuesOf(list.vector)]).toEqual([0, valuesOf(full).slice(0, 100)])
    expect(valuesOf(full).every((value, place) => value === place)).toBe(true)
  })

  it('copies one way for the first change after it was saved, and nothing for the next one', () => {
    const list = new VectorList<number>()
    for (let i = 0; i < 3000; i++) list.push(i)
    const saved = list.save().root
    list.set(1000, -1)
    const { root } = list.vector
    if (!('children' in saved && 'children' in root)) throw new Error('expected branches')
    expect(root.children.filter((child) => !saved.children.includes(child))).toHaveLength(1)
    const pages = [...root.children]
    list.set(1001, -1)
    expect([list.vector.root === root, root.children]).toEqual([true, pages])
  })
})
