import { IdError } from '../id-error.ts'

/** What the drivers call a table or sequence that is not there. */
const missing: ReadonlySet<string> = new Set([
  // PostgreSQL: undefined_table, which it says of sequences too.
  '42P01',
  'ER_NO_SUCH_TABLE',
])

/** What PostgreSQL calls a native sequence that came to its end: sequence_generator_limit_exceeded. */
const runOut = '2200H'

/**
 * What a failed statement means to whoever wanted ids. `what` names the sequence or table, `remedy`
 * says how it is made.
 */
export function sqlFailure(error: unknown, what: string, remedy: string): IdError {
  if (error instanceof IdError) return error
  const { code = '', message = String(error) } = error as { code?: unknown; message?: string }
  const details = { cause: error }
  if (missing.has(String(code)) || /no such table/.test(message)) {
    return new IdError('no-such-sequence', `there is no ${what}: ${remedy}`, details)
  }
  if (code === runOut) {
    return new IdError('sequence-exhausted', `${what} has come to its end`, details)
  }
  return new IdError('unavailable', `the database did not give ids of ${what}: ${message}`, details)
}
