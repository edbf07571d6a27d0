import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import type { Timed } from '@lockstep/process'
import { describe, expect } from 'vitest'
import { Faults } from '../src/faults.ts'
import type { SimWorld } from '../src/world.ts'
import { runTo, toyNet, toyWorld } from './toy-world.ts'

/** Which of n1, n2, n3 hear each other now, found by sending. */
function heard(world: SimWorld, probe: ReturnType<typeof toyWorld>['probe']): string[] {
  const type = `ping ${world.now}`
  const ids = [...world.nodes.keys()]
  for (const from of ids) {
    for (const to of ids) if (from !== to) probe(from).context.send(to, { type })
  }
  runTo(world, world.now / 1000 + 1)
  return ids.flatMap((to) =>
    ids
      .filter((from) => probe(to).seen.includes(`${from}: ${type}`))
      .map((from) => `${from}>${to}`),
  )
}

describe('links', () => {
  test('a cut works one way, or both ways when it says so', () => {
    const { world, probe } = toyWorld(2)
    const faults = new Faults(world, () => undefined)
    const undo = faults.apply({ do: 'cut', from: 'n1', to: 'n2' })
    expect(heard(world, probe)).toEqual(['n2>n1'])
    undo?.()
    faults.apply({ do: 'cut', from: 'n1', to: 'n2', both: true })
    expect(heard(world, probe)).toEqual([])
    faults.apply({ do: 'mend', from: 'n1', to: 'n2', both: true })
    expect(heard(world, probe)).toEqual(['n2>n1', 'n1>n2'])
  })

  test('a message on its way is lost when its link is cut before it arrives', () => {
    const { world, probe } = toyWorld(2)
    probe('n1').context.send('n2', { type: 'Hello' })
    new Faults(world, () => undefined).apply({ do: 'cut', from: 'n1', to: 'n2' })
    runTo(world, 5)
    expect(probe('n2').seen).toEqual(['start 1'])
  })

  test('a partition cuts between groups and leaves the rest', () => {
    const { world, probe } = toyWorld(3)
    new Faults(world, () => undefined).apply({ do: 'partition', groups: [['n1'], ['n2']] })
    expect(heard(world, probe).toSorted()).toEqual(['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2'])
  })

  test('who has a role is in the group of the role, and not in the one that names it', () => {
    const { world, probe } = toyWorld(3)
    const groups = [['@leader'], ['n1', 'n2', 'n3']]
    new Faults(world, () => 'n2').apply({ do: 'partition', groups })
    expect(heard(world, probe).toSorted()).toEqual(['n1>n3', 'n3>n1'])
  })

  test('a partition from a role that nobody has cuts nothing', () => {
    const { world, probe } = toyWorld(2)
    const groups = [['@leader'], ['n1', 'n2']]
    new Faults(world, () => undefined).apply({ do: 'partition', groups })
    expect(heard(world, probe).toSorted()).toEqual(['n1>n2', 'n2>n1'])
  })

  test('a link stays cut until the last of two overlapping cuts ends', () => {
    const { world, probe } = toyWorld(2)
    const faults = new Faults(world, () => undefined)
    faults.plan([
      { do: 'cut', from: 'n1', to: 'n2', at: 0, for: 10 },
      { do: 'isolate', node: 'n2', at: 5, for: 20 },
    ])
    runTo(world, 15)
    expect(heard(world, probe)).toEqual([])
    runTo(world, 26)
    expect(heard(world, probe)).toEqual(['n2>n1', 'n1>n2'])
  })

  test('slow and lose last for their span', () => {
    const { world, probe } = toyWorld(2)
    const faults = new Faults(world, () => undefined)
    faults.plan([
      { do: 'lose', from: 'n1', to: 'n2', share: 1, at: 0, for: 5 },
      { do: 'slow', from: 'n2', to: 'n1', by: 3, at: 0, for: 5 },
    ])
    runTo(world, 1)
    expect(heard(world, probe)).toEqual([])
    runTo(world, 10)
    expect(probe('n1').seen).toContain('n2: ping 0')
    expect(heard(world, probe)).toEqual(['n2>n1', 'n1>n2'])
  })
})

