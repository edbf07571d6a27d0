import { constants, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The text of a file; `undefined` if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** Writes a text beside a file, syncs it, and renames it over the file: a crash leaves the old one or the new one. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const directory = dirname(path)
  const aside = `${path}.new`
  await mkdir(directory, { recursive: true })
  const file = await open(aside, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
  await syncDirectory(directory)
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
