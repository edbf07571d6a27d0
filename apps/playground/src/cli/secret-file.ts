import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Option } from 'commander'
import { UsageError } from './usage.ts'

/** A secret, and the file that it was read from. */
export interface Secret {
  /** Absolute. */
  readonly file: string
  readonly text: string
}

const bytesMax = 4_096
/** The permissions of group and others. */
const others = 0o077

/** Where the secret of a cluster is. */
export function secretFileOption(): Option {
  return new Option(
    '--secret-file <file>',
    'holds a secret that whoever connects must know (openssl rand -hex 32); chmod 600',
  )
}

/**
 * Reads a secret; white space around it is none of it. Throws a `UsageError` for a file that is not
 * there, is empty or too large, or that others than its owner may read.
 */
export async function readSecret(name: string | undefined): Promise<Secret | undefined> {
  if (name === undefined) return undefined
  const file = resolve(name)
  const handle = await opened(file)
  try {
    const { mode, size } = await handle.stat()
    if ((mode & others) !== 0 && process.platform !== 'win32') {
      throw new UsageError(
        `${file} may be read by others than its owner, so it holds no secret. Say: chmod 600 ${file}`,
      )
    }
    if (size > bytesMax) {
      throw new UsageError(`${file} has ${size} bytes; a secret has ${bytesMax} at most.`)
    }
    const text = (await handle.readFile('utf8')).trim()
    if (text !== '') return { file, text }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw unreadable(file, error)
  } finally {
    await handle.close()
  }
  throw new UsageError(
    `${file} is empty. Write a secret into it that cannot be guessed: openssl rand -hex 32 > ${file}`,
  )
}

async function opened(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r')
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): UsageError {
  const reason = error instanceof Error ? error.message : String(error)
  return new UsageError(
    `The secret cannot be read from ${file}: ${reason}. Name a file that you may read with --secret-file.`,
  )
}
