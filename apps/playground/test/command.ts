import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../bin/lockstep.js', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves with the first line of stdout that contains a text. Rejects when the command ends without one. */
  readonly line: (text: string) => Promise<string>
}

/** Starts the command as a user would. */
export function startLockstep(args: readonly string[], options: { cwd?: string } = {}): Started {
  const child = spawn(process.execPath, [binary, ...args], {
    ...options,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const listener of listeners) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  const line = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = stdout.split('\n').find((one) => one.includes(text))
        if (found === undefined) return
        listeners.delete(look)
        resolve(found)
      }
      listeners.add(look)
      look()
      void finished.then(() => reject(new Error(`ended without '${text}': ${stdout}${stderr}`)))
    })
  return { child, finished, line }
}

/** Runs the command to its end, with what is piped into it. */
export async function lockstep(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string } = {},
): Promise<Finished> {
  const { input = '', ...rest } = options
  const { child, finished } = startLockstep(args, rest)
  child.stdin?.end(input)
  return finished
}

/** Runs something with a temporary directory, and removes it afterwards. */
export async function inDirectory<Value>(
  work: (directory: string) => Promise<Value>,
): Promise<Value> {
  const directory = await mkdtemp(join(tmpdir(), 'lockstep-test-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
