import { run } from '@lockstep/sim'
import { describe, expect, it } from 'vitest'
import { experiments, idLab } from '../../src/lab.ts'

describe('the experiment', () => {
  it.each(experiments)(
    '$id reaches its verdict and its marks',
    async ({ scenario, expect: expected, marks }) => {
      const { verdict, marks: reached } = await run(idLab, scenario, { freeze: true })
      expect(verdict).toMatchObject(expected)
      expect((marks ?? []).filter((mark) => !reached.has(mark))).toEqual([])
    },
  )

  it.each(experiments.filter(({ expect: { is } }) => is === 'violated'))(
    '$id holds by the rule',
    async ({ scenario }) => {
      expect((await run(idLab, { ...scenario, flaws: [] })).verdict.is).toBe('holds')
    },
  )
})
