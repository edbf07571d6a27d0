import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Chart, type ChartState, type Standing } from '../../src/behavioral/nested-state.ts'
import { TransitionRefused } from '../../src/behavioral/state.ts'

const paths = ['a', 'a.x', 'a.x.p', 'a.x.q', 'a.y', 'b', 'b.z', 'c']
const events = ['go', 'stop', 'constructor']

/** What is drawn of each state: its transitions, whether it remembers, and which child is first. */
const drawn = fc.record({
  on: fc.dictionary(fc.constantFrom(...events), fc.constantFrom(...paths), { maxKeys: 2 }),
  remembers: fc.boolean(),
  last: fc.boolean(),
})
const charts = fc.record(Object.fromEntries(paths.map((path) => [path, drawn])))
type Drawn = Readonly<
  Record<string, { on: Record<string, string>; remembers: boolean; last: boolean }>
>

const parent = (path: string): string => path.split('.').slice(0, -1).join('.')
const name = (path: string): string => path.split('.').at(-1) ?? ''
const childrenOf = (path: string): string[] => paths.filter((each) => parent(each) === path)
const initialOf = (all: Drawn, path: string): string | undefined =>
  childrenOf(path).at(all[path]?.last === true ? -1 : 0)

function stateOf(all: Drawn, path: string): ChartState {
  const { on = {}, remembers = false } = all[path] ?? {}
  const within = childrenOf(path)
  if (within.length === 0) return { on, remembers }
  const states = Object.fromEntries(within.map((each) => [name(each), stateOf(all, each)]))
  return { on, remembers, states, initial: name(initialOf(all, path) ?? '') }
}

function chartOf(all: Drawn): Chart<{ initial: string; states: Record<string, ChartState> }> {
  const { initial = '', states = {} } = stateOf(all, '')
  return new Chart({ initial, states })
}

/** The chart by strings alone: prefixes of the path, and nothing of places. */
class Reference {
  state: string
  readonly left = new Map<string, string>()
  readonly trace: string[] = []
  readonly #all: Drawn

  constructor(all: Drawn) {
    this.#all = all
    this.state = this.#descend('a')
  }

