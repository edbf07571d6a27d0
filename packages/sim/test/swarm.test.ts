import { test } from '@fast-check/vitest'
import { mergeSwarms, run, shrink, swarm, swarmVerdict } from '@lockstep/sim'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { drawFaults } from '../src/swarm-profile.ts'
import { counterLab } from './counter-lab.ts'

const flawed = { ...counterLab.scenario, flaws: ['answer-early'] }

describe('swarm', () => {
  test('the correct counter holds, and its marks are reached', async () => {
    const report = await swarm(counterLab, counterLab.scenario, {
      firstSeed: 0,
      runs: 150,
      freeze: true,
    })
    expect(swarmVerdict(report).text).toMatch(/^Held in 150 runs/)
    expect(report.marks['came back with its count']).toBeGreaterThan(10)
  })

  test('the flaw is found', async () => {
    const report = await swarm(counterLab, flawed, { firstSeed: 0, runs: 150 })
    expect(report.violation?.verdict).toMatchObject({ is: 'violated', by: 'durability' })
  })

  test.prop([fc.integer({ min: 1, max: 30 })], { numRuns: 5 })(
    'two halves of a swarm give together what the whole gives',
    async (half) => {
      const options = { firstSeed: 0, runs: 2 * half }
      const whole = await swarm(counterLab, counterLab.scenario, options)
      const first = await swarm(counterLab, counterLab.scenario, { firstSeed: 0, runs: half })
      const second = await swarm(counterLab, counterLab.scenario, { firstSeed: half, runs: half })
      expect(mergeSwarms(second, first)).toEqual(whole)
    },
  )

  test('each kind of fault is left out of about half of the runs, and roles are aimed at', () => {
    const { faults } = counterLab.scenario
    if (!('kinds' in faults)) throw new Error('the lab has no profile')
    const targets = { nodes: ['n1', 'n2', 'n3'], roles: ['leader'] }
    const runs = Array.from({ length: 400 }, (_, seed) => drawFaults(faults, seed, targets, 20_000))
    for (const kind of [
      'crash',
      'stop',
      'pause',
      'isolate',
      'partition',
      'slow',
      'lose',
      'stall',
      'clock',
    ]) {
      const without = runs.filter((one) => one.every((fault) => fault.do !== kind)).length
      expect(without / runs.length).toBeGreaterThan(0.4)
      expect(without / runs.length).toBeLessThan(0.6)
    }
    const aimed = runs.flat().filter((fault) => 'node' in fault && fault.node === '@leader')
    expect(aimed.length).toBeGreaterThan(100)
    const partitions = runs.flat().flatMap((fault) => (fault.do === 'partition' ? [fault] : []))
    const share = partitions.filter(({ groups }) => groups[0]?.[0] === '@leader').length
    expect(share / partitions.length).toBeGreaterThan(0.4)
    expect(share / partitions.length).toBeLessThan(0.6)
    for (const { groups } of partitions) {
      expect([...new Set(groups.flat())].toSorted()).toEqual(
        groups[0]?.[0] === '@leader' ? ['@leader', ...targets.nodes] : targets.nodes,
      )
    }
  })
})

describe('shrink', () => {
  test('a violation becomes one fault and one operation that violate the same judge', async () => {
    const report = await swarm(counterLab, flawed, { firstSeed: 0, runs: 150 })
    const seed = report.violation?.seed ?? 0
    const shrunk = await shrink(counterLab, { ...flawed, seed })
    expect(shrunk?.after.faults).toBeLessThanOrEqual(2)
    expect(shrunk?.after.operations).toBeLessThanOrEqual(2)
    const again = await run(
      counterLab,
      JSON.parse(JSON.stringify(shrunk?.scenario)) as typeof flawed,
    )
    expect(again.verdict).toEqual(shrunk?.verdict)
    expect(again.verdict).toMatchObject({ is: 'violated', by: 'durability' })
  })

  test('a forced draw that the violation does not need is left out, whatever it gives', async () => {
    const report = await swarm(counterLab, flawed, { firstSeed: 0, runs: 150 })
    const forced = { 'n2/beat#0': 0.7, 'n3/beat#1': 0 }
    const shrunk = await shrink(counterLab, {
      ...flawed,
      forced,
      seed: report.violation?.seed ?? 0,
    })
    expect(shrunk?.verdict).toMatchObject({ is: 'violated', by: 'durability' })
    expect(shrunk?.scenario.forced).toBeUndefined()
  })

  test('a scenario that holds is not shrunk', async () => {
    expect(await shrink(counterLab, { ...counterLab.scenario, faults: [] })).toBeUndefined()
  })

  test('a violation by chance of the network is written out as forced draws', async () => {
    const strict: typeof counterLab = {
      ...counterLab,
      judges: [
        {
          name: 'no loss',
          judge: (history) =>
            history.some(({ type }) => type === 'info')
              ? { is: 'violated', by: 'no loss', text: 'an answer was lost' }
              : { is: 'holds', text: 'every operation was answered' },
        },
      ],
    }
    const lossy = { ...counterLab.scenario, faults: [], net: { loss: 0.1 } }
    const shrunk = await shrink(strict, lossy)
    expect(shrunk?.scenario.net?.loss ?? 0).toBe(0)
    expect(Object.values(shrunk?.scenario.forced ?? {})).toEqual([0])
    expect(shrunk?.after.operations).toBe(1)
  })
})
