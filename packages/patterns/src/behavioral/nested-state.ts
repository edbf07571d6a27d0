/**
 * State, nested: states within states, so that what holds for many is said once, around them.
 *
 * ```text
 *   ┌ on ──────────────────────────┐
 *   │  stopped ──play──▶ playing   │──power──▶ off
 *   │     ◀─────stop─────┘         │
 *   └──────────────────────────────┘
 * ```
 *
 * A state that has states is always in one of them; the innermost is the state of a life, and its
 * name is the path (`on.playing`). An event goes to the innermost state that takes it. Who leaves a
 * state leaves what is within it first; who enters one enters its initial state, or, if it
 * `remembers`, the state where it was left (deep history).
 *
 * A transition leaves the state that has it and enters its target, also if they are the same.
 *
 * Not for a table without nesting, of which `Machine` of `behavioral/state` says more to the
 * compiler. There are no parallel regions and no timers: two lives, and a clock that sends events,
 * do that.
 *
 * Lockstep has the idea in `packages/sim/src/node.ts`: a node is down, up or paused, and its process
 * has roles of its own only while it is not down.
 */
import { TransitionRefused } from './state.ts'

/** What a chart is made of. Targets of `on` are paths from the root of the chart. */
export interface Region {
  /** The state within that is entered first. */
  readonly initial: string
  readonly states: Readonly<Record<string, ChartState>>
}

/** One state; with `initial` and `states` it has states within. */
export interface ChartState {
  readonly on?: Readonly<Record<string, string>>
  readonly initial?: string
  readonly states?: Readonly<Record<string, ChartState>>
  /** Whether it is entered again where it was left. */
  readonly remembers?: boolean
}

/** The paths of all states of a chart. */
export type PathOf<N> = N extends { readonly states: infer S }
  ? { [K in keyof S & string]: K | `${K}.${PathOf<S[K]>}` }[keyof S & string]
  : never

/** The events that some state of a chart takes. */
export type ChartEvent<N> =
  | (N extends { readonly on: infer O } ? keyof O & string : never)
  | (N extends { readonly states: infer S }
      ? string extends keyof S
        ? string
        : { [K in keyof S]: ChartEvent<S[K]> }[keyof S]
      : never)

/** A chart whose every target is a path of it, and every initial state one of those within. */
type Sound<N, C> = {
  readonly [K in keyof N]: K extends 'on'
    ? { readonly [E in keyof N[K]]: PathOf<C> }
    : K extends 'initial'
      ? keyof (N extends { readonly states: infer S } ? S : never)
      : K extends 'states'
        ? { readonly [S in keyof N[K]]: Sound<N[K][S], C> }
        : N[K]
}

type PerPath<C, F> = { readonly [P in PathOf<C>]?: F }
type PerTransition<C, F> = PerPath<C, { readonly [E in ChartEvent<C>]?: F }>

/**
 * What happens around transitions, in this order: `guard`, each `exit` from within outwards,
 * `action`, each `entry` from outside inwards.
 */
export interface ChartBehaviour<C, Context> {
  /** Whether the transition may be taken; if not, the state around is asked. It changes nothing. */
  readonly guard?: PerTransition<C, (context: Context) => boolean>
  readonly exit?: PerPath<C, (context: Context) => void>
  /** The state changes after it: if it throws, the transition has not happened. */
  readonly action?: PerTransition<C, (context: Context) => void>
  readonly entry?: PerPath<C, (context: Context) => void>
}

/** Where a life stands, as plain data: the innermost state, and what was remembered on the way. */
export interface Standing {
  readonly state: string
  /** For states that remember, the innermost state where they were left. */
  readonly left: Readonly<Record<string, string>>
}

interface Place {
  readonly path: string
  readonly around: Place | undefined
  readonly remembers: boolean
  readonly initial: string | undefined
  readonly on: ReadonlyMap<string, string>
}

/** A place and all around it, the innermost first. */
function outwards(place: Place): readonly Place[] {
  const all: Place[] = []
  for (let at: Place | undefined = place; at !== undefined; at = at.around) all.push(at)
  return all
}