  send(event: string, forbids: readonly string[]): string | undefined {
    const upward = this.#upward(this.state)
    const able = upward.filter((path) => Object.hasOwn(this.#all[path]?.on ?? {}, event))
    const source = able.find((path) => !forbids.includes(`${path} ${event}`))
    if (source === undefined) return able.length === 0 ? 'undefined' : 'guarded'
    const target = this.#all[source]?.on[event] ?? ''
    const around = this.#upward(parent(source)).find((path) => target.startsWith(`${path}.`)) ?? ''
    const inside = (path: string): boolean => around === '' || path.startsWith(`${around}.`)
    for (const path of upward.filter(inside)) {
      this.trace.push(`exit ${path}`)
      if (this.#all[path]?.remembers === true) this.left.set(path, this.state)
    }
    this.trace.push(`${source} ${event}`)
    this.state = this.#descend(target)
    for (const path of this.#upward(this.state).filter(inside).toReversed()) {
      this.trace.push(`entry ${path}`)
    }
    return undefined
  }

  #upward(path: string): string[] {
    return path === '' ? [] : [path, ...this.#upward(parent(path))]
  }

  #descend(path: string): string {
    const known = this.#all[path]?.remembers === true ? this.left.get(path) : undefined
    const initial = initialOf(this.#all, path)
    return known ?? (initial === undefined ? path : this.#descend(initial))
  }
}

type Change = (all: Drawn) => Drawn
const sent = fc.array(fc.constantFrom(...events, 'unknown'), { maxLength: 12, size: 'max' })
const forbidden = fc.subarray(paths.map((path) => `${path} go`))

function refusal(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof TransitionRefused) return error.code
    throw error
  }
}

/** A life does what the reference does. `change` and `forget` are the planted mistakes. */
function behaves(
  change: Change = (all) => all,
  forget = false,
): fc.RunDetails<[Drawn, string[], string[]]> {
  const property = fc.property(charts, sent, forbidden, (all, list, forbids) => {
    const reference = new Reference(all)
    const trace: string[] = []
    const hooks = (kind: string) =>
      Object.fromEntries(paths.map((path) => [path, () => void trace.push(`${kind} ${path}`)]))
    const per = <F>(make: (path: string, event: string) => F) =>
      Object.fromEntries(
        paths.map((path) => [path, Object.fromEntries(events.map((e) => [e, make(path, e)]))]),
      )
    const behaviour = {
      guard: per((path, event) => () => !forbids.includes(`${path} ${event}`)),
      action: per((path, event) => () => void trace.push(`${path} ${event}`)),
      exit: hooks('exit'),
      entry: hooks('entry'),
    }
    const chart = chartOf(change(all))
    let life = chart.start(null, behaviour)
    for (const event of list) {
      const expected = reference.send(event, forbids)
      expect(life.can(event)).toBe(expected === undefined)
      expect(refusal(() => life.send(event))).toBe(expected)
      expect(life.standing.state).toBe(reference.state)
      expect(life.in('a')).toBe(reference.state.startsWith('a'))
      expect(trace).toEqual(reference.trace)
      // Every life is saved and taken up again between two events.
      const { state, left } = JSON.parse(JSON.stringify(life.standing)) as Standing
      life = chart.start(null, behaviour, { state, left: forget ? {} : left })
    }
  })
  return fc.check(property, { numRuns: 500, seed: 7 })
}

const each = (change: (one: Drawn[string], path: string) => Drawn[string]) => (all: Drawn) =>
  Object.fromEntries(Object.entries(all).map(([path, one]) => [path, change(one, path)]))

describe('a chart', () => {
  test('goes where the reference goes, through the same exits, actions and entries', () => {
    expect(fc.defaultReportMessage(behaves())).toBeUndefined()
  })

  test.each<[string, Change, boolean]>([
    ['remembers nothing', each((one) => ({ ...one, remembers: false })), false],
    ['remembers what it must not', each((one) => ({ ...one, remembers: true })), false],
    ['enters the other state within', each((one) => ({ ...one, last: !one.last })), false],
    [
      'asks only the outermost',
      each((one, path) => (path.includes('.') ? { ...one, on: {} } : one)),
      false,
    ],
    ['forgets when it is saved', (all) => all, true],
  ])('that %s is noticed', (_, change, forget) => {
    expect(behaves(change, forget).failed).toBe(true)
  })
})

const player = new Chart({
  initial: 'off',
  states: {
    off: { on: { power: 'on' } },
    on: {
      on: { power: 'off' },
      initial: 'stopped',
      states: { stopped: { on: { play: 'on.playing' } }, playing: { on: { stop: 'on.stopped' } } },
    },
    broken: {},
  },
})

test('innermost states that nothing leads to are found', () => {
  expect(player.unreachable()).toEqual(['broken'])
  expect(player.states).toEqual(['off', 'on', 'on.stopped', 'on.playing', 'broken'])
})

test('a life has not moved if its action throws, and takes no event from a hook', () => {
  const failing = player.start(null, {
    action: {
      off: {
        power: () => {
          throw new Error('no fuse')
        },
      },
    },
  })
  expect(() => failing.send('power')).toThrow('no fuse')
  expect(failing.standing.state).toBe('off')
  const eager = player.start(null, { entry: { on: () => void eager.send('play') } })
  expect(refusal(() => eager.send('power'))).toBe('busy')
})

test('what stands nowhere is refused', () => {
  expect(refusal(() => player.start(null, {}, { state: 'on', left: {} }))).toBe('unknown-state')
  expect(refusal(() => player.start(null, {}, { state: 'of', left: {} }))).toBe('unknown-state')
})

test('a target, an initial state or an event that the chart does not have does not compile', () => {
  // @ts-expect-error there is no state `on`
  expect(() => new Chart({ initial: 'a', states: { a: { on: { go: 'on' } } } })).toThrow('no such')
  const short = (): unknown =>
    new Chart({
      initial: 'a',
      // @ts-expect-error a target is named by its whole path
      states: { a: { initial: 'x', states: { x: { on: { go: 'x' } } } } },
    })
  expect(short).toThrow(TransitionRefused)
  // @ts-expect-error the state that is entered first is one of those within
  expect(() => new Chart({ initial: 'b', states: { a: {} } })).toThrow(TransitionRefused)
  // @ts-expect-error no state takes this event
  expect(() => player.start(null).send('explode')).toThrow(TransitionRefused)
  // @ts-expect-error no such path
  expect(player.start(null).in('on.paused')).toBe(false)
})
