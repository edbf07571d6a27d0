import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyTree, pairsOf, type Tree, TreeMap } from '../../src/kv/tree.ts'
import { mutant } from '../mutant.ts'

const action = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key: fc.nat(1500), value: fc.string() }),
  fc.record({ do: fc.constant('delete' as const), key: fc.nat(1500) }),
  fc.record({ do: fc.constant('save' as const) }),
)
/** Many keys first, so that there are branches over branches to take them from. */
const run = fc.record({ grown: fc.nat(1500), actions: fc.array(action, { maxLength: 150 }) })

function grow(map: TreeMap<number, string>, keys: number): void {
  for (let i = 0; i < keys; i++) map.set((i * 7919) % keys, String(i))
}

/** The map says what a sorted one says, and everything saved still says what it said. */
function agrees(build: () => TreeMap<number, string>) {
  return fc.property(run, fc.nat(200), ({ grown, actions }, skip) => {
    const map = build()
    grow(map, grown)
    const naive = new Map(pairsOf(map.root))
    const sorted = () => [...naive].sort(([a], [b]) => a - b)
    const saved: [Tree<number, string>, (readonly [number, string])[]][] = []
    for (const one of actions) {
      if (one.do === 'save') saved.push([map.save(), sorted()])
      else if (one.do === 'delete') {
        map.delete(one.key)
        naive.delete(one.key)
      } else {
        map.set(one.key, one.value)
        naive.set(one.key, one.value)
      }
      const key = one.do === 'save' ? 0 : one.key
      expect([map.get(key), map.size]).toEqual([naive.get(key), naive.size])
      expect(map.delete(-1)).toBe(false)
    }
    expect([...pairsOf(map.root, skip)]).toEqual(sorted().slice(skip))
    expect(map.greatest).toBe(sorted().at(-1)?.[0])
    for (const [root, pairs] of saved) expect([...pairsOf(root)]).toEqual(pairs)
  })
}

/** Goes on changing what it gave away. */
class KeepsItsNodes extends TreeMap<number, string> {
  override save(): Tree<number, string> {
    return this.root
  }
}

describe('the tree', () => {
  it('agrees with a sorted map, and never changes what was saved', () => {
    fc.assert(
      agrees(() => new TreeMap()),
      { numRuns: 60 },
    )
  })

  it('does not when it changes nodes that it gave away', () => {
    expect(
      fc.check(
        agrees(() => new KeepsItsNodes()),
        mutant,
      ).failed,
    ).toBe(true)
  })

  it('is empty again when every key is gone', () => {
    const map = new TreeMap<number, string>()
    grow(map, 2000)
    for (let key = 0; key < 2000; key++) map.delete(key)
    expect(map.root).toBe(emptyTree)
  })

  it('copies one path for the first change after it was saved, and nothing for the next one', () => {
    const map = new TreeMap<number, string>()
    grow(map, 2000)
    const saved = map.save()
    map.set(1000, 'new')
    const { root } = map
    if (!('children' in saved) || !('children' in root)) throw new Error('expected branches')
    expect(root.children.filter((child) => !saved.children.includes(child))).toHaveLength(1)
    map.set(1000, 'newer')
    expect(map.root).toBe(root)
  })

  it('goes on from what was saved and leaves it as it is', () => {
    const map = new TreeMap<number, string>()
    grow(map, 100)
    const saved = map.save()
    const other = new TreeMap<number, string>()
    other.restore(saved)
    other.set(5, 'five')
    expect([other.get(5), map.get(5)]).toEqual(['five', [...pairsOf(saved, 5)][0]?.[1]])
  })
})
