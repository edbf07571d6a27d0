import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Finds a program by its name, on the PATH and then in further directories. */
export function findProgram(name: string, further: readonly string[] = []): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter)
  return [...onPath, ...further].map((directory) => join(directory, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