/**
 * A chart of nested states.
 *
 * @throws {TransitionRefused} `unknown-state` if a target or an initial state is none of the chart.
 *
 * @example
 * ```ts
 * import { Chart } from '@lockstep/patterns/behavioral/nested-state'
 *
 * const player = new Chart({
 *   initial: 'off',
 *   states: {
 *     off: { on: { power: 'on' } },
 *     on: {
 *       on: { power: 'off' },
 *       initial: 'stopped',
 *       remembers: true,
 *       states: { stopped: { on: { play: 'on.playing' } }, playing: { on: { stop: 'on.stopped' } } },
 *     },
 *   },
 * })
 * const life = player.start(null)
 * const states = (['power', 'play', 'power', 'power'] as const).map((event) => life.send(event))
 * if (states.join() !== 'on.stopped,on.playing,off,on.playing') throw new Error(states.join())
 * ```
 */
export class Chart<const C extends Region> {
  readonly #places = new Map<string, Place>()
  readonly #initial: Place

  constructor(chart: C & Sound<C, C>) {
    this.#add(chart.states, undefined)
    for (const { path, initial, on } of this.#places.values()) {
      if (initial !== undefined) this.#place(`${path}.${initial}`)
      for (const target of on.values()) this.#place(target)
    }
    this.#initial = this.#place(chart.initial)
  }

