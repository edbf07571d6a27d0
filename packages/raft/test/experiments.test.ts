import { run } from '@lockstep/sim'
import { describe, expect, it } from 'vitest'
import { experiments, raftLab } from '../src/lab.ts'

describe('the experiment', () => {
  it.each(experiments)(
    '$id reaches its verdict and its marks',
    async ({ scenario, expect: expected, marks }) => {
      const { verdict, marks: reached } = await run(raftLab, scenario, { freeze: true })
      expect(verdict).toMatchObject(expected)
      expect((marks ?? []).filter((mark) => !reached.has(mark))).toEqual([])
    },
  )

  it('raft-pre-vote deposes nobody', async () => {
    const scenario = experiments.find(({ id }) => id === 'raft-pre-vote')?.scenario
    if (scenario === undefined) throw new Error('no such experiment')
    expect((await run(raftLab, scenario)).marks.has('stepped down')).toBe(false)
  })

  it('raft-vote-without-sync holds by the rule', async () => {
    const scenario = experiments.find(({ id }) => id === 'raft-vote-without-sync')?.scenario
    if (scenario === undefined) throw new Error('no such experiment')
    expect((await run(raftLab, { ...scenario, flaws: [] })).verdict.is).toBe('holds')
  })
})
