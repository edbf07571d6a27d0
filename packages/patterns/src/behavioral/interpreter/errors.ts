/** What is wrong with an expression, and where. */

/** What can be wrong with an expression, or with the values that it meets. */
export type ExpressionErrorCode =
  | 'syntax'
  | 'too-long'
  | 'unknown-name'
  | 'null-access'
  | 'refused'
  | 'type'
  | 'call-failed'

/**
 * An expression that cannot be read or evaluated, with the place where it went wrong.
 *
 * The message ends with the expression and a caret under the column.
 *
 * @example
 * ```ts
 * import { ExpressionError } from '@lockstep/patterns/behavioral/interpreter/errors'
 *
 * const error = new ExpressionError('syntax', 'expected a value', 'a + ', 5)
 * if (!error.message.endsWith('a + \n    ^')) throw error
 * ```
 */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly code: ExpressionErrorCode
  readonly expression: string
  /** Counted from 1, in UTF-16 units. */
  readonly column: number

  constructor(
    code: ExpressionErrorCode,
    problem: string,
    expression: string,
    column: number,
    options?: ErrorOptions,
  ) {
    const lineStart = expression.lastIndexOf('\n', column - 2) + 1
    const lineEnd = expression.indexOf('\n', column - 1)
    const line = expression.slice(lineStart, lineEnd === -1 ? undefined : lineEnd)
    const caret = `${' '.repeat(column - 1 - lineStart)}^`
    super(`${problem} (column ${column})\n${line}\n${caret}`, options)
    this.code = code
    this.expression = expression
    this.column = column
  }
}
