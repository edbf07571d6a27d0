import { createWriteStream, renameSync, type WriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { note } from '../cli/output.ts'

const bytesMax = 4 << 20

/** Where a node with that directory has its log. */
export function logFileOf(directory: string): string {
  return join(directory, 'node.log')
}

/**
 * Lines at the end of a file, written beside the work of the process. A full file is put aside
 * under its name with `.1` behind it, so a node's lines take 8 MiB at most after each start. A
 * file that cannot be written is reported once and given up: a node is worth more than its log.
 */
export class LogFile {
  readonly #path: string
  #stream: WriteStream | undefined
  #bytes = 0
  #isBroken = false

  constructor(path: string) {
    this.#path = path
  }

  write(line: string): void {
    if (this.#isBroken) return
    if (this.#bytes > bytesMax) this.#putAside()
    this.#stream ??= this.#open()
    this.#bytes += line.length + 1
    this.#stream.write(`${line}\n`)
  }

  /** Resolves when what was written is with the operating system. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream === undefined || this.#isBroken) resolve()
      else this.#stream.once('close', () => resolve()).end()
    })
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#path, { flags: 'a' })
    stream.on('error', (error) => this.#giveUp(error))
    return stream
  }

  #putAside(): void {
    this.#stream?.end()
    this.#stream = undefined
    this.#bytes = 0
    try {
      renameSync(this.#path, `${this.#path}.1`)
    } catch (error) {
      this.#giveUp(error)
    }
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
