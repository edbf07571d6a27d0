import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { NodeId } from '@lockstep/process'
import type { LogLevel } from '../log/log-line.ts'
import { exitCodeOfSignal } from '../cli/signals.ts'

const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url))

/** What a node process tells its supervisor over the channel between them, once it listens. */
export interface Listening {
  readonly type: 'listening'
  readonly url: string
  readonly incarnation: number
  /** Where its metrics are, if it was told to serve them. */
  readonly metrics?: string
}

/** What a supervisor tells a node process that is to end along with all others. */
export const endNow = 'end now'

/** How a node process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Whether it came to its end as it was asked to. */
  readonly isOrderly: boolean
  /** The last lines that it wrote about itself. */
  readonly said: string
}

/** One node of a cluster as a running OS process. */
export interface Member {
  readonly id: NodeId
  readonly pid: number
  readonly url: string
  readonly incarnation: number
  /** Where its metrics are, if it serves them. */
  readonly metrics: string | undefined
  readonly ended: Promise<Ended>
  signal(signal: NodeJS.Signals): void
  /** Asks the process to finish and to end, and kills it when it does not within some seconds. */
  stop(): Promise<void>
  /** Ends the process in good order, without time to hand anything over: all others end too. */
  end(): Promise<void>
}

/** How to start a node process: the arguments of `lockstep node`. */
export interface MemberOptions {
  readonly id: NodeId
  readonly lab: string
  readonly cluster: string
  readonly directory: string
  readonly nodes: number
  /** Whether it is none of the founders, and waits until it is added. */
  readonly joins: boolean
  /** Holds what whoever connects must know. */
  readonly secretFile: string | undefined
  readonly flaws: readonly string[]
  /** Settings of the lab, as `name=value`. */
  readonly settings: readonly string[]
  /** Whether it serves metrics, on a free port. */
  readonly metrics: boolean
  readonly logLevel: LogLevel
}

/**
 * What a batch makes, its messages and entries, mostly dies with it: with a nursery of 16 MB a node
 * takes a seventh more puts than with one of 4 MB, or yet more, and a still larger one gains nothing
 * that shows. What outlives a batch is mostly what the store holds: left alone, V8 lets the heap grow to four
 * times that before it collects, which costs a hundred megabytes and gains nothing that shows. A node shares the
 * machine with others: one thread beside the main one collects and compiles.
 */
const nodeFlags = ['--max-semi-space-size=16', '--heap-growing-percent=80', '--v8-pool-size=1']

const startWithinMs = 60_000
const stopWithinMs = 10_000
const saidBytesMax = 4096

/**
 * Starts a node process and waits until it listens. The process ends when the channel to it closes,
 * so it never outlives its supervisor, however that one ends.
 */
export async function startMember(options: MemberOptions): Promise<Member> {
  const { id, directory } = options
  await mkdir(directory, { recursive: true })
  const child = spawn(process.execPath, [...nodeFlags, ...argumentsOf(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const ended = endOf(child)
  const listening = await untilListening(child, ended, id)
  const { pid } = child
  if (pid === undefined) throw new Error(`${id} has no process`)
  const finish = async (ask: () => void): Promise<void> => {
    child.kill('SIGCONT')
    ask()
    const overdue = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await ended
    clearTimeout(overdue)
  }
  return {
    id,
    pid,
    url: listening.url,
    incarnation: listening.incarnation,
    metrics: listening.metrics,
    ended,
    signal: (signal) => void child.kill(signal),
    stop: () => finish(() => child.kill('SIGTERM')),
    end: () =>
      finish(() => {
        if (child.connected) child.send(endNow, () => {})
      }),
  }
}

function argumentsOf(options: MemberOptions): string[] {
  const { id, lab, cluster, directory, nodes, joins, secretFile } = options
  const { flaws, settings, metrics, logLevel } = options
  const repeat = (option: string, values: readonly string[]): string[] =>
    values.flatMap((value) => [option, value])
  const fixed = ['--conditions=@lockstep/source', main, 'node', lab, '--id', id, '--dir', directory]
  const group = [
    '--cluster',
    cluster,
    '--nodes',
    String(nodes),
    '--listen',
    '127.0.0.1:0',
    '--log-level',
    logLevel,
  ]
  if (joins) group.push('--join')
  if (secretFile !== undefined) group.push('--secret-file', secretFile)
  if (metrics) group.push('--metrics-port', '0')
  return [...fixed, ...group, ...repeat('--flaw', flaws), ...repeat('--set', settings)]
}

function endOf(child: ChildProcess): Promise<Ended> {
  let said = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    said = (said + text).slice(-saidBytesMax)
  })
  return new Promise((resolve) => {
    const died = { code: null, signal: null, isOrderly: false }
    child.on('error', (error) => resolve({ ...died, said: error.message }))
    child.on('close', (code, signal) => {
      const isOrderly = code === 0 || code === exitCodeOfSignal('SIGTERM')
      resolve({ code, signal, isOrderly, said: said.trim() })
    })
  })
}

async function untilListening(
  child: ChildProcess,
  ended: Promise<Ended>,
  id: NodeId,
): Promise<Listening> {
  const listening = new Promise<Listening>((resolve) => {
    child.on('message', (message) => {
      if (isListening(message)) resolve(message)
    })
  })
  let overdue: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    overdue = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${id} did not start within ${startWithinMs / 1000} seconds.`))
    }, startWithinMs)
  })
  const early = ended.then(({ code, signal, said }): never => {
    throw new Error(`${id} ended before it listened (${signal ?? `exit code ${code}`}). ${said}`)
  })
  try {
    return await Promise.race([listening, early, late])
  } finally {
    clearTimeout(overdue)
  }
}

function isListening(message: unknown): message is Listening {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'listening' &&
    'url' in message &&
    typeof message.url === 'string' &&
    'incarnation' in message &&
    typeof message.incarnation === 'number' &&
    (!('metrics' in message) || typeof message.metrics === 'string')
  )
}
