/**
 * State: what an object does depends on where it stands, and only some ways lead on from there.
 *
 * ```text
 * created ──pay──▶ paid ──ship──▶ shipped        guard, exit, action, entry
 *    └──cancel──▶ cancelled
 * ```
 *
 * Intent: a life cycle as a table of states, events and targets. A transition that the table does
 * not have is a type error where the state is known, and a typed refusal where it is not. Guards,
 * actions and hooks are given when a machine is started, so the table stays plain and checkable.
 *
 * When not to use it: for two states, a boolean. For states within states, `behavioral/nested-state`.
 *
 * Lockstep has the idea in `packages/raft/src/raft.ts`: the roles of a member, and what leads from
 * one to another.
 */

/** For each state its events, and for each event the state that it leads to. */
export type Table = Readonly<Record<string, Readonly<Record<string, string>>>>

/** A table whose every target is one of its states. */
type Closed<T extends Table> = { readonly [S in keyof T]: { readonly [E in keyof T[S]]: keyof T } }

/** The states of a table. */
export type StateOf<T extends Table> = keyof T & string

/** The events that a state takes; without a state, all events. */
export type EventOf<T extends Table, S extends StateOf<T> = StateOf<T>> =
  S extends StateOf<T> ? keyof T[S] & string : never

/** One function for some of the transitions. */
type PerTransition<T extends Table, F> = {
  readonly [S in StateOf<T>]?: { readonly [E in EventOf<T, S>]?: F }
}

/** What happens around transitions, in this order: `guard`, `exit`, `action`, `entry`. */
export interface Behaviour<T extends Table, Context> {
  /** Whether the transition may be taken. It must not change anything. */
  readonly guard?: PerTransition<T, (context: Context) => boolean>
  readonly exit?: { readonly [S in StateOf<T>]?: (context: Context) => void }
  /** The state changes after it: if it throws, the transition has not happened. */
  readonly action?: PerTransition<T, (context: Context) => void>
  readonly entry?: { readonly [S in StateOf<T>]?: (context: Context) => void }
}

/**
 * A transition was refused: `undefined` if the table has none, `guarded` if its guard said no,
 * `busy` if a hook sent an event in the middle of a transition; `unknown-state` if there is no
 * such state.
 *
 * @example
 * ```ts
 * import { Machine, TransitionRefused } from '@lockstep/patterns/behavioral/state'
 *
 * const door = new Machine('open', { open: { close: 'closed' }, closed: { open: 'open' } })
 * try {
 *   door.replay(['open'])
 * } catch (error) {
 *   if (!(error instanceof TransitionRefused) || error.code !== 'undefined') throw error
 * }
 * ```
 */
export class TransitionRefused extends Error {
  override readonly name = 'TransitionRefused'
  readonly code: 'undefined' | 'guarded' | 'busy' | 'unknown-state'
  readonly state: string

  constructor(code: TransitionRefused['code'], state: string, problem: string) {
    super(`in state ${state}: ${problem}`)
    this.code = code
    this.state = state
  }
}

/**
 * A table with a place to begin.
 *
 * @example
 * ```ts
 * import { Machine } from '@lockstep/patterns/behavioral/state'
 *
 * const door = new Machine('open', {
 *   open: { close: 'closed' },
 *   closed: { open: 'open', lock: 'locked' },
 *   locked: { unlock: 'closed' },
 * })
 * const next: 'locked' = door.next('closed', 'lock')
 * if (next !== door.replay(['close', 'lock'])) throw new Error('two ways to say the same')
 * if (door.unreachable().length > 0) throw new Error('every state can be reached')
 * ```
 */
export class Machine<const T extends Table> {
  readonly initial: StateOf<T>
  /** Maps, so that an event named `constructor` is not found by accident. */
  readonly #ways: ReadonlyMap<string, ReadonlyMap<string, StateOf<T>>>

