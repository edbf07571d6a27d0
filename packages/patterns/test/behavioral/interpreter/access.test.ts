import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExpressionError } from '../../../src/behavioral/interpreter/errors.ts'
import { Expression } from '../../../src/behavioral/interpreter/expression.ts'

class Account {
  readonly owner = 'ann'
  #balance = 7
  get balance(): number {
    return this.#balance
  }
  close(): string {
    return 'closed'
  }
}

const root = {
  text: 'text',
  list: [1, [2]],
  map: new Map([['k', 1]]),
  set: new Set([1]),
  account: new Account(),
  act: (): number => 1,
  make: (): unknown => Account,
}

const forbidden = new Set<unknown>(
  [Object, Array, String, Number, Boolean, Function, Map, Set, Account].map(
    (constructor) => constructor.prototype as unknown,
  ),
)

const name = fc.constantFrom(
  ...(
    '__proto__ constructor prototype toString valueOf hasOwnProperty __defineGetter__ ' +
    '__lookupGetter__ call apply bind at slice get balance close'
  ).split(' '),
  ...Object.keys(root),
)
const start = fc.constantFrom(
  ...'#root #root.account #root.act #this 1 {1} {a:1} true #f #f() #o'.split(' '),
)
const step = fc.oneof(
  name.map((word) => `.${word}`),
  name.map((word) => `['${word}']`),
  name.map((word) => `.${word}()`),
  name.map((word) => `.${word}('constructor')`),
  name.map((word) => `.![${word}]`),
  fc.constantFrom('[0]', '.balance', '.close()'),
)
const attacks = fc
  .tuple(start, fc.array(step, { minLength: 1, maxLength: 3 }))
  .map(([first, steps]) => [first, ...steps].join(''))
const variables = { f: () => root, o: Object.create({ inherited: 1 }) as object }

function leaks(value: unknown): boolean {
  return typeof value === 'function' || forbidden.has(value) || value === 'closed' || value === 7
}

function keepsPrototypes(evaluate: (text: string) => unknown): fc.RunDetails<[string]> {
  const property = fc.property(attacks, (text) => {
    let value: unknown
    try {
      value = evaluate(text)
    } catch (error) {
      if (error instanceof ExpressionError) return
      throw error
    }
    const values = Array.isArray(value) ? [value, ...(value as unknown[])] : [value]
    expect(values.some(leaks)).toBe(false)
  })
  return fc.check(property, { numRuns: 2_000 })
}

/** Takes every property as it comes. */
function naive(text: string): unknown {
  let value: unknown = root
  for (const [, word] of text.matchAll(/[.'](\w+)/g)) {
    value = (value as Record<string, unknown> | null | undefined)?.[word ?? '']
  }
  return value
}

describe('safe mode', () => {
  test('no expression reaches a prototype, a constructor, a getter or a function', () => {
    const result = keepsPrototypes((text) => new Expression(text).evaluate(root, { variables }))
    expect(fc.defaultReportMessage(result)).toBeUndefined()
  })

  test.each([
    ['that takes every property', naive],
    [
      'that reads what is inherited',
      (text: string) => new Expression(text).evaluate(root, { variables, access: 'open' }),
    ],
  ])('a reader %s is noticed', (_, mutant) => {
    expect(keepsPrototypes(mutant).failed).toBe(true)
  })

  test('an own getter is not run', () => {
    let runs = 0
    const sly = {
      get secret(): number {
        runs += 1
        return runs
      },
    }
    expect(() => new Expression('secret').evaluate(sly)).toThrow('secret is a getter')
    expect(() => new Expression('#this.![value]').evaluate(sly)).toThrow('secret is a getter')
    expect(runs).toBe(0)
  })

  test('a function that comes back from a call is refused', () => {
    expect(() => new Expression('make()').evaluate(root)).toThrow('make gave a function')
  })
})

describe('open mode', () => {
  const open = (text: string): unknown => new Expression(text).evaluate(root, { access: 'open' })

  test('reads getters and inherited methods', () => {
    expect(open('account.balance')).toBe(7)
    expect(open('account.close()')).toBe('closed')
  })

  test.each(['account.constructor', "account['__proto__']", 'act.prototype', 'text.constructor'])(
    'still refuses %s',
    (text) => {
      expect(() => open(text)).toThrow(ExpressionError)
    },
  )
})
