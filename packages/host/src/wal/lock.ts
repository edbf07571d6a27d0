import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '../host-error.ts'

/** A directory that belongs to this process until it is released. */
export interface DirectoryLock {
  release(): Promise<void>
}

const lockName = 'lock'

/**
 * Takes a directory for this process, or throws a `HostError` with code `directory-locked`.
 *
 * The lock is a file that names its owner by process id and start time, so one that a killed
 * process left behind is recognised even when its id is in use again. The file appears whole (by
 * `link`), and a stale one is moved away before it is deleted: of several who find it, one wins.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const path = join(directory, lockName)
  const mine = join(directory, `${lockName}.${randomUUID()}`)
  const owner = await describe(process.pid)
  await writeFile(mine, owner ?? '')
  try {
    while (!(await linked(mine, path))) {
      const holder = await readOrNothing(path)
      if (holder === undefined) continue
      if (await isAlive(holder)) {
        const [pid] = holder.split(' ')
        throw new HostError(
          'directory-locked',
          `${directory} is in use by process ${pid}. Stop that process, or choose another directory.`,
        )
      }
      await removeStale(path, holder)
    }
  } finally {
    await rm(mine, { force: true })
  }
  return { release: () => rm(path, { force: true }) }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Removes the lock of a dead process, and puts back what turns out to be somebody's fresh one. */
async function removeStale(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  if ((await readOrNothing(aside)) !== holder) await linked(aside, path)
  await rm(aside, { force: true })
}

/** 'pid starttime'; the time is empty where the system does not tell it. `undefined`: no such process. */
async function describe(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return undefined
  }
  const stat = await readOrNothing(`/proc/${pid}/stat`)
  // The second field is the program's name in parentheses and may hold anything; the 22nd is the start time.
  const startTime = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  return `${pid} ${startTime}`
}

async function isAlive(holder: string): Promise<boolean> {
  const pid = Number.parseInt(holder, 10)
  return Number.isSafeInteger(pid) && pid > 0 && (await describe(pid)) === holder
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
