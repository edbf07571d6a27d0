/** From text to words, each with its column. */
import { ExpressionError } from './errors.ts'

/** One word of an expression. `column` is counted from 1. */
export interface Token {
  readonly type: 'number' | 'string' | 'name' | 'variable' | 'operator' | 'end'
  /** The operator or the name; of a string its value; of a number its digits. */
  readonly text: string
  readonly column: number
}

/** Longer ones first, since the first that fits is taken. */
const OPERATORS: readonly string[] = (
  '?.?[ ?.![ ?.^[ ?.$[ .?[ .![ .^[ .$[ ?.[ ?. ?: == != <= >= && || ' +
  '+ - * / % ^ < > ! ? : . , ( ) [ ] { }'
).split(' ')

/** Operators by their names, for places where the signs would have to be escaped. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
  ['div', '/'],
  ['mod', '%'],
])

/**
 * Whether a name means something else where a value may begin, so that only a dot makes it a name.
 *
 * @example
 * ```ts
 * import { isReserved } from '@lockstep/patterns/behavioral/interpreter/tokens'
 *
 * if (!isReserved('and') || isReserved('land')) throw new Error('and is an operator')
 * ```
 */
export function isReserved(name: string): boolean {
  return WORDS.has(name) || /^(?:true|false|null)$/.test(name)
}

const SPACE = /\s+/y
const NUMBER = /0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const NAME = /#?[\p{L}_$][\p{L}\p{N}_$]*/uy
const STRING = /'(?:[^']|'')*'|"(?:[^"]|"")*"/y

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** The token at `at`, and the number of characters that it takes. */
function tokenAt(text: string, at: number, afterDot: boolean): readonly [Token, number] {
  const column = at + 1
  const number = match(NUMBER, text, at)
  if (number !== undefined) return [{ type: 'number', text: number, column }, number.length]
  const string = match(STRING, text, at)
  if (string !== undefined) {
    const quote = string.charAt(0)
    const value = string.slice(1, -1).replaceAll(quote + quote, quote)
    return [{ type: 'string', text: value, column }, string.length]
  }
  const name = match(NAME, text, at)
  if (name?.startsWith('#')) {
    return [{ type: 'variable', text: name.slice(1), column }, name.length]
  }
  if (name !== undefined) {
    const operator = afterDot ? undefined : WORDS.get(name)
    const type = operator === undefined ? 'name' : 'operator'
    return [{ type, text: operator ?? name, column }, name.length]
  }
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at))
  if (operator !== undefined) return [{ type: 'operator', text: operator, column }, operator.length]
  const problem = /['"]/.test(text.charAt(at))
    ? 'this string is not closed'
    : `unexpected ${text.charAt(at)}`
  throw new ExpressionError('syntax', problem, text, column)
}

/**
 * Splits `text` from `start` on into tokens, up to its end or to a `}` that nothing opened.
 *
 * The last token is of type `end` and stands where reading stopped.
 *
 * @throws {ExpressionError} `syntax`, at what is no token.
 *
 * @example
 * ```ts
 * import { tokenize } from '@lockstep/patterns/behavioral/interpreter/tokens'
 *
 * const words = tokenize("role == 'leader'").map(({ text }) => text)
 * if (words.join('|') !== 'role|==|leader|') throw new Error(words.join('|'))
 * ```
 */
export function tokenize(text: string, start = 0): readonly Token[] {
  const tokens: Token[] = []
  let open = 0
  let at = start
  for (;;) {
    at += match(SPACE, text, at)?.length ?? 0
    if (at >= text.length) break
    const before = tokens.at(-1)
    const afterDot = before?.type === 'operator' && /^\??\.$/.test(before.text)
    const [token, length] = tokenAt(text, at, afterDot)
    if (token.type === 'operator') {
      if (token.text === '{') open += 1
      if (token.text === '}' && (open -= 1) < 0) break
    }
    tokens.push(token)
    at += length
  }
  tokens.push({ type: 'end', text: '', column: at + 1 })
  return tokens
}
