import { take } from '../redis/scripts.ts'

/** What the scripts keep of a name. */
interface NameState {
  readonly run: string
  readonly era: string
  readonly day: string
  readonly last: string
}

/** The data of a Redis, as far as the scripts of `redis/scripts.ts` know it, and what they do to it. */
export class CounterData {
  readonly #states: Map<string, NameState>
  readonly #counters: Map<string, string>

  constructor(from?: CounterData) {
    this.#states = new Map(from === undefined ? [] : from.#states)
    this.#counters = new Map(from === undefined ? [] : from.#counters)
  }

  /** Runs a script on the server process of that name. */
  eval(
    run: string,
    script: string,
    keys: readonly string[],
    values: readonly string[],
  ): readonly string[] {
    const [stateKey = '', counterKey = ''] = keys
    return script === take
      ? this.#take(run, stateKey, counterKey, values)
      : this.#adopt(run, stateKey, counterKey, values)
  }

  #take(
    run: string,
    stateKey: string,
    counterKey: string,
    values: readonly string[],
  ): readonly string[] {
    const [day = '', count, highest, , known, era] = values
    const state = this.#states.get(stateKey)
    if (state === undefined || state.run !== run) return ['unknown']
    if (Number(state.day) > Number(day)) return ['later', state.day]
    const counter = this.#counters.get(counterKey) ?? '0'
    if (counter !== (state.day === day ? state.last : '0')) return ['unknown']
    if (state.era === era && Number(counter) < Number(known)) return ['unknown']
    const last = Number(counter) + Number(count)
    if (last > Number(highest)) return ['exhausted']
    this.#counters.set(counterKey, String(last))
    this.#states.set(stateKey, { ...state, day, last: String(last) })
    return ['taken', String(last), state.era]
  }

  #adopt(
    run: string,
    stateKey: string,
    counterKey: string,
    values: readonly string[],
  ): readonly string[] {
    const [day = '', era = '', last = ''] = values
    const state = this.#states.get(stateKey)
    if (state !== undefined && Number(state.era) >= Number(era)) return ['late']
    this.#counters.set(counterKey, last)
    this.#states.set(stateKey, { run, era, day, last })
    return ['adopted']
  }
}
