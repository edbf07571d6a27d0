import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { rolesOf, view } from '../../src/principles/interface-segregation.ts'
import { interfacesOf, memberNamesOf } from './parsed.ts'

/** Something with private state, an accessor and a field. */
class Counter {
  #count = 0
  step = 1
  readonly calls: string[] = []
  get count(): number {
    return this.#count
  }
  add(times: number): number {
    this.calls.push(`add ${times}`)
    this.#count += times * this.step
    return this.#count
  }
  reset(): void {
    this.calls.push('reset')
    this.#count = 0
  }
}

type CounterView = Pick<Counter, 'add' | 'count' | 'reset' | 'step'>
type View = (counter: Counter) => Readonly<CounterView>

const call = fc.oneof(
  fc.integer({ min: -9, max: 9 }).map((times) => (on: Readonly<CounterView>) => on.add(times)),
  fc.constant((on: Readonly<CounterView>) => on.reset()),
  fc.constant((on: Readonly<CounterView>) => [on.count, on.step]),
)

const callsAreTheOriginals = (make: View): fc.IPropertyWithHooks<[unknown, number]> =>
  fc.property(fc.array(call), fc.integer(), (calls, step) => {
    const [direct, seen] = [new Counter(), new Counter()]
    const through = make(seen)
    direct.step = step
    seen.step = step
    expect(calls.map((one) => one(through))).toEqual(calls.map((one) => one(direct)))
    expect(seen.calls).toEqual(direct.calls)
  })

const members = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const uses = fc.array(
  fc.record({ client: fc.constantFrom('x', 'y', 'z'), members: fc.uniqueArray(members) }),
)
type Split = typeof rolesOf

const rolesMakeUpTheUses = (split: Split): fc.IPropertyWithHooks<[unknown, unknown]> =>
  fc.property(fc.uniqueArray(members), uses, (all, used) => {
    const { roles, unused } = split(all, used)
    expect([...unused, ...roles.flatMap((role) => role.members)].toSorted()).toEqual(all.toSorted())
    const usedBy = (client: string): string[] =>
      all.filter((one) => used.some((use) => use.client === client && use.members.includes(one)))
    for (const client of ['x', 'y', 'z']) {
      const given = roles.filter((role) => role.clients.includes(client))
      expect(given.flatMap((role) => role.members).toSorted()).toEqual(usedBy(client).toSorted())
    }
    expect(new Set(roles.map((role) => role.clients.join())).size).toBe(roles.length)
  })

describe('interface segregation', () => {
  test('calls through a view are the original calls', () => {
    fc.assert(callsAreTheOriginals((counter) => view(counter, ['add', 'count', 'reset', 'step'])))
  })

  test('a view that copies what it sees is caught', () => {
    const copied: View = (counter) => ({
      ...view(counter, ['add', 'reset']),
      count: counter.count,
      step: counter.step,
    })
    expect(fc.check(callsAreTheOriginals(copied), { seed: 1 }).failed).toBe(true)
  })

  test('a view has no more than was asked for, and cannot be written', () => {
    const counter = new Counter()
    const seen = view(counter, ['count', 'step'])
    expectTypeOf(seen).toEqualTypeOf<{ readonly count: number; readonly step: number }>()
    expect(Object.keys(seen)).toEqual(['count', 'step'])
    // @ts-expect-error what was not asked for is not there
    expect(seen.reset).toBeUndefined()
    expect(() => {
      // @ts-expect-error a view is for reading
      seen.step = 2
    }).toThrow(TypeError)
    // @ts-expect-error only members can be asked for
    expect(() => view(counter, ['missing'])).toThrow('no member missing to show')
    const { add } = view(counter, ['add'])
    expect(add(2)).toBe(2)
    counter.add = () => 7
    expect(add(2)).toBe(7)
  })

  test('roles are disjoint, make up what each client uses, and are as few as can be', () => {
    fc.assert(rolesMakeUpTheUses(rolesOf))
  })

  test('a split into single members is caught, and so is one that forgets the unused', () => {
    const single: Split = (all, used) => {
      const { roles, unused } = rolesOf(all, used)
      const each = roles.flatMap((role) => role.members.map((one) => ({ ...role, members: [one] })))
      return { roles: each, unused }
    }
    const forgetful: Split = (all, used) => ({ ...rolesOf(all, used), unused: [] })
    for (const wrong of [single, forgetful]) {
      expect(fc.check(rolesMakeUpTheUses(wrong), { seed: 1 }).failed).toBe(true)
    }
  })

  test('before: one wide machine, and a member nobody calls. After: a role for each client', () => {
    const clients = [
      ['report.ts', 'export const report = (m) => m.print("all")'],
      ['archive.ts', 'export const archive = (m) => { const { scan } = m; scan(); m.print("ok") }'],
    ] as const
    const used = clients.map(([client, source]) => ({
      client,
      members: [...memberNamesOf(client, source)],
    }))
    const split = (source: string) =>
      [...interfacesOf('machine.ts', source)].map(([, offered]) => rolesOf(offered, used))
    const before = 'interface Machine { print(text: string): void; scan(): void; fax: () => void }'
    const after =
      'interface Printer { print(text: string): void } interface Scanner { scan(): void }'
    expect(split(before)).toEqual([
      {
        roles: [
          { members: ['print'], clients: ['archive.ts', 'report.ts'] },
          { members: ['scan'], clients: ['archive.ts'] },
        ],
        unused: ['fax'],
      },
    ])
    expect(split(after).map(({ roles, unused }) => [roles.length, unused.length])).toEqual([
      [1, 0],
      [1, 0],
    ])
  })
})
