import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  emptyTree,
  greatestKey,
  pairsOf,
  type Tree,
  valueAt,
  withKey,
  withoutKey,
} from '../../src/kv/tree.ts'
import { mutant } from '../driver.ts'

type Remove = (tree: Tree<number, string>, key: number) => Tree<number, string>

const action = fc.record({ key: fc.nat(150), value: fc.string(), isPut: fc.boolean() })
/** Many keys first, so that there are branches over branches to take them from. */
const many = fc.record({ grown: fc.nat(1500), actions: fc.array(action, { maxLength: 150 }) })

function grow(keys: number): Tree<number, string> {
  let tree: Tree<number, string> = emptyTree
  for (let key = 0; key < keys; key++) tree = withKey(tree, (key * 7919) % keys, String(key))
  return tree
}

/** The tree says what a sorted map says, and every older root still says what it said. */
function agrees(remove: Remove) {
  return fc.property(many, fc.nat(200), ({ grown, actions }, skip) => {
    let tree = grow(grown)
    const naive = new Map(pairsOf(tree))
    const sorted = () => [...naive].sort(([a], [b]) => a - b)
    const kept: [Tree<number, string>, (readonly [number, string])[]][] = []
    for (const { key, value, isPut } of actions) {
      if (kept.length < 5) kept.push([tree, sorted()])
      tree = isPut ? withKey(tree, key, value) : remove(tree, key)
      if (isPut) naive.set(key, value)
      else naive.delete(key)
      expect(valueAt(tree, key)).toBe(naive.get(key))
      expect(tree.size).toBe(naive.size)
    }
    expect([...pairsOf(tree, skip)]).toEqual(sorted().slice(skip))
    expect(greatestKey(tree)).toBe(sorted().at(-1)?.[0])
    for (const [root, pairs] of kept) expect([...pairsOf(root)]).toEqual(pairs)
  })
}

describe('the tree', () => {
  it('agrees with a sorted map, and never changes an older root', () => {
    fc.assert(agrees(withoutKey), { numRuns: 60 })
  })

  it('does not when a removal changes the leaf that it shares', () => {
    const inPlace: Remove = (tree, key) => {
      if (!('children' in tree)) {
        const at = tree.keys.indexOf(key)
        if (at >= 0) (tree.values as string[])[at] = 'gone'
      }
      return withoutKey(tree, key)
    }
    expect(fc.check(agrees(inPlace), mutant).failed).toBe(true)
  })

  it('is empty again when every key is gone', () => {
    let tree = grow(2000)
    for (let key = 0; key < 2000; key++) tree = withoutKey(tree, key)
    expect(tree).toBe(emptyTree)
  })

  it('shares with the older root all but one path', () => {
    const tree = grow(2000)
    const next = withKey(tree, 1000, 'new')
    if (!('children' in tree) || !('children' in next)) throw new Error('expected branches')
    expect(next.children.filter((child) => !tree.children.includes(child))).toHaveLength(1)
  })
})
