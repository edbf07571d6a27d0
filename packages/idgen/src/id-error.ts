/** Why there is no id. */
export type IdErrorCode =
  /** The clock shows an earlier time than ids were made for, or one before the epoch. */
  | 'clock-behind'
  /** All ids of the moment are taken; a later moment has more. */
  | 'exhausted'
  /** The layout has no room for a time as late as this one. */
  | 'time-exhausted'
  /** What was to be read is no id of this kind. */
  | 'not-an-id'
  /** What the ids come from (a database, Redis, a disk) did not answer. */
  | 'unavailable'
  /** The worker id is not ours any more. */
  | 'lease-lost'
  /** Nothing is kept under that name where the ids come from. */
  | 'no-such-sequence'
  /** The sequence came to its end: it has no further ids, now or later. */
  | 'sequence-exhausted'
  /** The layout cannot be. */
  | 'invalid-layout'
  /** An option or an argument is out of its bounds. */
  | 'invalid-option'

/** What is known beside the code and the text. */
export interface IdErrorDetails {
  /** After how many milliseconds another attempt can succeed. */
  readonly retryAfterMs?: number
  /** What the database, the disk or the client library said. */
  readonly cause?: unknown
}

/** No id was given: `code` says why, and the text how to mend it. Nothing was lost or used twice. */
export class IdError extends Error {
  override readonly name = 'IdError'
  readonly code: IdErrorCode
  /** After how many milliseconds another attempt can succeed, where that is known. */
  readonly retryAfterMs: number | undefined

  constructor(code: IdErrorCode, text: string, details: IdErrorDetails = {}) {
    super(text, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.retryAfterMs = details.retryAfterMs
  }
}
