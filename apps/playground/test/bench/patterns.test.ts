import { describe, expect, test } from 'vitest'
import { type Contest, hold, UnequalWork } from '../../src/bench/patterns/contest.ts'
import { contests } from '../../src/bench/patterns/patterns.ts'

describe('the bench of the patterns', () => {
  test.for(contests.map((contest) => [`${contest.component}: ${contest.work}`, contest] as const))(
    '%s: every package gives the same, and is timed',
    async ([, contest]) => {
      const rows = await hold(contest, { rounds: 3, roundMs: 0.5 })
      expect(rows.map(({ peer }) => peer)).toEqual(contest.peers.map(({ name }) => name))
      for (const { oursNs, peerNs, ratio } of rows) {
        expect(Math.min(oursNs, peerNs)).toBeGreaterThanOrEqual(0)
        expect(ratio).toBeGreaterThan(0)
      }
    },
  )

  test('work that is not the same is not timed', async () => {
    let runs = 0
    const counting = (name: string, result: number) => ({
      name,
      run: () => {
        runs += 1
        return { result }
      },
    })
    const contest: Contest = {
      component: 'ours',
      work: 'count',
      ours: counting('ours', 1),
      peers: [counting('same', 1), counting('other', 2)],
    }
    await expect(hold(contest, { rounds: 1, roundMs: 1 })).rejects.toThrow(UnequalWork)
    expect(runs).toBe(3)
  })

  test('what is twice the work takes about twice as long', async () => {
    const adding = (name: string, factor: number) => ({
      name,
      run: (times: number) => {
        let sum = 0
        for (let step = 0; step < times * factor; step += 1) sum = (sum + step * step) % 1009
        return sum >= 0
      },
    })
    const ours = adding('ours', 2000)
    const contest: Contest = { component: 'x', work: 'add', ours, peers: [adding('half', 1000)] }
    const [row] = await hold(contest, { rounds: 15, roundMs: 4 })
    expect(row?.ratio).toBeGreaterThan(1.2)
    expect(row?.ratio).toBeLessThan(3.5)
  })
})