  /** The paths of all states, each before those within it. */
  get states(): readonly PathOf<C>[] {
    return [...this.#places.keys()] as PathOf<C>[]
  }

  /** Innermost states that no events lead to: mistakes of the chart. */
  unreachable(): readonly PathOf<C>[] {
    const reached = new Set([this.#innermost(this.#initial)])
    for (const leaf of reached) {
      for (const { on } of outwards(leaf)) {
        for (const target of on.values()) reached.add(this.#innermost(this.#place(target)))
      }
    }
    const leaves = [...this.#places.values()].filter(({ initial }) => initial === undefined)
    return leaves.filter((leaf) => !reached.has(leaf)).map(({ path }) => path) as PathOf<C>[]
  }

  /**
   * Begins a life: in the initial state, or where a saved one stood. No hook runs.
   *
   * @throws {TransitionRefused} `unknown-state` if the chart has no such innermost state.
   */
  start<Context>(
    context: Context,
    behaviour: ChartBehaviour<C, Context> = {},
    standing: Standing = { state: this.#innermost(this.#initial).path, left: {} },
  ): ChartLife<C> {
    for (const state of [standing.state, ...Object.values(standing.left)]) {
      if (this.#place(state).initial === undefined) continue
      throw new TransitionRefused('unknown-state', state, 'it is not innermost')
    }
    return new ChartLife<C>(this.#taking(context, behaviour), standing)
  }

  /** Takes an event where a life stands: where it stands then. */
  #taking<Context>(context: Context, behaviour: ChartBehaviour<C, Context>): Taking {
    const hooks = <F>(all: PerPath<C, F> | undefined): ReadonlyMap<string, F> =>
      new Map(Object.entries(all ?? {}) as [string, F][])
    const perEvent = <F>(all: PerTransition<C, F> | undefined) => {
      const found = hooks(all)
      return (path: string, event: string): F | undefined =>
        (found.get(path) as Readonly<Record<string, F>> | undefined)?.[event]
    }
    const [guard, action] = [perEvent(behaviour.guard), perEvent(behaviour.action)]
    const [exit, entry] = [hooks(behaviour.exit), hooks(behaviour.entry)]
    const chosen = (from: Place, event: string): readonly [Place, Place] => {
      const able = outwards(from).filter(({ on }) => on.has(event))
      const source = able.find(({ path }) => guard(path, event)?.(context) ?? true)
      if (source !== undefined) return [source, this.#place(source.on.get(event) ?? '')]
      const code = able.length === 0 ? 'undefined' : 'guarded'
      const why = code === 'undefined' ? 'no state around takes it' : 'it may not happen now'
      throw new TransitionRefused(code, from.path, `${event}: ${why}`)
    }
    return {
      may: ({ state }, event) => {
        const able = outwards(this.#place(state)).filter(({ on }) => on.has(event))
        return able.some(({ path }) => guard(path, event)?.(context) ?? true)
      },
      take: ({ state, left }, event, stand) => {
        const from = this.#place(state)
        const [source, target] = chosen(from, event)
        const stays = new Set(outwards(target).slice(1))
        const shared = outwards(source)
          .slice(1)
          .find((place) => stays.has(place))
        const leaving = outwards(from)
        const exits = leaving.slice(0, shared === undefined ? undefined : leaving.indexOf(shared))
        for (const { path } of exits) exit.get(path)?.(context)
        action(source.path, event)?.(context)
        const remembering = exits.filter(({ remembers }) => remembers)
        const known = {
          ...left,
          ...Object.fromEntries(remembering.map(({ path }) => [path, state])),
        }
        const leaf = this.#innermost(target, new Map(Object.entries(known)))
        stand({ state: leaf.path, left: known })
        const within = outwards(leaf)
        const entries = within.slice(0, shared === undefined ? undefined : within.indexOf(shared))
        for (const { path } of entries.toReversed()) entry.get(path)?.(context)
      },
    }
  }

  #add(states: Readonly<Record<string, ChartState>>, around: Place | undefined): void {
    for (const [name, { on = {}, initial, states: within, remembers = false }] of Object.entries(
      states,
    )) {
      const path = around === undefined ? name : `${around.path}.${name}`
      const place = { path, around, remembers, initial, on: new Map(Object.entries(on)) }
      this.#places.set(path, place)
      if (within !== undefined) this.#add(within, place)
    }
  }

  #place(path: string): Place {
    const place = this.#places.get(path)
    if (place !== undefined) return place
    throw new TransitionRefused('unknown-state', path, 'no such state in the chart')
  }

  /** Where one comes to stand who enters a place. */
  #innermost(place: Place, left?: ReadonlyMap<string, string>): Place {
    const known = place.remembers ? left?.get(place.path) : undefined
    if (known !== undefined) return this.#place(known)
    if (place.initial === undefined) return place
    return this.#innermost(this.#place(`${place.path}.${place.initial}`), left)
  }
}

interface Taking {
  may(standing: Standing, event: string): boolean
  /** `stand` is called between the action and the entries. */
  take(standing: Standing, event: string, stand: (after: Standing) => void): void
}

/**
 * One object that goes through the states of a chart. `Chart.start` makes it.
 *
 * @example
 * ```ts
 * import { Chart } from '@lockstep/patterns/behavioral/nested-state'
 *
 * const lamp = new Chart({ initial: 'dark', states: { dark: { on: { turn: 'lit' } }, lit: {} } })
 * const seen: string[] = []
 * const life = lamp.start(seen, { entry: { lit: (list) => list.push('light') } })
 * life.send('turn')
 * if (life.standing.state !== 'lit' || seen.length !== 1 || life.can('turn')) throw new Error('dark')
 * ```
 */
export class ChartLife<C> {
  readonly #taking: Taking
  #standing: Standing
  #busy = false

  constructor(taking: Taking, standing: Standing) {
    this.#taking = taking
    this.#standing = standing
  }

  /** Save it, and give it to `start` to go on from there. */
  get standing(): Standing {
    return this.#standing
  }

  /** Whether it is in a state, or in one within it. */
  in(path: PathOf<C>): boolean {
    const outer: string = path
    const { state } = this.#standing
    return state === outer || state.startsWith(`${outer}.`)
  }

  /** Whether `send` would take this event now. */
  can(event: ChartEvent<C>): boolean {
    return !this.#busy && this.#taking.may(this.#standing, event)
  }

  /** Takes a transition and gives the new state. @throws {TransitionRefused} and what hooks throw */
  send(event: ChartEvent<C>): PathOf<C> {
    if (this.#busy) {
      const problem = `${String(event)} came in the middle of a transition`
      throw new TransitionRefused('busy', this.#standing.state, problem)
    }
    this.#busy = true
    try {
      this.#taking.take(this.#standing, event, (after) => {
        this.#standing = after
      })
    } finally {
      this.#busy = false
    }
    return this.#standing.state as PathOf<C>
  }
}
