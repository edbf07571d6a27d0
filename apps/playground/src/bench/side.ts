import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Measured, Operation, Span } from './load.ts'

/** What a side needs to know before it begins. */
export interface SideOptions {
  readonly of: 'raft' | 'etcd'
  /** The most operations under way. */
  readonly lanes: number
  /** How many connections share the operations when they are pipelined. */
  readonly connections: number
  readonly keys: number
  readonly span: Span
}

/** What is measured at a time. */
export interface Load {
  /** Each operation over a connection of its own, or all over a few. */
  readonly shape: 'own' | 'pipelined'
  readonly operation: Operation
  readonly outstanding: number
  /** The processes of the other side. */
  readonly others: readonly number[]
}

/** A load as it was measured once. */
export interface Round extends Measured {
  /** Processor time of all nodes and the client together, of one operation. */
  readonly cpuUs: number
  /** How many cores other processes took meanwhile. */
  readonly foreign: number
}

/** What a side's process is asked, after its options. */
export type Asked = { readonly do: 'measure'; readonly load: Load } | { readonly do: 'memory' }

/** What it answers. */
export type Answer =
  | { readonly is: 'listening' }
  | { readonly is: 'ready'; readonly pids: readonly number[] }
  | { readonly is: 'round'; readonly round: Round }
  | { readonly is: 'memory'; readonly megabytes: readonly number[] }
  | { readonly is: 'failed'; readonly text: string }

type AnswerThat<Is extends Answer['is']> = Extract<Answer, { readonly is: Is }>

/**
 * A store with its clients, in a process of its own. Clients of two stores in one process would slow
 * each other: what they use of Node is compiled for both at once, and is worse for each.
 */
export class Side {
  readonly #child: ChildProcess
  readonly #ended: Promise<never>
  /** Its own process and those of its store. */
  readonly pids: readonly number[]

  private constructor(child: ChildProcess, ended: Promise<never>, pids: readonly number[]) {
    this.#child = child
    this.#ended = ended
    this.pids = pids
  }

  /** Starts the store and writes every key once. */
  static async start(options: SideOptions): Promise<Side> {
    const child = fork(fileURLToPath(new URL('./side-process.ts', import.meta.url)), {
      execArgv: ['--conditions=@lockstep/source'],
    })
    const ended = endOf(child)
    // Whoever waits for an answer sees it.
    ended.catch(() => undefined)
    try {
      await answered(child, ended, 'listening')
      const ready = answered(child, ended, 'ready')
      child.send(options)
      return new Side(child, ended, (await ready).pids)
    } catch (error) {
      await stopped(child)
      throw error
    }
  }

  async measure(load: Load): Promise<Round> {
    return (await this.#ask({ do: 'measure', load }, 'round')).round
  }

  /** Resident memory of the nodes. */
  async memory(): Promise<readonly number[]> {
    return (await this.#ask({ do: 'memory' }, 'memory')).megabytes
  }

  async stop(): Promise<void> {
    await stopped(this.#child)
  }

  async #ask<Is extends Answer['is']>(asked: Asked, is: Is): Promise<AnswerThat<Is>> {
    const answer = answered(this.#child, this.#ended, is)
    this.#child.send(asked)
    return await answer
  }
}

async function answered<Is extends Answer['is']>(
  child: ChildProcess,
  ended: Promise<never>,
  is: Is,
): Promise<AnswerThat<Is>> {
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer]
  if (answer.is === 'failed') throw new Error(answer.text)
  if (answer.is !== is) throw new Error(`a side of the bench said '${answer.is}', not '${is}'`)
  return answer as AnswerThat<Is>
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  throw new Error(`a side of the bench ended with ${signal ?? `code ${code}`}`)
}

/** It stops its store once nobody listens to it any more. */
async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  if (child.connected) child.disconnect()
  await exited
}
