import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory that goes away with its owner, or else with this process. */
export interface TemporaryDirectory {
  readonly path: string
  remove(): Promise<void>
}

/** Makes a new directory for temporary files; its name begins with the prefix. */
export async function temporaryDirectory(prefix: string): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), prefix))
  const options = { recursive: true, force: true, maxRetries: 5 }
  const atExit = (): void => rmSync(path, options)
  process.once('exit', atExit)
  return {
    path,
    remove: async () => {
      await rm(path, options)
      process.off('exit', atExit)
    },
  }
}
