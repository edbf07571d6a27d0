import { run } from '@lockstep/sim'
import { describe, expect, it } from 'vitest'
import { experiments, raftLab } from '../src/lab.ts'
import { raftShapes } from '../src/shapes.ts'

type LabScenario = typeof raftLab.scenario

const known = raftShapes.map((keys) => keys.join())

/** A run without faults, of clients that ask the leader and that ask any node. */
const quiet = (['leader', 'any'] as const).map((readsFrom): LabScenario => {
  const { scenario, config } = raftLab
  const work = { ...scenario.work, changes: 0, operations: 400 } as LabScenario['work']
  return { ...scenario, work, faults: [], config: { ...config, readsFrom } }
})

/** The shapes of the objects in a value. */
function* shapesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield Object.keys(value).join()
  for (const part of Object.values(value)) yield* shapesIn(part)
}

/** How often each shape is in the messages of some runs. */
async function shapesSent(scenarios: readonly LabScenario[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const scenario of scenarios) {
    const { trace } = await run(raftLab, scenario, { keeping: { rows: 'all' } })
    for (const { kind, data } of trace.events()) {
      if (kind !== 'send') continue
      for (const shape of shapesIn(data)) counts.set(shape, (counts.get(shape) ?? 0) + 1)
    }
  }
  return counts
}

describe('the shapes that Raft’s messages are encoded by', () => {
  it('are those of nearly all objects, where nothing is wrong', async () => {
    const counts = await shapesSent(quiet)
    const sum = (shapes: Iterable<string>): number =>
      [...shapes].reduce((total, shape) => total + (counts.get(shape) ?? 0), 0)
    expect(sum(known)).toBeGreaterThan(0.97 * sum(counts.keys()))
  })

  it('are all sent, those of keys to a follower that is behind', async () => {
    const behind = experiments.flatMap(({ id, scenario }) =>
      id === 'raft-slow-follower' ? [scenario] : [],
    )
    const counts = await shapesSent([...quiet, ...behind])
    expect(known.filter((shape) => !counts.has(shape))).toEqual([])
  })
})
