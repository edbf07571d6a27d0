import { CounterData } from '../../src/lab/counter-data.ts'
import type { RedisCommands } from '../../src/redis/redis-commands.ts'

let servers = 0

/** A Redis that does in TypeScript what the scripts do, and loses what it is told to lose. */
export class SimRedis implements RedisCommands {
  #data = new CounterData()
  #saved = new CounterData()
  #run = `r${++servers}`
  /** `down` answers nobody, `losing` does what it is asked and answers nobody. */
  mode: 'up' | 'down' | 'losing' = 'up'
  /** Whether scripts ask which server process they run on. */
  readonly #knowsRun: boolean

  constructor({ knowsRun = true }: { readonly knowsRun?: boolean } = {}) {
    this.#knowsRun = knowsRun
  }

  /** What a restart, or a replica that takes over, would know. */
  save(): void {
    this.#saved = new CounterData(this.#data)
  }

  /** Another server process, with what was saved last. */
  lose(): void {
    this.#data = new CounterData(this.#saved)
    if (this.#knowsRun) this.#run = `r${++servers}`
  }

  /** The same server process without any data. */
  flush(): void {
    this.#data = new CounterData()
  }

  async eval(
    script: string,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<readonly string[]> {
    await Promise.resolve()
    if (this.mode === 'down') throw new Error('connection refused')
    const answer = this.#data.eval(this.#run, script, keys, values)
    await Promise.resolve()
    if (this.mode === 'losing') throw new Error('connection reset')
    return answer
  }
}
