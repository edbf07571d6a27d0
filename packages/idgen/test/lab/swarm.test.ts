import { run, shrink, swarm, swarmScenario } from '@lockstep/sim'
import { describe, expect, it } from 'vitest'
import { idLab } from '../../src/lab.ts'

const long = process.env['LOCKSTEP_LONG'] === '1'
const { scenario } = idLab

describe('the swarm of the ids', () => {
  it('finds nothing wrong, and reaches every mark', async () => {
    const runs = long ? 3000 : 80
    const report = await swarm(idLab, scenario, { firstSeed: 0, runs, freeze: !long })
    expect(report.violation).toBeUndefined()
    expect(report.unknown).toBeUndefined()
    expect(report.runs).toBe(runs)
    expect(idLab.marks.filter((mark) => report.marks[mark] === undefined)).toEqual([])
  }, 600_000)

  it.each(idLab.flaws)(
    'finds $name, and the long search shrinks it',
    async ({ name }) => {
      const flawed = swarmScenario(idLab, [name])
      const { violation } = await swarm(idLab, flawed, { firstSeed: 0, runs: 100 })
      expect(violation).toBeDefined()
      if (!long || violation === undefined) return
      const shrunk = await shrink(idLab, { ...flawed, seed: violation.seed })
      if (shrunk === undefined) throw new Error('a violation did not repeat')
      expect(shrunk.after.faults).toBeLessThanOrEqual(5)
      expect((await run(idLab, shrunk.scenario)).verdict).toEqual(shrunk.verdict)
    },
    600_000,
  )

  it.each(idLab.flaws.filter(({ where }) => where !== undefined))(
    'finds nothing where it looks for $name and nothing is broken',
    async ({ name }) => {
      const unbroken = { ...swarmScenario(idLab, [name]), flaws: [] }
      const runs = long ? 1000 : 10
      const { violation } = await swarm(idLab, unbroken, { firstSeed: 0, runs })
      expect(violation).toBeUndefined()
    },
    600_000,
  )

  it('runs a seed the same way twice', async () => {
    const one = await run(idLab, { ...scenario, seed: 7 }, { keeping: { hash: 'data' } })
    const two = await run(idLab, { ...scenario, seed: 7 }, { keeping: { hash: 'data' } })
    expect(two.traceHash).toBe(one.traceHash)
  })

  it('needs no more messages an operation than the lab allows, in a quiet run', async () => {
    const quiet = await run(idLab, { ...scenario, faults: [] })
    expect(quiet.verdict.is).toBe('holds')
    expect(quiet.messages / quiet.operations).toBeLessThan(idLab.messagesPerOperationMax)
  })
})
