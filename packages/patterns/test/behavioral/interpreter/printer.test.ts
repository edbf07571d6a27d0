import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from '../../../src/behavioral/interpreter/parser.ts'
import { print } from '../../../src/behavioral/interpreter/printer.ts'
import type { Tree } from '../../../src/behavioral/interpreter/tree.ts'

const name = fc.constantFrom('a', 'b', 'and', 'true', 'ünïcode', '$x')
const safe = fc.boolean()
const column = fc.constant(0)
const args = { maxLength: 2 }

const { tree: trees } = fc.letrec<{ tree: Tree }>((tie) => {
  const node = <T extends Tree['type']>(
    type: T,
    fields: { [K in keyof Extract<Tree, { type: T }>]?: fc.Arbitrary<unknown> },
  ): fc.Arbitrary<Tree> =>
    fc.record({ type: fc.constant(type), column, ...fields }) as unknown as fc.Arbitrary<Tree>
  const tree = tie('tree')
  const literal = fc.oneof(
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.constantFrom(true, false, null),
  )
  return {
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      node('literal', { value: literal }),
      node('variable', { name }),
      node('list', { elements: fc.array(tree, args) }),
      node('map', { entries: fc.array(fc.tuple(fc.string(), tree), args) }),
      node('unary', { operator: fc.constantFrom('-', '+', '!'), operand: tree }),
      node('binary', {
        operator: fc.constantFrom('||', '&&', '==', '<', '+', '-', '*', '^'),
        left: tree,
        right: tree,
      }),
      node('ternary', { condition: tree, whenTrue: tree, whenFalse: tree }),
      node('elvis', { value: tree, otherwise: tree }),
      node('property', { target: tree, name, safe }),
      node('method', { target: tree, name, args: fc.array(tree, args), safe }),
      node('call', { name, args: fc.array(tree, args) }),
      node('index', { target: tree, index: tree, safe }),
      node('selection', {
        target: tree,
        pick: fc.constantFrom('all', 'first', 'last'),
        condition: tree,
        safe,
      }),
      node('projection', { target: tree, value: tree, safe }),
    ),
  }
})

/** The tree without its columns, which another layout of the text moves. */
function shape(tree: Tree): unknown {
  return JSON.parse(JSON.stringify(tree, (key, field: unknown) => (key === 'column' ? 0 : field)))
}

function readsBack(printer: (tree: Tree) => string): fc.RunDetails<[Tree]> {
  const property = fc.property(trees, (tree) => {
    const text = printer(tree)
    const [again] = parse(text)
    expect(shape(again)).toEqual(shape(tree))
    expect(printer(again)).toBe(text)
  })
  return fc.check(property, { numRuns: 400 })
}

test('what is printed reads as the same tree, and prints as the same text', () => {
  const result = readsBack(print)
  expect(fc.defaultReportMessage(result)).toBeUndefined()
})

test.each([
  ['parentheses', (tree: Tree) => print(tree).replaceAll(/\((.*)\)/g, '$1')],
  ['doubled quotes', (tree: Tree) => print(tree).replaceAll("''", "'")],
  ['safe navigation', (tree: Tree) => print(tree).replaceAll('?.', '.')],
])('a printer that forgets %s is noticed', (_, mutant) => {
  expect(readsBack(mutant).failed).toBe(true)
})
