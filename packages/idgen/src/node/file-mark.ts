import { type HighWaterMark, IdError } from '@lockstep/idgen'
import { readIfThere, writeDurably } from './durable-file.ts'

/**
 * Keeps the mark of one worker in a file of its own: one line with the time, in milliseconds of Unix time.
 *
 * A mark is written beside the file, synced, and renamed over it, so that a crash leaves the old one or the new one. It is
 * for one process at a time, on a disk that is there after a restart: a container's own file system mostly is not.
 */
export class FileMark implements HighWaterMark {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** @throws {IdError} `unavailable` where the file is there and does not hold a mark: it says how to mend it. */
  async load(): Promise<number | undefined> {
    const text = await readIfThere(this.#path)
    if (text === undefined) return undefined
    const markMs = Number(text)
    if (Number.isSafeInteger(markMs) && text === lineOf(markMs)) return markMs
    throw new IdError(
      'unavailable',
      `${this.#path} does not hold a mark: write into it a time in milliseconds that is above all ids of this worker, and a line break`,
    )
  }

  async save(markMs: number): Promise<void> {
    await writeDurably(this.#path, lineOf(markMs))
  }
}

function lineOf(markMs: number): string {
  return `${markMs}\n`
}
