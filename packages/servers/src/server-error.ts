/**
 * Why there is no server: its program is not on the machine, it did not begin to answer, or it was
 * stopped for good.
 */
export type ServerErrorCode = 'not-installed' | 'did-not-start' | 'stopped'

/** A server that could not be started. The message ends with what the server logged last. */
export class ServerError extends Error {
  readonly code: ServerErrorCode
  override readonly name = 'ServerError'

  constructor(code: ServerErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
