import type { FromSession, ToSession } from '../../session/protocol.ts'
import type { Connect, Listener, Transport } from './transport.ts'

/** The session could not do what it was asked for. `message` says how to mend it. */
export class Refused extends Error {
  readonly code: string

  constructor(code: string, text: string) {
    super(text)
    this.code = code
  }
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** A request as the page makes it; the session client numbers it. */
export type Request = Without<ToSession, 'request'>

export type Answer<T extends FromSession['type']> = Extract<FromSession, { type: T }>

interface Waiting {
  readonly resolve: (message: FromSession) => void
  readonly reject: (reason: Error) => void
}

/** An answer that is also the beginning of a run. */
function opensRun({ type }: FromSession): boolean {
  return type === 'opened' || type === 'traced'
}

const retryDelaysMs = [300, 600, 1200, 2400, 4800]

/** What happens to the connection, and every message that is not just the answer to a question. */
export interface SessionListener {
  status(status: Status): void
  message(message: FromSession): void
}

/** `failed` is a first connection that never came up, `lost` one that broke and is tried again. */
export type Status = 'connecting' | 'ready' | 'lost' | 'failed'

/** One conversation with whatever runs the world, over connections that may break. */
export class SessionClient {
  readonly #connect: Connect
  readonly #listener: SessionListener
  readonly #waiting: Map<number, Waiting> = new Map()
  #transport: Transport | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #welcomed = false
  #request = 0

  constructor(connect: Connect, listener: SessionListener) {
    this.#connect = connect
    this.#listener = listener
    this.#open('connecting')
  }

  /** Sends a request and resolves with its answer. Rejects with `Refused`. */
  ask(request: Request): Promise<FromSession> {
    return new Promise((resolve, reject) => {
      if (this.#transport === undefined) {
        reject(new Refused('not-connected', 'not connected'))
        return
      }
      const number = ++this.#request
      this.#waiting.set(number, { resolve, reject })
      this.#transport.send({ ...request, request: number })
    })
  }

  /** Ends the conversation; nothing is reported any more. */
  close(): void {
    clearTimeout(this.#retry)
    const transport = this.#transport
    this.#transport = undefined
    transport?.close()
  }

  #open(status: Status): void {
    this.#listener.status(status)
    const listener: Listener = {
      message: (message) => {
        if (this.#transport === transport) this.#receive(message)
      },
      closed: () => {
        if (this.#transport === transport) this.#lost()
      },
    }
    const transport = this.#connect(listener)
    this.#transport = transport
  }

  #receive(message: FromSession): void {
    if (message.type === 'welcome') {
      this.#welcomed = true
      this.#attempt = 0
      this.#listener.status('ready')
    }
    const waiting = 'request' in message ? this.#waiting.get(message.request) : undefined
    if (waiting === undefined || opensRun(message)) this.#listener.message(message)
    if ('request' in message) this.#waiting.delete(message.request)
    if (message.type === 'refused') waiting?.reject(new Refused(message.code, message.text))
    else waiting?.resolve(message)
  }

  #lost(): void {
    this.#transport = undefined
    for (const { reject } of this.#waiting.values())
      reject(new Refused('not-connected', 'the connection was lost'))
    this.#waiting.clear()
    if (!this.#welcomed) {
      this.#listener.status('failed')
      return
    }
    const delay = retryDelaysMs[Math.min(this.#attempt++, retryDelaysMs.length - 1)]
    this.#listener.status('lost')
    this.#retry = setTimeout(() => this.#open('lost'), delay)
  }
}
