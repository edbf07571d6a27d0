import { write, writev } from 'node:fs'
import { constants, type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A file open for writes that are durable when they return. */
export interface SyncedFile {
  /** Writes the parts one behind the other, from byte `at` on; once it resolves they survive a power loss. */
  write(parts: readonly Uint8Array[], at: number): Promise<void>
  close(): Promise<void>
}

/** What the log needs of a directory. Names have no path in them. */
export interface Files {
  list(): Promise<readonly string[]>
  read(name: string): Promise<Uint8Array>
  /** Makes or replaces a file, one write a part. Its content is durable on return; its name is not. */
  write(name: string, parts: readonly Uint8Array[]): Promise<void>
  /** Cuts a file to a length; durable on return. */
  truncate(name: string, length: number): Promise<void>
  open(name: string): Promise<SyncedFile>
  /** Durable only after `syncDirectory`, as is `remove`. */
  rename(from: string, to: string): Promise<void>
  remove(name: string): Promise<void>
  syncDirectory(): Promise<void>
}

/** A directory of this machine. */
export class DirectoryFiles implements Files {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  list(): Promise<readonly string[]> {
    return readdir(this.#path)
  }

  read(name: string): Promise<Uint8Array> {
    return readFile(join(this.#path, name))
  }

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    await using file = await open(join(this.#path, name), 'w')
    let at = 0
    for (const part of parts) {
      await writeAll(file, [part], at)
      at += part.length
    }
    await file.sync()
  }

  async truncate(name: string, length: number): Promise<void> {
    await using file = await open(join(this.#path, name), 'r+')
    await file.truncate(length)
    await file.sync()
  }

  async open(name: string): Promise<SyncedFile> {
    // With O_DSYNC a write and its sync are one trip to the thread pool.
    const file = await open(join(this.#path, name), constants.O_WRONLY | constants.O_DSYNC)
    return {
      write: (parts, at) => writeAll(file, parts, at),
      close: () => file.close(),
    }
  }

  rename(from: string, to: string): Promise<void> {
    return rename(join(this.#path, from), join(this.#path, to))
  }

  remove(name: string): Promise<void> {
    return rm(join(this.#path, name), { force: true })
  }

  async syncDirectory(): Promise<void> {
    await using directory = await open(this.#path, 'r')
    await directory.sync()
  }
}

async function writeAll(file: FileHandle, parts: readonly Uint8Array[], at: number): Promise<void> {
  let left = parts
  let position = at
  while (left.length > 0) {
    const written = await writeOnce(file.fd, left, position)
    position += written
    left = behind(left, written)
  }
}

/** One trip to the thread pool; asked for by callback, since a handle's own promise keeps the event loop busy for longer. */
function writeOnce(fd: number, parts: readonly Uint8Array[], at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: NodeJS.ErrnoException | null, written: number): void => {
      if (error === null) resolve(written)
      else reject(error)
    }
    const [first] = parts
    if (parts.length === 1 && first !== undefined) write(fd, first, 0, first.length, at, done)
    else writev(fd, parts, at, done)
  })
}

/** What is left of the parts when their first `count` bytes are gone. */
function behind(parts: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let gone = count
  for (const [index, part] of parts.entries()) {
    if (gone < part.length) return [part.subarray(gone), ...parts.slice(index + 1)]
    gone -= part.length
  }
  return []
}
