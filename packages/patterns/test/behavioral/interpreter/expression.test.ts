import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExpressionError } from '../../../src/behavioral/interpreter/errors.ts'
import { Expression, Template } from '../../../src/behavioral/interpreter/expression.ts'

const world = {
  nodes: { n1: { role: 'leader', term: 4 }, n2: { role: 'follower', term: 3 } },
  log: [{ term: 1 }, { term: 3 }, { term: 4 }],
  name: 'three nodes',
  none: null,
  double: (value: number): number => value * 2,
  fail: (): never => {
    throw new RangeError('no')
  },
  byKey: new Map([['x', 1]]),
}

const value = (text: string): unknown => new Expression(text).evaluate(world)

function errorOf(act: () => unknown): ExpressionError {
  try {
    act()
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('the language', () => {
  test.each([
    ["nodes.n1.role == 'leader' && nodes.n1.term > 3", true],
    ['nodes.n1.term gt 3 and not (nodes.n2.term ge 4)', true],
    ["'it''s' + ' ' + 2.5e1", "it's 25"],
    ['0xff % 16', 15],
    ['-2 ^ 2', 4],
    ['2 ^ 3 ^ 2', 512],
    ['7 - 2 - 1', 4],
    ['true ? 1 : false ? 2 : 3', 1],
    ["none ?: 'nobody'", 'nobody'],
    ["'' ?: 'empty'", 'empty'],
    ['none?.role', null],
    ["none?.[0] ?: 'nothing'", 'nothing'],
    ["nodes['n2'].term", 3],
    ["nodes['n9']?.term", null],
    ['log[1].term', 3],
    ['log[7]', null],
    ['name[0]', 't'],
    ['log.length', 3],
    ["byKey['x'] + byKey.size", 2],
    ['double(nodes.n1.term)', 8],
    ["name.toUpperCase().startsWith('THREE')", true],
    ['{1, 2, 3}.![#this * #this]', [1, 4, 9]],
    ['log.?[term > 2].![term]', [3, 4]],
    ['log.^[term > 2].term', 3],
    ['log.$[term > 2].term', 4],
    ['log.^[term > 9]', null],
    ['none?.?[true]', null],
    ["nodes.?[value.role == 'leader'].![key]", ['n1']],
    ['log.?[term == #root.nodes.n2.term].length', 1],
    ['{:}', {}],
    ["{a: 1, 'b c': {}}", { a: 1, 'b c': [] }],
    ['null == none', true],
    ['nodes.n1 == nodes.n1', true],
  ])('%s', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  test('variables and functions are given by name', () => {
    const variables = { limit: 3, max: Math.max }
    const expression = new Expression('#max(nodes.n1.term, 9) > #limit')
    expect(expression.evaluate(world, { variables })).toBe(true)
    expect(expression.holds(world, { variables })).toBe(true)
  })

  test('what is not there is an error, and null if the reader says so', () => {
    expect(errorOf(() => value('nodes.n1.rule')).code).toBe('unknown-name')
    expect(new Expression('nodes.n9?.role').evaluate(world, { lenient: true })).toBe(null)
  })

  test('a template puts values into a text', () => {
    const template = new Template("#{name}: #{log.![term].length} #{ {a: '}'}['a'] }#{none}#")
    expect(template.render(world)).toBe('three nodes: 3 }#')
    expect(errorOf(() => new Template('a #{name').render(world)).column).toBe(3)
    expect(errorOf(() => new Template('ab #{1 +}')).column).toBe(9)
    expect(errorOf(() => new Template('ab #{nodes}').render(world)).column).toBe(6)
  })
})

describe('errors point at the column', () => {
  test.each([
    ['nodes.n1.', 'syntax', 10],
    ['1 + * 2', 'syntax', 5],
    ['(1 + 2', 'syntax', 7],
    ["name == 'three", 'syntax', 9],
    ['1 }', 'syntax', 3],
    ['a ~ b', 'syntax', 3],
    ['none.role', 'null-access', 6],
    ['nodes.n1.rule', 'unknown-name', 10],
    ['name + nodes', 'type', 6],
    ["log[0].term - 'x'", 'type', 13],
    ['name && true', 'type', 1],
    ['#limit', 'unknown-name', 1],
    ['1 + fail()', 'call-failed', 5],
    ['log[nodes]', 'type', 4],
    ['9e999', 'syntax', 1],
  ])('%s', (text, code, column) => {
    const error = errorOf(() => value(text))
    expect([error.code, error.column]).toEqual([code, column])
    expect(error.message.split('\n').at(-1)).toBe(`${' '.repeat(column - 1)}^`)
  })

  test('the cause of a failed call is kept', () => {
    expect(errorOf(() => value('fail()')).cause).toBeInstanceOf(RangeError)
  })

  test('what is too deep for the stack is refused', () => {
    for (const text of ['('.repeat(5_000), `1${'+1'.repeat(5_000)}`, '-'.repeat(5_000)]) {
      expect(errorOf(() => new Expression(text)).code).toBe('too-long')
    }
  })

  test('whatever is written, the only error is an ExpressionError within the text', () => {
    const words = ['a', '.', '?.', '[', ']', '{', '}', "'", '#', '1', '+', ' ', '?', ':', '(', ')']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        let column = 1
        try {
          new Expression(text).evaluate({ a: { a: [1] } })
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error
          column = error.column
        }
        expect(column).toBeGreaterThan(0)
        expect(column).toBeLessThanOrEqual(text.length + 1)
      }),
      { numRuns: 500 },
    )
  })
})

/** Arithmetic as both this language and JavaScript read it. */
const { sum: arithmetic } = fc.letrec<{ sum: string; operand: string }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.nat(99).map(String),
    tie('sum').map((text) => `(${text})`),
    fc.nat(9).map((digit) => `-${digit}`),
  ),
  sum: fc
    .tuple(
      tie('operand'),
      fc.array(fc.tuple(fc.constantFrom('+', '-', '*', '/', '%'), tie('operand')), {
        maxLength: 4,
      }),
    )
    .map(([first, rest]) => [first, ...rest.flat()].join(' ')),
}))

function agreesWithReference(evaluate: (text: string) => unknown): fc.RunDetails<[string]> {
  const property = fc.property(arithmetic, (text) => {
    expect(evaluate(text)).toEqual(runInNewContext(text))
  })
  return fc.check(property, { numRuns: 300 })
}

describe('arithmetic', () => {
  test('gives what the reference gives', () => {
    expect(agreesWithReference((text) => value(text)).failed).toBe(false)
  })

  test.each([
    ['without precedence', (text: string) => value(text.replaceAll(/[()]/g, ''))],
    ['from the right', (text: string) => value(text.replaceAll(/- (\S+) \+/g, '- $1 -'))],
  ])('%s is noticed', (_, mutant) => {
    expect(agreesWithReference(mutant).failed).toBe(true)
  })
})
