import { createWriteStream, fstatSync, openSync, renameSync, type WriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { note } from '../cli/output.ts'

/** Where a node with that directory has its log. */
export function logFileOf(directory: string): string {
  return join(directory, 'node.log')
}

/**
 * Lines at the end of a file, written beside the work of the process. A full file is put aside under
 * its name with `.1` behind it, where it replaces the one before, so a log takes twice `bytesMax`
 * at most, however often its node is started. A file that cannot be written is reported once and
 * given up: a node is worth more than its log.
 */
export class LogFile {
  readonly #path: string
  readonly #bytesMax: number
  #stream: WriteStream | undefined
  #bytes = 0
  #isBroken = false

  constructor(path: string, bytesMax: number = 4 << 20) {
    this.#path = path
    this.#bytesMax = bytesMax
  }

  write(line: string): void {
    if (this.#isBroken) return
    try {
      this.#stream ??= this.#open()
      if (this.#bytes >= this.#bytesMax) this.#stream = this.#begin(this.#stream)
    } catch (error) {
      this.#giveUp(error)
      return
    }
    const bytes = Buffer.from(`${line}\n`)
    this.#bytes += bytes.length
    this.#stream.write(bytes)
  }

  /** Resolves when what was written is with the operating system. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream === undefined || this.#isBroken) resolve()
      else this.#stream.once('close', () => resolve()).end()
    })
  }

  #open(): WriteStream {
    const fd = openSync(this.#path, 'a')
    this.#bytes = fstatSync(fd).size
    const stream = createWriteStream(this.#path, { fd })
    stream.on('error', (error) => this.#giveUp(error))
    return stream
  }

  /** Puts a full file aside and opens the next one. */
  #begin(full: WriteStream): WriteStream {
    full.end()
    renameSync(this.#path, `${this.#path}.1`)
    return this.#open()
  }

  #giveUp(error: unknown): void {
    if (this.#isBroken) return
    this.#isBroken = true
    note(`${this.#path} cannot be written, and gets no more lines: ${String(error)}`)
  }
}

/** The last lines of a log, oldest first; none when there is no such file. */
export async function lastLines(path: string, count: number): Promise<readonly string[]> {
  try {
    return (await readFile(path, 'utf8')).trimEnd().split('\n').slice(-count)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
