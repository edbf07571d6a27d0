import type { Command } from './server-process.ts'

/** Where a server lives. */
export interface Place {
  /** For all that it writes. */
  readonly directory: string
  /** As many as the program asks for; clients use the first. */
  readonly ports: readonly number[]
  /** Settings in the server's own words, which come after those that it needs to run here. */
  readonly settings: Readonly<Record<string, string>>
}

/** How one kind of server is run. */
export interface ServerProgram {
  /** How many ports it listens on. */
  readonly ports: number
  /** What brings it, for people. */
  readonly remedy: string
  /** The signal that ends it in good order without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals
  /** What must be on the machine, as paths; `undefined` where it is not. */
  find(): readonly (string | undefined)[]
  /** Makes the data directory, once, before the first start. */
  prepare?(place: Place): Promise<void>
  command(place: Place): Promise<Command>
  url(port: number): string
  /** Whether it serves clients now. */
  isUp(port: number): Promise<boolean>
}
