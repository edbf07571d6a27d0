/** A mistake in how the command was called. The message says how to mend it; the exit code is 2. */
export class UsageError extends Error {
  readonly code = 'usage'
}

/** Exit codes of every command. */
export const exit = {
  /** The verdict is the expected one, or there was none to reach. */
  expected: 0,
  /** The verdict is not the expected one, or the work could not be done. */
  unexpected: 1,
  usage: 2,
} as const