describe('connections', () => {
  const hangUps = { net: { ...toyNet, hangUps: true } }

  test('of a process that crashes end, and those at the other end hear of it a message later', () => {
    const { world, probe } = toyWorld(3, hangUps)
    new Faults(world, () => undefined).apply({ do: 'crash', node: 'n1' })
    expect(probe('n2').seen).toEqual(['start 1'])
    runTo(world, 1)
    for (const id of ['n2', 'n3']) expect(probe(id).seen).toEqual(['start 1', 'hang-up of n1'])
    const [row] = [...world.trace.events()].filter(({ kind }) => kind === 'hang-up')
    expect([row?.node, row?.peer]).toEqual(['n2', 'n1'])
    expect(world.trace.event(row?.cause ?? -1)).toMatchObject({ kind: 'crash', node: 'n1' })
  })

  test('that a cut broke end when it is over, and not before, whatever happens meanwhile', () => {
    const { world, probe } = toyWorld(2, hangUps)
    const faults = new Faults(world, () => undefined)
    faults.plan([
      { do: 'cut', from: 'n1', to: 'n2', at: 0, for: 20 },
      { do: 'crash', node: 'n1', at: 5, for: 5 },
    ])
    runTo(world, 20)
    expect(probe('n2').seen).toEqual(['start 1'])
    runTo(world, 30)
    expect(probe('n2').seen).toEqual(['start 1', 'hang-up of n1'])
    faults.apply({ do: 'cut', from: 'n1', to: 'n2' })
    faults.heal()
    runTo(world, 40)
    expect(probe('n2').seen).toEqual(['start 1', 'hang-up of n1', 'hang-up of n1'])
  })

  test('are heard to end by a process that was paused once it goes on, and by none that began later', () => {
    const { world, probe } = toyWorld(3, hangUps)
    const faults = new Faults(world, () => undefined)
    faults.apply({ do: 'pause', node: 'n2' })
    faults.apply({ do: 'crash', node: 'n1' })
    faults.apply({ do: 'crash', node: 'n3' })
    faults.apply({ do: 'restart', node: 'n3' })
    runTo(world, 5)
    expect(probe('n2').seen).toEqual(['start 1'])
    expect(probe('n3').seen).toEqual(['start 2'])
    faults.apply({ do: 'resume', node: 'n2' })
    runTo(world, 6)
    expect(probe('n2').seen.toSorted()).toEqual(['hang-up of n1', 'hang-up of n3', 'start 1'])
  })

  test('do not end where machines lose their power', () => {
    const { world, probe } = toyWorld(2)
    new Faults(world, () => undefined).apply({ do: 'crash', node: 'n1' })
    runTo(world, 5)
    expect(probe('n2').seen).toEqual(['start 1'])
  })
})

describe('roles', () => {
  test('a role is looked up when the fault happens', () => {
    const { world } = toyWorld(3)
    let leader: string | undefined
    const faults = new Faults(world, (role) => (role === 'leader' ? leader : undefined))
    faults.plan([
      { do: 'crash', node: '@leader', at: 1 },
      { do: 'crash', node: '@leader', at: 3 },
    ])
    runTo(world, 2)
    expect([...world.processes.keys()]).toEqual(['n1', 'n2', 'n3'])
    leader = 'n2'
    runTo(world, 4)
    expect([...world.processes.keys()]).toEqual(['n1', 'n3'])
  })
})

const ids = fc.constantFrom('n1', 'n2', 'n3', '@leader', 'n9')
const times = { at: fc.nat(100), for: fc.option(fc.nat(100), { nil: undefined }) }
const timed = fc.oneof(
  fc.record({ do: fc.constant('crash'), node: ids, ...times }),
  fc.record({ do: fc.constant('crash'), node: ids, effects: fc.nat(3), ...times }),
  fc.record({ do: fc.constant('restart'), node: ids, wipe: fc.boolean(), ...times }),
  fc.record({ do: fc.constantFrom('pause', 'resume', 'isolate'), node: ids, ...times }),
  fc.record({
    do: fc.constantFrom('cut', 'mend'),
    from: ids,
    to: ids,
    both: fc.boolean(),
    ...times,
  }),
  fc.record({ do: fc.constant('slow'), from: ids, to: ids, by: fc.nat(50), ...times }),
  fc.record({ do: fc.constant('lose'), from: ids, to: ids, share: fc.constant(1), ...times }),
  fc.record({ do: fc.constant('stall'), node: ids, by: fc.nat(50), ...times }),
  fc.record({ do: fc.constant('clock'), node: ids, rate: fc.constantFrom(0.5, 2), ...times }),
  fc.record({
    do: fc.constant('partition'),
    groups: fc.constant([['n1'], ['n2', 'n3']]),
    ...times,
  }),
) as fc.Arbitrary<Timed>

describe('healing', () => {
  test.prop([fc.array(timed, { maxLength: 12 }), fc.nat(250)])(
    'a heal undoes everything, and no span that was open before it comes back later',
    (faults, healAt) => {
      const { world, probe } = toyWorld(3)
      const planned = new Faults(world, () => 'n2')
      planned.plan(faults.filter(({ at }) => at <= healAt))
      world.at(healAt * 1000, () => planned.heal())
      runTo(world, healAt)
      for (const later of [healAt, 400]) {
        runTo(world, later)
        expect([...world.nodes.values()].map(({ state }) => state)).toEqual(['up', 'up', 'up'])
        expect([...world.nodes.values()].map(({ stall, clock }) => [stall, clock.rate])).toEqual(
          Array.from({ length: 3 }, () => [0, 1]),
        )
        expect(heard(world, probe)).toHaveLength(6)
      }
    },
  )
})
