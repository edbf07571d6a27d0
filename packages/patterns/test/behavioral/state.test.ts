import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { orderLifecycle } from '../../src/behavioral/order.ts'
import {
  type Behaviour,
  type Life,
  Machine,
  type Table,
  TransitionRefused,
} from '../../src/behavioral/state.ts'

const names = ['s0', 's1', 's2', 's3']
const events = ['go', 'stop', 'constructor']

/** Tables over a few states; the first is where a life begins. */
const tables: fc.Arbitrary<Table> = fc.record(
  Object.fromEntries(
    names.map((name) => [
      name,
      fc.dictionary(fc.constantFrom(...events), fc.constantFrom(...names), { maxKeys: 3 }),
    ]),
  ),
)

interface Call {
  readonly trace: string[]
  readonly forbids: ReadonlySet<string>
}

function tracing(table: Table): Behaviour<Table, Call> {
  const per = <F>(make: (state: string, event: string) => F) =>
    Object.fromEntries(
      Object.keys(table).map((state) => [
        state,
        Object.fromEntries(Object.keys(table[state] ?? {}).map((e) => [e, make(state, e)])),
      ]),
    )
  const hook = (kind: string) =>
    Object.fromEntries(
      names.map((state) => [state, ({ trace }: Call) => void trace.push(`${kind} ${state}`)]),
    )
  return {
    guard: per(
      (state, event) =>
        ({ forbids }: Call) =>
          !forbids.has(`${state} ${event}`),
    ),
    action: per(
      (state, event) =>
        ({ trace }: Call) =>
          void trace.push(`${state} ${event}`),
    ),
    entry: hook('entry'),
    exit: hook('exit'),
  }
}

const sent = fc.array(fc.constantFrom(...events, 'unknown'), { maxLength: 12 })
const forbidden = fc.subarray(
  names.flatMap((state) => events.map((event) => `${state} ${event}`)),
  {
    maxLength: 3,
  },
)

type Start = (
  machine: Machine<Table>,
  context: Call,
  table: Table,
) => Pick<Life<Table, Call>, 'state' | 'send' | 'can'>

/** A life takes the legal paths only, and fires exit, action and entry for each transition. */
function staysOnPaths(start: Start): fc.RunDetails<[Table, string[], string[]]> {
  const property = fc.property(tables, sent, forbidden, (table, list, forbids) => {
    const machine = new Machine<Table>('s0', table)
    const context: Call = { trace: [], forbids: new Set(forbids) }
    const life = start(machine, context, table)
    const expected: string[] = []
    const taken: string[] = []
    let state = 's0'
    for (const event of list) {
      const ways = table[state] ?? {}
      const target = Object.hasOwn(ways, event) ? ways[event] : undefined
      const legal = target !== undefined && !forbids.includes(`${state} ${event}`)
      expect(life.can(event)).toBe(legal)
      expect(refusal(() => life.send(event))).toBe(
        legal ? undefined : target === undefined ? 'undefined' : 'guarded',
      )
      if (legal) {
        expected.push(`exit ${state}`, `${state} ${event}`, `entry ${target}`)
        taken.push(event)
        state = target
      }
      expect(life.state).toBe(state)
    }
    expect(context.trace).toEqual(expected)
    expect(machine.replay(taken)).toBe(state)
  })
  return fc.check(property, { numRuns: 300 })
}

function refusal(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof TransitionRefused) return error.code
    throw error
  }
}

describe('a life', () => {
  test('takes legal paths only, and fires exit, action and entry', () => {
    const result = staysOnPaths((machine, context, table) => machine.start(context, tracing(table)))
    expect(fc.defaultReportMessage(result)).toBeUndefined()
  })

  test.each<[string, Start]>([
    [
      'that ignores its guards',
      (machine, context, table) =>
        machine.start({ ...context, forbids: new Set<string>() }, tracing(table)),
    ],
    [
      'that enters before it leaves',
      (machine, context, table) => {
        const { entry, exit, ...rest } = tracing(table)
        return machine.start(context, { ...rest, entry: exit ?? {}, exit: entry ?? {} })
      },
    ],
    [
      'that fires no action',
      (machine, context, table) => machine.start(context, { ...tracing(table), action: {} }),
    ],
  ])('%s is noticed', (_, mutant) => {
    expect(staysOnPaths(mutant).failed).toBe(true)
  })

  test('has not moved if its action throws, and takes no event from a hook', () => {
    const order = orderLifecycle.start(null, {
      action: {
        created: {
          cancel: () => order.send('pay'),
        },
      },
    })
    expect(refusal(() => order.send('cancel'))).toBe('busy')
    expect(order.state).toBe('created')
    expect(order.send('pay')).toBe('paid')
  })

  test('goes on from where it was saved', () => {
    const saved = JSON.parse(JSON.stringify(orderLifecycle.start(null).send('pay'))) as string
    expect(orderLifecycle.start(null, {}, saved).send('ship')).toBe('shipped')
    expect(refusal(() => orderLifecycle.start(null, {}, 'toString'))).toBe('unknown-state')
  })
})

describe('the graph of a table', () => {
  test('finds the states that no path reaches, and those that never end', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const machine = new Machine<Table>('s0', table)
        const walks = (from: string): Set<string> => {
          let ends = new Set([from])
          const all = new Set([from])
          for (let round = 0; round < names.length; round += 1) {
            ends = new Set([...ends].flatMap((state) => Object.values(table[state] ?? {})))
            for (const end of ends) all.add(end)
          }
          return all
        }
        const reached = walks('s0')
        expect(machine.unreachable()).toEqual(names.filter((state) => !reached.has(state)))
        expect(machine.trapped(['s3'])).toEqual(names.filter((state) => !walks(state).has('s3')))
      }),
    )
  })

  test('an order can reach all of its states, and always comes to an end', () => {
    expect(orderLifecycle.unreachable()).toEqual([])
    expect(orderLifecycle.trapped(['completed', 'refunded', 'cancelled'])).toEqual([])
    expect(orderLifecycle.replay(['pay', 'ship', 'deliver', 'giveBack'])).toBe('refunded')
  })

  test('an order with a way forgotten is noticed', () => {
    const broken = new Machine('created', { created: {}, paid: { ship: 'shipped' }, shipped: {} })
    expect(broken.unreachable()).toEqual(['paid', 'shipped'])
    expect(broken.trapped(['shipped'])).toEqual(['created'])
  })
})

test('an undefined transition does not compile', () => {
  expectTypeOf(orderLifecycle.next('paid', 'ship')).toEqualTypeOf<'shipped'>()
  // @ts-expect-error a created order cannot be shipped
  expect(() => orderLifecycle.next('created', 'ship')).toThrow(TransitionRefused)
  // @ts-expect-error nothing follows on completed
  expect(() => orderLifecycle.next('completed', 'pay')).toThrow(TransitionRefused)
  // @ts-expect-error no state takes this event
  expect(() => orderLifecycle.start(null).send('explode')).toThrow(TransitionRefused)
  // @ts-expect-error the target is no state of the table
  expect(new Machine('a', { a: { go: 'b' } }).states).toEqual(['a'])
  // @ts-expect-error a created order has no such transition to guard
  orderLifecycle.start(null, { guard: { created: { ship: () => true } } })
})
