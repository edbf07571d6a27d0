import { bytesOf, type Command, type Entry, payloadOf } from './command.ts'

/**
 * What a leader has appended and not committed, in bytes: when no majority answers, it would grow
 * for as long as clients ask.
 */
export class Backlog {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Whether a command may be appended now. One without a payload always may, and a large one where nothing waits. */
  hasRoomFor(command: Command): boolean {
    const bytes = payloadOf(command)
    return bytes === 0 || this.#bytes === 0 || this.#bytes + bytes <= this.#bytesMax
  }

  /** This leader appended an entry. */
  appended(entry: Entry): void {
    this.#bytes += bytesOf(entry)
  }

  /** An entry is committed; it may be one of an earlier term, which was not counted. */
  committed(entry: Entry): void {
    if (this.#bytes > 0) this.#bytes = Math.max(0, this.#bytes - bytesOf(entry))
  }

  /** This node leads from now on, or no longer. */
  clear(): void {
    this.#bytes = 0
  }
}
