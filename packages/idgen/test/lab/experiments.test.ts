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

  it('ids-random-keys-in-an-index shows what random keys cost', async () => {
    const scenario = experiments.find(({ id }) => id === 'ids-random-keys-in-an-index')?.scenario
    if (scenario === undefined) throw new Error('no such experiment')
    const { history } = await run(idLab, scenario)
    const lastOf = (client: string) => {
      const costs = history.flatMap((event) =>
        event.type === 'ok' && event.client === client && event.value.type === 'inserted'
          ? [event.value]
          : [],
      )
      expect(costs).toHaveLength(60)
      return costs[59]
    }
    const [v4, v7] = [lastOf('c1'), lastOf('c2')]
    expect(v7?.touched).toBeLessThanOrEqual(2)
    expect(v4?.touched).toBeGreaterThan(10)
    expect(v7?.fill).toBeGreaterThan(0.9)
    expect(v4?.fill).toBeLessThan(0.8)
  })
})
