import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { findProgram } from './find-program.ts'

/** What to run. */
export interface Command {
  readonly file: string
  readonly arguments: readonly string[]
  /** Runs it as another user, who must be named by numbers. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Where its output goes, at the end of the file; nowhere unless told otherwise. */
  readonly log?: string
}

/** How a process ended: its exit code, the signal that ended it, or why it never began. */
export interface Ended {
  readonly code: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly error: Error | undefined
}

/**
 * A child process that does not outlive this one: it is killed when this process exits and, where
 * the system can do that (Linux, with `setpriv` of util-linux), also when this process is killed.
 */
export class ServerProcess {
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #hasEnded = false

  private constructor(child: ChildProcess) {
    this.#child = child
    const atExit = (): void => {
      child.kill('SIGKILL')
    }
    process.once('exit', atExit)
    this.ended = new Promise((resolve) => {
      const end = (ended: Ended): void => {
        this.#hasEnded = true
        process.off('exit', atExit)
        resolve(ended)
      }
      child.once('error', (error) => end({ code: undefined, signal: undefined, error }))
      child.once('exit', (code, signal) =>
        end({ code: code ?? undefined, signal: signal ?? undefined, error: undefined }),
      )
    })
  }

  static launch(command: Command): ServerProcess {
    const output = command.log === undefined ? 'ignore' : openSync(command.log, 'a')
    try {
      const { file, args } = boundToParent(command)
      return new ServerProcess(
        spawn(file, args, { stdio: ['ignore', output, output], ...command.user }),
      )
    } finally {
      if (output !== 'ignore') closeSync(output)
    }
  }

  /** The operating system's id; 0 when the process never began. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Asks it to end, and kills it after `patienceMs` and whatever children it left behind. */
  async end(signal: NodeJS.Signals, patienceMs: number): Promise<void> {
    if (this.#hasEnded) return
    const family = descendants(this.pid)
    this.#child.kill(signal)
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs)
    await this.ended
    clearTimeout(impatience)
    killAll(family)
    await allGone(family)
  }

  /** Kills it and its children at once, and resolves when all are gone. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return
    const family = descendants(this.pid)
    killAll([this.pid, ...family])
    await this.ended
    await allGone(family)
  }
}

const pollMs = 5
const goneWithinMs = 10_000

/** Waits for processes that are not children of this one; they were killed already. */
async function allGone(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + goneWithinMs
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) throw new Error(`Processes ${pids.join()} do not end.`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** Whether a process is there and is not merely waiting to be reaped. */
function isAlive(pid: number): boolean {
  return (statOf(pid)?.state ?? 'Z') !== 'Z'
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

/** The children of a process and theirs, where the system tells (Linux); none elsewhere. */
function descendants(pid: number): readonly number[] {
  const children = new Map<number, number[]>()
  for (const name of processNames()) {
    const stat = statOf(Number(name))
    if (stat !== undefined)
      children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)])
  }
  const found: number[] = []
  for (let level = children.get(pid) ?? []; level.length > 0; ) {
    found.push(...level)
    level = level.flatMap((one) => children.get(one) ?? [])
  }
  return found
}

function processNames(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** State and parent of a process (proc(5), fields 3 and 4 of `stat`). */
function statOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, the name, may hold spaces; it ends with the last bracket.
    const [state = '', parent = ''] = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

/** The command in the hands of a program that has the kernel kill it when its parent dies. */
function boundToParent(command: Command): { readonly file: string; readonly args: string[] } {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined
  if (setpriv === undefined) return { file: command.file, args: [...command.arguments] }
  const args = ['--pdeathsig', 'KILL', '--', command.file, ...command.arguments]
  return { file: setpriv, args }
}
