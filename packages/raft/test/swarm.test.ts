import { run, shrink, swarm, swarmScenario } from '@lockstep/sim'
import { describe, expect, it } from 'vitest'
import { type Mark, marks } from '../src/index.ts'
import { raftLab } from '../src/lab.ts'

const long = process.env['LOCKSTEP_LONG'] === '1'
const { scenario } = raftLab

/**
 * What may or may not happen, and has a test of its own: who is heard answers from its disk, so it
 * is up to date and stands as soon as it is told to. For all others to be heard and the hand-over to
 * fail, a disk must be stalled and every order to stand be lost, for an election timeout.
 */
const rare: readonly Mark[] = ['stepped down for its stalled disk']

describe('the swarm', () => {
  it('finds nothing wrong, and reaches every mark', async () => {
    const runs = long ? 3000 : 120
    const report = await swarm(raftLab, scenario, { firstSeed: 0, runs, freeze: !long })
    expect(report.violation).toBeUndefined()
    expect(report.unknown).toBeUndefined()
    expect(report.runs).toBe(runs)
    const missing = marks.filter((mark) => report.marks[mark] === undefined)
    expect(missing.filter((mark) => !rare.includes(mark))).toEqual([])
  }, 600_000)

  it.each(raftLab.flaws)(
    'finds $name within 300 runs, and the long search shrinks it',
    async ({ name }) => {
      const flawed = swarmScenario(raftLab, [name])
      const { violation } = await swarm(raftLab, flawed, { firstSeed: 0, runs: 300 })
      expect(violation).toBeDefined()
      if (!long || violation === undefined) return
      const shrunk = await shrink(raftLab, { ...flawed, seed: violation.seed })
      if (shrunk === undefined) throw new Error('a violation did not repeat')
      expect(shrunk.after.faults).toBeLessThanOrEqual(5)
      const again = await run(raftLab, shrunk.scenario)
      expect(again.verdict).toEqual(shrunk.verdict)
      expect(again.verdict.is).toBe('violated')
    },
    600_000,
  )

  it.each(raftLab.flaws.filter(({ where }) => where !== undefined))(
    'finds nothing where it looks for $name and nothing is broken',
    async ({ name }) => {
      const unbroken = { ...swarmScenario(raftLab, [name]), flaws: [] }
      const runs = long ? 1000 : 25
      const { violation } = await swarm(raftLab, unbroken, { firstSeed: 0, runs })
      expect(violation).toBeUndefined()
    },
    600_000,
  )

  it('runs a seed the same way twice', async () => {
    const one = await run(raftLab, { ...scenario, seed: 7 }, { keeping: { hash: 'data' } })
    const two = await run(raftLab, { ...scenario, seed: 7 }, { keeping: { hash: 'data' } })
    expect(two.traceHash).toBe(one.traceHash)
  })

  it('needs no more messages an operation than the lab allows, in a quiet run', async () => {
    const quiet = await run(raftLab, { ...scenario, faults: [] })
    expect(quiet.verdict.is).toBe('holds')
    expect(quiet.messages / quiet.operations).toBeLessThan(raftLab.messagesPerOperationMax)
  })
})
