/** A real server that was started for a test or a bench, on the loopback address. */
export interface RunningServer {
  readonly host: string
  /** Stays the same over restarts. */
  readonly port: number
  /** As its clients expect it, such as `postgres://postgres@127.0.0.1:20543/postgres`. */
  readonly url: string
  /** The operating system's id of the process; another one after every restart. */
  readonly pid: number
  /** What the server logged last, for messages to people. */
  logTail(): string
  /** Ends it in good order, forcibly after some patience, and removes its data. May be called again. */
  stop(): Promise<void>
  /** Ends it and all its children at once (SIGKILL), as a crash would. Its data stays. */
  kill(): Promise<void>
  /**
   * Starts it again on the same data and port, after ending it in good order if it runs. Resolves
   * when it answers; rejects with a `ServerError`.
   */
  restart(): Promise<void>
}
