import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from './free-ports.ts'
import type { RunningServer } from './running-server.ts'
import { ServerError } from './server-error.ts'
import { type Ended, ServerProcess } from './server-process.ts'
import type { Place, ServerProgram } from './server-program.ts'
import { type TemporaryDirectory, temporaryDirectory } from './temporary.ts'

const startWithinMs = 60_000
const stopWithinMs = 15_000
const pollMs = 20
const tailLines = 40
const portsTriedMax = 5

/** A server of this machine with a temporary directory of its own. */
export class LocalServer implements RunningServer {
  readonly host = '127.0.0.1'
  readonly #name: string
  readonly #program: ServerProgram
  readonly #directory: TemporaryDirectory
  #place: Place
  #process: ServerProcess | undefined
  #isStopped = false

  private constructor(
    name: string,
    program: ServerProgram,
    directory: TemporaryDirectory,
    settings: Place['settings'],
  ) {
    this.#name = name
    this.#program = program
    this.#directory = directory
    this.#place = { directory: directory.path, ports: [], settings }
  }

  /** Resolves when the server answers. When it does not start nothing of it is left behind. */
  static async start(
    name: string,
    program: ServerProgram,
    settings: Place['settings'] = {},
  ): Promise<LocalServer> {
    const directory = await temporaryDirectory(`lockstep-${name}-`)
    const server = new LocalServer(name, program, directory, settings)
    try {
      await program.prepare?.(server.#place)
      await server.#startOnFreePorts()
      return server
    } catch (error) {
      await server.stop()
      if (error instanceof ServerError) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new ServerError('did-not-start', `The data of ${name} could not be made: ${why}`)
    }
  }

  get port(): number {
    return this.#place.ports[0] ?? 0
  }

  get url(): string {
    return this.#program.url(this.port)
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  logTail(): string {
    try {
      return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-tailLines).join('\n')
    } catch {
      return ''
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#end()
    await this.#directory.remove()
  }

  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  async restart(): Promise<void> {
    if (this.#isStopped) {
      throw new ServerError('stopped', `${this.#name} was stopped, and its data is gone.`)
    }
    await this.#end()
    await this.#launch()
  }

  get #log(): string {
    return join(this.#directory.path, 'server.log')
  }

  async #end(): Promise<void> {
    await this.#process?.end(this.#program.stopSignal, stopWithinMs)
  }

  /** Another program may take a port between its choice and its use; then others are tried. */
  async #startOnFreePorts(): Promise<void> {
    for (let tried = 1; ; tried++) {
      this.#place = { ...this.#place, ports: await freePorts(this.#program.ports) }
      try {
        await this.#launch()
        return
      } catch (error) {
        if (tried === portsTriedMax || !/in use/i.test(this.logTail())) throw error
      }
    }
  }

  async #launch(): Promise<void> {
    const command = await this.#program.command(this.#place)
    const launched = ServerProcess.launch({ ...command, log: this.#log })
    this.#process = launched
    let ended: Ended | undefined
    void launched.ended.then((how) => {
      ended = how
    })
    const deadline = performance.now() + startWithinMs
    while (!(await this.#program.isUp(this.port))) {
      if (ended !== undefined) throw this.#didNotStart(`it ended with ${told(ended)}`)
      if (performance.now() > deadline) {
        await launched.kill()
        throw this.#didNotStart(`it did not answer within ${startWithinMs / 1000} s`)
      }
      await sleep(pollMs)
    }
  }

  #didNotStart(why: string): ServerError {
    const message = `${this.#name} did not start: ${why}. It logged last:\n${this.logTail()}`
    return new ServerError('did-not-start', message)
  }
}

function told({ code, signal, error }: Ended): string {
  if (error !== undefined) return error.message
  return signal === undefined ? `exit code ${code}` : signal
}
