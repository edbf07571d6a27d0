import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'

/** Temporary directories of servers of a kind that are there now. */
export function directoriesOf(kind: string): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`lockstep-${kind}-`))
}

/** The direct children of a process; none where the system does not tell. */
export function childrenOf(pid: number): readonly number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}

/** Whether a process is there no more, but perhaps for its exit code. */
export function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return true
  }
}
