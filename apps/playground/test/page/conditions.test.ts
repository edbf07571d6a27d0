import { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import { runUntil } from '../../src/conditions/run-until.ts'
import { sceneAt } from '../../src/page/conditions/scene-at.ts'
import { nextStop, previousStop } from '../../src/page/conditions/stops.ts'
import { Run } from '../../src/page/run/run.ts'
import { Page } from '../session/page.ts'

const [{ lab, experiments }] = areas as [(typeof areas)[number]]
const scenario = experiments.find(({ id }) => id === 'raft-leader-crash')?.scenario ?? lab.scenario
let run: Run

/** The run as the page holds it once all of it has come. */
beforeAll(async () => {
  const page = new Page()
  await page.run({ type: 'open', scenario })
  if (page.opened === undefined) throw new Error('not opened')
  run = new Run(page.opened)
  for (const message of page.messages) {
    if (message.type === 'rows') run.append(message.rows)
    if (message.type === 'summaries') run.summarize(message.changes)
  }
  await page.end()
})

const node = fc.constantFrom('n1', 'n2', 'n3').map((id) => `nodes.${id}`)
const conditions = fc.oneof(
  fc
    .tuple(node, fc.constantFrom('leader', 'candidate', 'follower', 'down'))
    .map(([id, role]) => `${id}.role == '${role}'`),
  fc.tuple(node, fc.nat(4)).map(([id, term]) => `${id}.term > ${term}`),
  fc.tuple(node, fc.nat(8)).map(([id, index]) => `${id}.log.commit >= ${index}`),
  fc
    .tuple(node, fc.nat(3_000))
    .map(([id, at]) => `${id}.role == 'leader' && at > ${at} && step > 3`),
)

test('the page stops where the command says that a condition holds first', async () => {
  await fc.assert(
    fc.asyncProperty(conditions, async (text) => {
      const condition = new Expression(text)
      const { first } = await runUntil(lab, scenario, { keeping: { rows: 'none' } }, condition)
      const stop = nextStop(run, [condition], -1, run.length - 1)
      expect(stop && { step: run.trace.step[stop.row], atMs: run.timeOf(stop.row) / 1000 }).toEqual(
        first,
      )
    }),
    { numRuns: 12 },
  )
})

test('forward and backward there are the same stops, and at each the condition has become true', () => {
  fc.assert(
    fc.property(conditions, (text) => {
      const all = [new Expression(text)]
      const [condition] = all as [Expression]
      const forward: number[] = []
      for (let at = -1; ; ) {
        const stop = nextStop(run, all, at, run.length - 1)
        if (stop === undefined) break
        at = stop.row
        forward.push(at)
        expect(condition.holds(sceneAt(run, at))).toBe(true)
        const before = run.eventFrom(at, -1)
        expect(before >= 0 && condition.holds(sceneAt(run, before))).toBe(false)
      }
      const backward: number[] = []
      for (let at = run.length - 1; ; ) {
        const stop = previousStop(run, all, at)
        if (stop === undefined) break
        at = stop.row
        backward.push(at)
      }
      const last = run.eventFrom(run.length - 1, -1)
      expect(backward.toReversed()).toEqual(forward.filter((row) => row <= last))
    }),
    { numRuns: 20 },
  )
})

test('what cannot be evaluated is no stop, and keeps no other from being one', () => {
  const wrong = new Expression('nodes.n99.term > 1')
  expect(nextStop(run, [wrong], -1, run.length - 1)).toBeUndefined()
  const right = new Expression("nodes.n1.state == 'up'")
  expect(nextStop(run, [wrong, right], -1, run.length - 1)?.condition).toBe(right)
})

test('a node that crashed is down, and leads nothing', () => {
  const crash = run.trace.kind.indexOf('crash')
  const id = run.trace.node[crash] ?? ''
  const before = sceneAt(run, crash - 1).nodes[id]
  const after = sceneAt(run, run.eventEnd(crash)).nodes[id]
  expect(before).toMatchObject({ state: 'up', role: 'leader' })
  expect(after).toMatchObject({ state: 'down', role: 'down', term: before?.term })
})
