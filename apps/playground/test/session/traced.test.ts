import { expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import { Page } from './page.ts'

test('a traced experiment comes with its diagram, its picture and its verdict', async () => {
  const page = new Page()
  const traced = page.next('traced')
  const judged = await page.run({ type: 'trace', experiment: 'pattern-strategy' })
  const { diagram, picture, lines } = await traced
  expect(diagram.participants).toEqual(['client', 'selector', 'deflate', 'store'])
  expect(lines).toHaveLength(diagram.steps.length)
  expect(picture.relations).toContainEqual({
    from: 'StrategySelector',
    to: 'Candidate',
    kind: 'has',
  })
  expect(judged).toMatchObject({ type: 'judged', verdict: { is: 'holds' } })
  await page.end()
})

test('it takes the place of a simulation, and a simulation takes its place', async () => {
  const page = new Page()
  const scenario = areas[0]?.lab.scenario
  if (scenario === undefined) throw new Error('no lab')
  await page.run({ type: 'open', scenario })
  await page.run({ type: 'trace', experiment: 'pattern-proxy' })
  const fault = await page.run({ type: 'fault', at: 0, fault: { do: 'heal' } })
  expect(fault).toMatchObject({ type: 'refused', code: 'nothing-open' })
  expect(await page.run({ type: 'open', scenario })).toMatchObject({
    type: 'judged',
    traceHash: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  await page.end()
})

test('one that does not exist is refused, and what ran goes on', async () => {
  const page = new Page()
  expect(await page.run({ type: 'trace', experiment: 'pattern-none' })).toMatchObject({
    type: 'refused',
    code: 'unknown-experiment',
  })
  await page.end()
})