  constructor(initial: StateOf<T>, table: T & Closed<T>) {
    this.initial = initial
    this.#ways = new Map(
      Object.entries<Readonly<Record<string, string>>>(table).map(
        ([state, ways]) => [state, new Map(Object.entries(ways))] as const,
      ),
    )
  }

  /** The states, in the order of the table. */
  get states(): readonly StateOf<T>[] {
    return [...this.#ways.keys()] as StateOf<T>[]
  }

  /** The state after an event, where both are known to the compiler. */
  next<S extends StateOf<T>, E extends EventOf<T, S>>(state: S, event: E): T[S][E] & StateOf<T> {
    return this.target(state, event) as T[S][E] & StateOf<T>
  }

  /** The state after an event. @throws {TransitionRefused} `undefined` or `unknown-state` */
  target(state: string, event: string): StateOf<T> {
    const target = this.#waysFrom(state).get(event)
    if (target !== undefined) return target
    const known = [...this.#waysFrom(state).keys()].join(', ')
    throw new TransitionRefused('undefined', state, `${event} is none of [${known}]`)
  }

  /** The events that a state takes. @throws {TransitionRefused} `unknown-state` */
  eventsFrom(state: string): readonly EventOf<T>[] {
    return [...this.#waysFrom(state).keys()] as EventOf<T>[]
  }

  /** The state that a list of events leads to, from the beginning. @throws {TransitionRefused} */
  replay(events: readonly string[]): StateOf<T> {
    return events.reduce<StateOf<T>>((state, event) => this.target(state, event), this.initial)
  }

  /** States that no events lead to: mistakes of the table. */
  unreachable(): readonly StateOf<T>[] {
    const reached = this.#reachableFrom(this.initial)
    return this.states.filter((state) => !reached.has(state))
  }

  /** States from where no events lead to any of `final`: mistakes, or traps set on purpose. */
  trapped(final: readonly StateOf<T>[]): readonly StateOf<T>[] {
    return this.states.filter((state) => {
      const reached = this.#reachableFrom(state)
      return !final.some((end) => reached.has(end))
    })
  }

  /**
   * Begins a life: in the initial state, or where a saved one stood. No hook runs.
   *
   * @throws {TransitionRefused} `unknown-state`
   */
  start<Context>(
    context: Context,
    behaviour: Behaviour<T, Context> = {},
    state: string = this.initial,
  ): Life<T, Context> {
    this.#waysFrom(state)
    return new Life(this, context, behaviour, state)
  }

  #waysFrom(state: string): ReadonlyMap<string, StateOf<T>> {
    const ways = this.#ways.get(state)
    if (ways === undefined) throw new TransitionRefused('unknown-state', state, 'no such state')
    return ways
  }

  #reachableFrom(start: StateOf<T>): ReadonlySet<string> {
    const reached = new Set<string>([start])
    for (const state of reached) {
      for (const target of this.#waysFrom(state).values()) reached.add(target)
    }
    return reached
  }
}

/**
 * One object that goes through the states of a machine. `Machine.start` makes it.
 *
 * @example
 * ```ts
 * import { Machine } from '@lockstep/patterns/behavioral/state'
 *
 * const door = new Machine('open', { open: { close: 'closed' }, closed: { open: 'open' } })
 * const seen: string[] = []
 * const life = door.start(seen, { entry: { closed: (list) => list.push('it is dark') } })
 * life.send('close')
 * if (life.state !== 'closed' || seen.length !== 1 || life.can('close')) throw new Error('not shut')
 * ```
 */
export class Life<T extends Table, Context> {
  readonly #machine: Machine<T>
  readonly #context: Context
  readonly #behaviour: Behaviour<T, Context>
  #state: StateOf<T>
  #busy = false

  constructor(
    machine: Machine<T>,
    context: Context,
    behaviour: Behaviour<T, Context>,
    state: StateOf<T>,
  ) {
    this.#machine = machine
    this.#context = context
    this.#behaviour = behaviour
    this.#state = state
  }

  /** Save it, and give it to `start` to go on from there. */
  get state(): StateOf<T> {
    return this.#state
  }

  /** Whether `send` would take this event now. */
  can(event: EventOf<T>): boolean {
    return !this.#busy && this.#machine.eventsFrom(this.#state).includes(event) && this.#may(event)
  }

  /** Takes a transition and gives the new state. @throws {TransitionRefused} and what hooks throw */
  send(event: EventOf<T>): StateOf<T> {
    const from = this.#state
    if (this.#busy) {
      throw new TransitionRefused('busy', from, `${event} came in the middle of a transition`)
    }
    const target = this.#machine.target(from, event)
    if (!this.#may(event))
      throw new TransitionRefused('guarded', from, `${event} may not happen now`)
    this.#busy = true
    try {
      this.#behaviour.exit?.[from]?.(this.#context)
      this.#per(this.#behaviour.action, event)?.(this.#context)
      this.#state = target
      this.#behaviour.entry?.[target]?.(this.#context)
    } finally {
      this.#busy = false
    }
    return target
  }

  #may(event: EventOf<T>): boolean {
    return this.#per(this.#behaviour.guard, event)?.(this.#context) ?? true
  }

  #per<F>(functions: PerTransition<T, F> | undefined, event: EventOf<T>): F | undefined {
    const here = functions?.[this.#state] as Readonly<Record<string, F>> | undefined
    return here?.[event]
  }
}
