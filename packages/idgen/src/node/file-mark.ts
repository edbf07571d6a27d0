import { constants, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type HighWaterMark, IdError } from '@lockstep/idgen'

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
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return undefined
    const markMs = Number(text)
    if (Number.isSafeInteger(markMs) && text === lineOf(markMs)) return markMs
    throw new IdError(
      'unavailable',
      `${this.#path} does not hold a mark: write into it a time in milliseconds that is above all ids of this worker, and a line break`,
    )
  }

  async save(markMs: number): Promise<void> {
    const directory = dirname(this.#path)
    const aside = `${this.#path}.new`
    await mkdir(directory, { recursive: true })
    const file = await open(aside, 'w')
    try {
      await file.writeFile(lineOf(markMs))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, this.#path)
    await syncDirectory(directory)
  }
}

function lineOf(markMs: number): string {
  return `${markMs}\n`
}

/** The renaming is durable once the directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
