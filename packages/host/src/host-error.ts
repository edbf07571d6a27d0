/** What went wrong, for programs; the message says it for people. */
export type HostErrorCode =
  /** The write-ahead log or a snapshot is damaged where no crash can have damaged it. */
  | 'wal-corrupt'
  /** Another process has the directory open. */
  | 'directory-locked'
  | 'disk-full'
  /** A write, a sync or another operation of the disk failed. */
  | 'disk-failed'
  /** The process threw out of a step, or wrote what is no plain data: a mistake in its code. */
  | 'step-failed'
  | 'port-taken'
  /** The secret that was given cannot be one. */
  | 'bad-secret'
  /** The shapes that were given cannot be some. */
  | 'bad-shapes'
  /** The other side refused the connection or the request, and said why. */
  | 'refused'
  /** Nobody answered at that address, or the connection went away. Whether a request was carried out is unknown. */
  | 'unreachable'

/** An error of the live world. */
export class HostError extends Error {
  override readonly name: string = 'HostError'
  readonly code: HostErrorCode

  constructor(code: HostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A disk that must not be believed. `start` on it could bring back what was taken back, or lose what was promised. */
export class CorruptLogError extends HostError {
  override readonly name: string = 'CorruptLogError'
  readonly file: string
  /** Bytes from the start of the file. */
  readonly offset: number
  readonly found: string

  constructor(file: string, offset: number, found: string) {
    super(
      'wal-corrupt',
      `${file} is damaged at byte ${offset}: ${found}. A crash cannot cause this, so the node does not start from it. Restore the directory from a copy, or wipe it and let the node rejoin as a new one.`,
    )
    this.file = file
    this.offset = offset
    this.found = found
  }
}

/** What the process wrote is no plain data, which is its mistake and not the disk's. */
export function notPlain(error: unknown): HostError {
  const text = 'an entry or a snapshot of the process cannot be encoded: it must be plain data'
  return new HostError('step-failed', text, { cause: error })
}
