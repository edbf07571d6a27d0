import { experiments, trace } from '@lockstep/patterns/lab'
import { describe, expect, test } from 'vitest'
import { callLanes } from '../../src/page/sequence/call-lanes.ts'
import { arrangeSequence, arrowOf } from '../../src/page/sequence/layout.ts'
import { arrangePicture, type Box } from '../../src/page/sequence/picture-layout.ts'
import { TracedRun } from '../../src/page/sequence/traced-run.ts'

const runs = await Promise.all(
  experiments.map(async (experiment) => [experiment.id, await trace(experiment)] as const),
)
const rooms = [0, 320, 676, 1_400]

describe.each(runs)('the diagram of %s', (_, { diagram }) => {
  test('has every arrow and every label within it, however much room there is', () => {
    for (const room of rooms) {
      const layout = arrangeSequence(diagram, room)
      expect(layout.width).toBeGreaterThanOrEqual(room)
      for (const row of diagram.steps.keys()) {
        const arrow = arrowOf(diagram, layout, row)
        if (arrow === undefined) continue
        const { from, to, y, label } = arrow
        for (const x of [from, to]) expect(x > 0 && x < layout.width).toBe(true)
        expect(y).toBeLessThan(layout.height)
        const letters = label.text.length + label.answer.length
        expect(label.x).toBeGreaterThan(0)
        expect(label.x + letters * 7.25).toBeLessThanOrEqual(layout.width)
      }
    }
  })

  test('goes down with every step, and an arrow goes from its caller to its callee', () => {
    const layout = arrangeSequence(diagram, 676)
    expect(layout.rows.toSorted((a, b) => a - b)).toEqual(layout.rows)
    expect(new Set(layout.rows).size).toBe(diagram.steps.length)
    for (const [row, step] of diagram.steps.entries()) {
      if (step.type === 'scene') continue
      const arrow = arrowOf(diagram, layout, row)
      const columns = [step.caller, step.callee].map((name) => layout.columns.get(name) ?? 0)
      const back = step.type === 'return' || step.type === 'throw'
      const [start = 0, end = 0] = back ? columns.toReversed() : columns
      expect(Math.sign((arrow?.to ?? 0) - (arrow?.from ?? 0))).toBe(
        step.caller === step.callee ? 0 : Math.sign(end - start),
      )
    }
  })

  test('has no two calls of the time line in one place', () => {
    const lanes = callLanes(diagram)
    const clashing = diagram.activations.flatMap((one, i) =>
      diagram.activations
        .slice(i + 1)
        .filter((other, j) => lanes[i] === lanes[i + 1 + j] && other.from <= one.to),
    )
    expect(clashing).toEqual([])
  })
})

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

describe.each(runs)('the class picture of %s', (_, { picture }) => {
  test('has each type in a place of its own, within the panel', () => {
    const { boxes, height } = arrangePicture(picture, 312)
    expect(new Set(boxes.map(({ name }) => name))).toEqual(
      new Set(picture.types.map(({ name }) => name)),
    )
    expect(boxes).toHaveLength(picture.types.length)
    for (const [i, box] of boxes.entries()) {
      expect(box.x >= 0 && box.x + box.width <= 312).toBe(true)
      expect(box.y + box.height).toBeLessThanOrEqual(height)
      for (const other of boxes.slice(i + 1)) expect(overlap(box, other)).toBe(false)
    }
  })

  test('has every relation, from the edge of one box to that of the other; bases stand above', () => {
    const { boxes, links } = arrangePicture(picture, 312)
    expect(links).toHaveLength(picture.relations.length)
    const named = new Map(boxes.map((box) => [box.name, box]))
    for (const { from, to, x1, y1, x2, y2 } of links) {
      for (const [name, x, y] of [[from, x1, y1] as const, [to, x2, y2] as const]) {
        const box = named.get(name)
        if (box === undefined) throw new Error(`no box ${name}`)
        expect(x >= box.x - 0.01 && x <= box.x + box.width + 0.01).toBe(true)
        expect(y >= box.y - 0.01 && y <= box.y + box.height + 0.01).toBe(true)
      }
    }
    const bases = picture.relations.filter(({ kind }) => kind === 'extends')
    for (const { from, to } of bases) expect(named.get(to)?.y).toBeLessThan(named.get(from)?.y ?? 0)
  })
})

test('a traced run is walked over step by step', async () => {
  const [[id, { diagram, picture, lines }] = expect.fail('no runs')] = runs
  const run = new TracedRun({ type: 'traced', request: 1, experiment: id, diagram, picture, lines })
  expect(run.rowAt(0)).toBe(-1)
  expect(run.rowAt(run.end)).toBe(run.length - 1)
  for (let row = -1; row < run.length; row++) {
    expect(run.rowAt(run.timeOf(row))).toBe(row)
    expect(run.eventFrom(row, 1)).toBe(Math.min(row + 1, run.length - 1))
    expect(run.eventFrom(row, -1)).toBe(Math.max(row - 1, -1))
  }
})
