/** From words to a tree: one method for what may begin a value, one for what may follow it. */
import { ExpressionError } from './errors.ts'
import { type Token, tokenize } from './tokens.ts'
import type { BinaryOperator, Pick, Tree } from './tree.ts'

/** How close an operator binds. As in SpEL, a sign binds closer than a power: `-2 ^ 2` is 4. */
const BINDING: ReadonlyMap<string, readonly [BinaryOperator, number]> = new Map(
  (
    [
      ['||'],
      ['&&'],
      ['==', '!=', '<', '<=', '>', '>='],
      ['+', '-'],
      ['*', '/', '%'],
      ['^'],
    ] as const
  ).flatMap((operators, level) =>
    operators.map((operator) => [operator, [operator, level + 1] as const] as const),
  ),
)

const PICKS: ReadonlyMap<string, Pick> = new Map([
  ['?', 'all'],
  ['^', 'first'],
  ['$', 'last'],
])

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Keeps the recursion of the parser and of the evaluator far from the end of the stack. */
const STEPS_MAX = 1_000

/** A Pratt parser: one method for what may begin a value, one for what may follow it. */
class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #position = 0
  #steps = 0

  constructor(text: string, start: number) {
    this.#text = text
    this.#tokens = tokenize(text, start)
  }

  whole(): readonly [tree: Tree, end: number] {
    const tree = this.#expression()
    const last = this.#peek()
    if (last.type !== 'end') throw this.#unexpected('the end')
    return [tree, last.column - 1]
  }

  #peek(ahead = 0): Token {
    const last = this.#tokens.length - 1
    return this.#tokens[Math.min(this.#position + ahead, last)] as Token
  }

  #next(): Token {
    const token = this.#peek()
    this.#position += 1
    this.#steps += 1
    if (this.#steps > STEPS_MAX) {
      const problem = `an expression has at most ${STEPS_MAX} words`
      throw new ExpressionError('too-long', problem, this.#text, token.column)
    }
    return token
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead)
    return token.type === 'operator' && token.text === text
  }

  #take(text: string): boolean {
    const found = this.#is(text)
    if (found) this.#next()
    return found
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(text)
  }

  #unexpected(expected: string): ExpressionError {
    const { type, text, column } = this.#peek()
    const found = type === 'end' ? 'the end' : text
    const problem = `expected ${expected}, found ${found}`
    return new ExpressionError('syntax', problem, this.#text, column)
  }

  #expression(): Tree {
    const value = this.#binary(1)
    const { column } = this.#peek()
    if (this.#take('?:')) {
      return { type: 'elvis', value, otherwise: this.#expression(), column }
    }
    if (!this.#take('?')) return value
    const whenTrue = this.#expression()
    this.#expect(':')
    return { type: 'ternary', condition: value, whenTrue, whenFalse: this.#expression(), column }
  }

  #binary(weakest: number): Tree {
    let left = this.#unary()
    for (;;) {
      const { type, text, column } = this.#peek()
      const [operator, level] = (type === 'operator' && BINDING.get(text)) || []
      if (operator === undefined || level === undefined || level < weakest) return left
      this.#next()
      const right = this.#binary(operator === '^' ? level : level + 1)
      left = { type: 'binary', operator, left, right, column }
    }
  }

  #unary(): Tree {
    const { type, text, column } = this.#peek()
    if (type === 'operator' && (text === '-' || text === '+' || text === '!')) {
      this.#next()
      return { type: 'unary', operator: text, operand: this.#unary(), column }
    }
    return this.#steppedFrom(this.#primary())
  }

  #primary(): Tree {
    const { type, text, column } = this.#peek()
    if (type === 'end') throw this.#unexpected('a value')
    if (type === 'operator') return this.#bracketed()
    this.#next()
    if (type === 'number') return this.#number(text, column)
    if (type === 'string') return { type: 'literal', value: text, column }
    if (type === 'variable') {
      if (this.#is('(')) return { type: 'call', name: text, args: this.#arguments(), column }
      return { type: 'variable', name: text, column }
    }
    const literal = LITERALS.get(text)
    if (literal !== undefined) return { type: 'literal', value: literal, column }
    return this.#member({ type: 'variable', name: 'this', column }, text, column, false)
  }

  #number(digits: string, column: number): Tree {
    const value = Number(digits)
    if (Number.isFinite(value)) return { type: 'literal', value, column }
    throw new ExpressionError('syntax', 'this number is too large', this.#text, column)
  }

  #bracketed(): Tree {
    const { column } = this.#peek()
    if (this.#take('(')) {
      const inner = this.#expression()
      this.#expect(')')
      return inner
    }
    if (!this.#take('{')) throw this.#unexpected('a value')
    if (this.#is(':') && this.#is('}', 1)) {
      this.#next()
      this.#next()
      return { type: 'map', entries: [], column }
    }
    const keyed = /^(?:name|string)$/.test(this.#peek().type) && this.#is(':', 1)
    if (!keyed)
      return { type: 'list', elements: this.#until('}', () => this.#expression()), column }
    const entries = this.#until('}', () => {
      const key = this.#peek()
      if (key.type !== 'name' && key.type !== 'string') throw this.#unexpected('a key')
      this.#next()
      this.#expect(':')
      return [key.text, this.#expression()] as const
    })
    return { type: 'map', entries, column }
  }

  #until<T>(close: string, element: () => T): readonly T[] {
    const elements: T[] = []
    if (this.#take(close)) return elements
    do elements.push(element())
    while (this.#take(','))
    this.#expect(close)
    return elements
  }

  #arguments(): readonly Tree[] {
    this.#expect('(')
    return this.#until(')', () => this.#expression())
  }

  #member(target: Tree, name: string, column: number, safe: boolean): Tree {
    if (!this.#is('(')) return { type: 'property', target, name, safe, column }
    return { type: 'method', target, name, args: this.#arguments(), safe, column }
  }

  #steppedFrom(start: Tree): Tree {
    let target = start
    for (;;) {
      const { type, text } = this.#peek()
      if (type !== 'operator' || !/^(?:\??\.|\[)/.test(text)) return target
      this.#next()
      target = text.endsWith('[') ? this.#inBrackets(target, text) : this.#named(target, text)
    }
  }

  #named(target: Tree, dot: string): Tree {
    const { type, text, column } = this.#peek()
    if (type !== 'name') throw this.#unexpected('a name')
    this.#next()
    return this.#member(target, text, column, dot === '?.')
  }

  #inBrackets(target: Tree, opening: string): Tree {
    const { column } = this.#peek(-1)
    const inner = this.#expression()
    this.#expect(']')
    const safe = opening.startsWith('?.')
    const kind = opening.at(-2) ?? ''
    if (kind === '!') return { type: 'projection', target, value: inner, safe, column }
    const pick = opening.length > 2 && opening !== '?.[' ? PICKS.get(kind) : undefined
    if (pick === undefined) return { type: 'index', target, index: inner, safe, column }
    return { type: 'selection', target, pick, condition: inner, safe, column }
  }
}

/**
 * Reads one expression from `start` on, up to the end of `text` or to a `}` that nothing opened.
 *
 * @returns the tree, and the offset where reading stopped.
 * @throws {ExpressionError} `syntax` or `too-long`, at the word that does not fit.
 *
 * @example
 * ```ts
 * import { parse } from '@lockstep/patterns/behavioral/interpreter/parser'
 *
 * const [tree] = parse('1 + 2 * 3')
 * if (tree.type !== 'binary' || tree.operator !== '+') throw new Error(tree.type)
 * ```
 */
export function parse(text: string, start = 0): readonly [tree: Tree, end: number] {
  return new Parser(text, start).whole()
}
