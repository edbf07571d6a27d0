import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { EventBus, ListenersFailed } from '../../src/behavioral/observer.ts'

interface Events {
  a: number
  b: string
}

type Bus = Pick<EventBus<Events>, 'on' | 'emit'>

/** What listener `who` does while it hears: ends the subscription of another, or adds one. */
interface Plan {
  readonly priority: number
  readonly once: boolean
  readonly ends: number
  readonly adds: boolean
  readonly throws: boolean
}

const plans = fc.array(
  fc.record({
    priority: fc.integer({ min: -1, max: 1 }),
    once: fc.boolean(),
    ends: fc.nat(4),
    adds: fc.boolean(),
    throws: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
)

/** Emits twice; what was heard is compared with a model that is a sorted list. */
function delivers(makeBus: () => Bus): fc.RunDetails<[Plan[]]> {
  const property = fc.property(plans, (all) => {
    const bus = makeBus()
    const heard: string[] = []
    const ends: (() => void)[] = []
    for (const [who, plan] of all.entries()) {
      const { priority, once } = plan
      const hear = (payload: number): void => {
        heard.push(`${who}:${payload}`)
        ends[plan.ends]?.()
        if (plan.adds) bus.on('a', (later) => heard.push(`late${who}:${later}`))
        if (plan.throws) throw new Error(String(who))
      }
      ends.push(bus.on('a', hear, { priority, once }))
    }
    const order = [...all.keys()].sort((x, y) => (all[y]?.priority ?? 0) - (all[x]?.priority ?? 0))
    const ended = new Set(order.flatMap((who) => (all[who]?.once ? [who] : [])))
    for (const who of order) ended.add(all[who]?.ends ?? -1)
    const failing = order.filter((who) => all[who]?.throws)
    expect(failures(() => bus.emit('a', 1))).toEqual(failing.map(String))
    expect(heard).toEqual(order.map((who) => `${who}:1`))
    heard.length = 0
    failures(() => bus.emit('a', 2))
    const stay = order.filter((who) => !ended.has(who)).map((who) => `${who}:2`)
    expect(heard.filter((entry) => !entry.startsWith('late'))).toEqual(stay)
    expect(heard.filter((entry) => entry.startsWith('late')).sort()).toEqual(
      order
        .filter((who) => all[who]?.adds)
        .map((who) => `late${who}:2`)
        .sort(),
    )
  })
  return fc.check(property)
}

function failures(act: () => void): string[] {
  try {
    act()
    return []
  } catch (error) {
    return error instanceof ListenersFailed
      ? error.errors.map(({ message }: Error) => message)
      : ['the first only']
  }
}

/** A bus that looks at its listeners while it goes through them. */
function liveBus(): Bus {
  const bus = new EventBus<Events>()
  const current: ((payload: number) => unknown)[] = []
  return {
    on: (event, listener, options) => {
      const end = bus.on(event, listener, options)
      current.push(listener as (payload: number) => unknown)
      return () => {
        current.splice(current.indexOf(listener as (payload: number) => unknown), 1)
        end()
      }
    },
    emit: (_event, payload) => {
      for (const listener of current) listener(payload as number)
    },
  }
}

/** A bus whose first failing listener keeps the others from hearing. */
function fragileBus(): Bus {
  const bus = new EventBus<Events>()
  let broken = false
  return {
    on: (event, listener, options) =>
      bus.on(
        event,
        (payload) => {
          if (broken) return
          try {
            listener(payload)
          } catch (error) {
            broken = true
            throw error
          }
        },
        options,
      ),
    emit: (event, payload) => {
      broken = false
      bus.emit(event, payload)
    },
  }
}

describe('delivery', () => {
  test('goes to exactly those who were subscribed when emit began, in order', () => {
    expect(fc.defaultReportMessage(delivers(() => new EventBus<Events>()))).toBeUndefined()
  })

  test.each([
    ['goes through the living list', liveBus],
    ['stops at the first failure', fragileBus],
  ])('a bus that %s is noticed', (_, mutant) => {
    expect(delivers(mutant).failed).toBe(true)
  })

  test('a listener for one event hears it once, even if it emits itself', () => {
    const bus = new EventBus<Events>()
    let count = 0
    bus.on(
      'a',
      () => {
        count += 1
        bus.emit('a', 1)
      },
      { once: true },
    )
    bus.emit('a', 0)
    expect(count).toBe(1)
  })

  test('one who wants every event hears the name, too', () => {
    const bus = new EventBus<Events>()
    const heard: unknown[] = []
    bus.onAny((payload, event) => heard.push([event, payload]))
    bus.emit('b', 'x')
    bus.emit('a', 1)
    expect(heard).toEqual([
      ['b', 'x'],
      ['a', 1],
    ])
  })
})

test('in turn, each listener has finished before the next one hears', async () => {
  const bus = new EventBus<Events>()
  const steps: string[] = []
  for (const who of ['x', 'y']) {
    bus.on('b', async () => {
      steps.push(`${who} begins`)
      await Promise.resolve()
      steps.push(`${who} ends`)
      throw new Error(who)
    })
  }
  await expect(bus.emitInTurn('b', '')).rejects.toThrow('2 listeners of b failed')
  expect(steps).toEqual(['x begins', 'x ends', 'y begins', 'y ends'])
})

/** Views that subscribe and are dropped, all but one; how many still hear when all is collected. */
async function stillHear(subscribe: (bus: EventBus<Events>, view: View) => void): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const bus = new EventBus<Events>()
  const kept: View = { shown: 0 }
  subscribe(bus, kept)
  for (let count = 0; count < 500; count += 1) subscribe(bus, { shown: 0 })
  for (let attempt = 0; attempt < 50 && bus.listenerCount('a') > 1; attempt += 1) {
    await setImmediate()
    collect()
  }
  bus.emit('a', 7)
  expect(kept.shown).toBe(7)
  return bus.listenerCount('a')
}

interface View {
  shown: number
}

describe('a weak subscription', () => {
  test('ends when nobody holds its target, and lives as long as somebody does', async () => {
    const weakly = (bus: EventBus<Events>, view: View): void => {
      bus.onWeak('a', view, (alive, payload) => {
        alive.shown = payload
      })
    }
    expect(await stillHear(weakly)).toBe(1)
  })

  test('a strong one is noticed: it keeps every target', async () => {
    const strongly = (bus: EventBus<Events>, view: View): void => {
      bus.on('a', (payload) => {
        view.shown = payload
      })
    }
    expect(await stillHear(strongly)).toBe(501)
  })

  test('hears in its order, once if it wants, and can be ended', () => {
    const bus = new EventBus<Events>()
    const heard: string[] = []
    const target = { name: 't' }
    bus.on('a', () => heard.push('plain'))
    bus.onWeak('a', target, ({ name }, payload) => heard.push(`${name}${payload}`), {
      priority: 1,
      once: true,
    })
    const end = bus.onWeak('a', target, () => heard.push('ended'))
    end()
    bus.emit('a', 1)
    bus.emit('a', 2)
    expect(heard).toEqual(['t1', 'plain', 'plain'])
  })
})

test('payloads have the type of their event', () => {
  const bus = new EventBus<Events>()
  bus.on('b', (payload) => expectTypeOf(payload).toEqualTypeOf<string>())
  // @ts-expect-error there is no event c
  bus.on('c', () => undefined)
  // @ts-expect-error the payload of a is a number
  bus.emit('a', 'x')
})
