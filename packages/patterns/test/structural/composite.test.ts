import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import {
  Branch,
  type Component,
  CompositeError,
  fold,
  Leaf,
  leavesOf,
} from '../../src/structural/composite.ts'
import { caught } from '../caught.ts'

type Tree = Component<string, number>

const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.integer().map((value): Tree => new Leaf(value)),
    fc
      .tuple(fc.string(), fc.array(tie('tree'), { maxLength: 4 }))
      .map(([name, children]): Tree => new Branch(name, children)),
  ),
})).tree

test('folding a tree is folding its flat list of leaves', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const flat = [...leavesOf(tree)]
      const sum = (parts: readonly number[]) => parts.reduce((a, b) => a + b, 0)
      expect(
        fold(
          tree,
          (value) => value,
          (_, parts: number[]) => sum(parts),
        ),
      ).toBe(sum(flat))
      const lists = fold(
        tree,
        (value) => [value],
        (_, parts: number[][]) => parts.flat(),
      )
      expect(lists).toEqual(flat)
      expect(tree.leafCount).toBe(flat.length)
    }),
  )
})

/** The shape as plain data, to compare before and after. */
const shape = (tree: Tree): unknown =>
  fold<string, number, unknown>(
    tree,
    (value) => value,
    (value, parts) => [value, parts],
  )

const steps = fc.array(
  fc.record({
    edit: fc.constantFrom('add' as const, 'remove' as const, 'count' as const),
    branch: fc.nat(4),
    child: fc.nat(7),
    at: fc.nat(3),
  }),
  { maxLength: 40 },
)

const staysATree = (newBranch: (name: string) => Branch<string, number>) =>
  fc.property(steps, (script) => {
    const branches = Array.from({ length: 5 }, (_, at) => newBranch(`b${at}`))
    const all: Tree[] = [...branches, ...[1, 2, 3].map((value) => new Leaf<string, number>(value))]
    for (const { edit, branch, child, at } of script) {
      const [into, part] = [branches[branch], all[child]]
      if (into === undefined || part === undefined) continue
      const before = branches.map(shape)
      try {
        if (edit === 'add') {
          into.add(part, at)
          // Adding and removing undo each other.
          into.remove(part)
          expect(branches.map(shape)).toEqual(before)
          into.add(part, at)
        } else if (edit === 'remove') {
          const place = into.remove(part)
          into.add(part, place)
          expect(branches.map(shape)).toEqual(before)
          into.remove(part)
        } else into.leafCount.toFixed()
      } catch (error) {
        expect(error).toBeInstanceOf(CompositeError)
        expect(branches.map(shape)).toEqual(before)
      }
      for (const each of branches) {
        // Counted first, since a walk through a cycle does not end.
        let above = each.parent
        for (let height = 0; above !== undefined; height++, above = above.parent)
          if (height > branches.length) throw new Error('a cycle')
        expect(each.leafCount).toBe([...leavesOf(each)].length)
        for (const below of each.children) expect(below.parent).toBe(each)
      }
    }
  })

test('whatever is added and removed it stays a tree, and its counts are right', () => {
  fc.assert(staysATree((name) => new Branch(name)))
})

test('a branch that does not look for cycles is caught', () => {
  class Trusting extends Branch<string, number> {
    override add(child: Component<string, number>, at?: number): this {
      const { parent } = this
      this.parent = undefined
      try {
        return super.add(child, at)
      } finally {
        if (child !== this) this.parent = parent
      }
    }
  }
  expect(caught(staysATree((name) => new Trusting(name)))).toBe(true)
})

test('a branch that keeps its count after a change is caught', () => {
  class Stale extends Branch<string, number> {
    #kept: number | undefined
    override get leafCount(): number {
      return (this.#kept ??= super.leafCount)
    }
  }
  expect(caught(staysATree((name) => new Stale(name)))).toBe(true)
})

test('a component stands in one place at a time', () => {
  const leaf = new Leaf(1)
  const first = new Branch(0, [leaf])
  expect(() => new Branch(0, [leaf])).toThrow('remove it there first')
  first.remove(leaf)
  expect(new Branch(0, [leaf]).leafCount).toBe(1)
  expect(() => first.remove(leaf)).toThrow('not a child')
})

test('the values of branches and of leaves may be of two types', () => {
  const tree = new Branch<string, number>('sum', [new Leaf(1)])
  expectTypeOf(leavesOf(tree)).toEqualTypeOf<Generator<number, void, undefined>>()
  // @ts-expect-error a leaf of another type
  expect(tree.add(new Leaf<string, string>('one')).leafCount).toBe(2)
})
