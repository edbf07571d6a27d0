import type { Context, Milliseconds, NodeId } from './context.ts'
import type { Port, Reply } from './ports.ts'
import type { Message } from './process.ts'

/** What ends a sleep from outside: an `AbortSignal` is one. */
interface Signal {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

interface Waiting {
  /** The answer of a call; nothing after its time, or for a sleep. */
  readonly done: (reply: Reply | undefined) => void
  /** Who is to answer. */
  readonly from: NodeId | undefined
}

/** So many calls and sleeps can one incarnation of a process make. */
const callsMax = 2 ** 32

/**
 * A port for asynchronous code inside of a process, as library code is that a client uses too: it calls other nodes
 * and sleeps by the means of the process's context. The process sets `leavesPromises`, and lets the port see every
 * message, timer and sync first.
 */
export class ProcessPort implements Port {
  readonly id: NodeId
  readonly #context: Context
  readonly #waiting = new Map<number, Waiting>()
  #durable: { readonly position: number; readonly done: () => void }[] = []
  /** Where the numbers of this life begin. */
  readonly #before: number
  #last: number

  constructor(context: Context) {
    this.id = context.id
    this.#context = context
    // An answer to a former life is none to this one.
    this.#before = context.incarnation * callsMax
    this.#last = this.#before
  }

  wall(): Milliseconds {
    return this.#context.wall()
  }

  elapsed(): Milliseconds {
    return this.#context.elapsed()
  }

  random(label: string): number {
    return this.#context.random(label)
  }

  async sleep(after: Milliseconds, options: { readonly signal?: Signal } = {}): Promise<void> {
    const { signal } = options
    throwIfAborted(signal)
    const number = ++this.#last
    const slept = this.#wait(number, after, undefined)
    const leave = (): void => {
      const waiting = this.#waiting.get(number)
      this.#waiting.delete(number)
      this.#context.clearTimer(this.#nameOf(number))
      waiting?.done(undefined)
    }
    signal?.addEventListener('abort', leave)
    await slept
    signal?.removeEventListener('abort', leave)
    throwIfAborted(signal)
  }

  call(to: NodeId, request: Message, timeout: Milliseconds): Promise<Reply | undefined> {
    const id = ++this.#last
    const answered = this.#wait(id, timeout, to)
    this.#context.send(to, { ...request, id } as Message)
    return answered
  }

  /** Resolves once all that was written so far is durable. */
  synced(position: number): Promise<void> {
    return new Promise((done) => this.#durable.push({ position, done }))
  }

  /** A message arrived. Returns whether it was an answer to a call, late ones included. */
  received(from: NodeId, message: Message): boolean {
    const { re } = message as Partial<Reply>
    if (typeof re !== 'number') return false
    const waiting = this.#waiting.get(re)
    if (waiting?.from !== from) return true
    this.#waiting.delete(re)
    this.#context.clearTimer(this.#nameOf(re))
    waiting.done(message as Reply)
    return true
  }

  /** A timer came due. Returns whether it was one of this port. */
  timedOut(timer: string): boolean {
    if (!timer.startsWith(prefix)) return false
    const number = this.#before + Number(timer.slice(prefix.length))
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    waiting?.done(undefined)
    return true
  }

  /** Everything up to this position is durable. */
  reached(position: number): void {
    const done = this.#durable.filter((one) => one.position <= position)
    this.#durable = this.#durable.filter((one) => one.position > position)
    for (const one of done) one.done()
  }

  #wait(number: number, after: Milliseconds, from: NodeId | undefined): Promise<Reply | undefined> {
    this.#context.setTimer(this.#nameOf(number), after)
    return new Promise((done) => this.#waiting.set(number, { done, from }))
  }

  #nameOf(number: number): string {
    return `${prefix}${number - this.#before}`
  }
}

function throwIfAborted(signal: Signal | undefined): void {
  if (signal?.aborted === true) throw signal.reason
}

const prefix = 'call '
