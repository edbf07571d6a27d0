import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Linux counts the time of processors in ticks of a hundredth of a second. */
const tickUs = 10_000

/** What the processors did up to now, in microseconds. */
export interface Spent {
  /** This process and the ones that were named. */
  readonly own: number
  /** All processes of the machine. */
  readonly all: number
  readonly at: number
}

/** What the processors of the machine did so far, for this process and some others. */
export function spentBy(pids: readonly number[]): Spent {
  const { user, system } = process.cpuUsage()
  const own = pids.reduce((sum, pid) => sum + spentByProcess(pid), user + system)
  return { own, all: spentByAll(), at: performance.now() * 1000 }
}

/** How many of the processors were taken by processes of others between two looks. */
export function foreignCores(before: Spent, after: Spent): number {
  const foreign = after.all - before.all - (after.own - before.own)
  const cores = foreign / (after.at - before.at)
  return Math.round(Math.min(availableParallelism(), Math.max(0, cores)) * 100) / 100
}

/** Resident memory of a process, as Linux tells it. */
export function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}

/** Processor time of a process, in user and in kernel mode (proc(5), fields 14 and 15 of `stat`). */
function spentByProcess(pid: number): number {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field, the name, may hold spaces; it ends with the last bracket.
  const behindName = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(behindName[11]) + Number(behindName[12])) * tickUs
}

/** The busy time of all processors: everything of the first line but idle and waiting for a disk. */
function spentByAll(): number {
  const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const ticks = first.trim().split(/\s+/).slice(1, 9).map(Number)
  const [, , , idle = 0, ioWait = 0] = ticks
  return (ticks.reduce((sum, one) => sum + one, 0) - idle - ioWait) * tickUs
}
