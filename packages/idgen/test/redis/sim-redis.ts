import type { RedisCommands } from '../../src/redis/redis-commands.ts'
import { take } from '../../src/redis/scripts.ts'

interface State {
  readonly run: string
  readonly era: string
  readonly day: string
  readonly last: string
}

interface Data {
  readonly states: Map<string, State>
  readonly counters: Map<string, string>
}

let servers = 0

/** A Redis that does in TypeScript what the scripts do, and loses what it is told to lose. */
export class SimRedis implements RedisCommands {
  #data: Data = { states: new Map(), counters: new Map() }
  #saved: Data = { states: new Map(), counters: new Map() }
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
    this.#saved = copied(this.#data)
  }

  /** Another server process, with what was saved last. */
  lose(): void {
    this.#data = copied(this.#saved)
    if (this.#knowsRun) this.#run = `r${++servers}`
  }

  /** The same server process without any data. */
  flush(): void {
    this.#data = { states: new Map(), counters: new Map() }
  }

  async eval(
    script: string,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<readonly string[]> {
    await Promise.resolve()
    if (this.mode === 'down') throw new Error('connection refused')
    const [stateKey = '', counterKey = ''] = keys
    const answer =
      script === take
        ? this.#take(stateKey, counterKey, values)
        : this.#adopt(stateKey, counterKey, values)
    await Promise.resolve()
    if (this.mode === 'losing') throw new Error('connection reset')
    return answer
  }

  #take(stateKey: string, counterKey: string, values: readonly string[]): readonly string[] {
    const [day = '', count, highest, , known, era] = values
    const state = this.#data.states.get(stateKey)
    if (state === undefined || state.run !== this.#run) return ['unknown']
    if (Number(state.day) > Number(day)) return ['later', state.day]
    const counter = this.#data.counters.get(counterKey) ?? '0'
    if (counter !== (state.day === day ? state.last : '0')) return ['unknown']
    if (state.era === era && Number(counter) < Number(known)) return ['unknown']
    const last = Number(counter) + Number(count)
    if (last > Number(highest)) return ['exhausted']
    this.#data.counters.set(counterKey, String(last))
    this.#data.states.set(stateKey, { ...state, day, last: String(last) })
    return ['taken', String(last), state.era]
  }

  #adopt(stateKey: string, counterKey: string, values: readonly string[]): readonly string[] {
    const [day = '', era = '', last = ''] = values
    const state = this.#data.states.get(stateKey)
    if (state !== undefined && Number(state.era) >= Number(era)) return ['late']
    this.#data.counters.set(counterKey, last)
    this.#data.states.set(stateKey, { run: this.#run, era, day, last })
    return ['adopted']
  }
}

function copied({ states, counters }: Data): Data {
  return { states: new Map(states), counters: new Map(counters) }
}
