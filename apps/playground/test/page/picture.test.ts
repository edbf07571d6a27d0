import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Run } from '../../src/page/run/run.ts'
import { layOut, pointOn } from '../../src/page/stage/geometry.ts'
import { dotsAt, Ways } from '../../src/page/stage/scene.ts'
import { ticks, within, zoomed } from '../../src/page/timeline/scale.ts'
import { columns, type Row } from './rows.ts'

const ids = ['n1', 'n2', 'n3', 'n4', 'n5']
const clients = ['c1', 'c2', 'c3', 'you', 'final']

function dots(rows: readonly Row[], at: number) {
  const run = new Run({
    world: 'simulated',
    scenario: {
      v: 1,
      lab: 'test',
      seed: 1,
      nodes: 3,
      work: { script: [], timeoutMs: 1 },
      faults: [],
      healMs: 1,
      quietMs: 1,
    },
    link: '',
    nodes: ids,
    clients: [],
  })
  run.append(columns(rows))
  const ways = new Ways(layOut(800, 600, ids, []))
  return { dots: dotsAt(run, { at, row: run.trace.rowAt(at) }, ways), ways }
}

describe('the picture of a run', () => {
  it('shows a message half-way at half of its time', () => {
    const { dots: seen, ways } = dots(
      [
        { kind: 'send', node: 'n1', peer: 'n2', at: 0 },
        { kind: 'deliver', node: 'n2', peer: 'n1', at: 1000, cause: 0 },
      ],
      500,
    )
    const way = ways.of('n1', 'n2')
    expect(seen).toMatchObject([{ ...(way && pointOn(way, 0.5)), lost: false }])
  })

  it('lets a message that was cut leave, end in a cross and fade', () => {
    const rows: readonly Row[] = [
      { kind: 'send', node: 'n1', peer: 'n2', at: 0 },
      { kind: 'drop', node: 'n1', peer: 'n2', at: 0, cause: 0, value: 1 },
    ]
    expect(dots(rows, 100).dots).toMatchObject([{ lost: false }])
    expect(dots(rows, 7000).dots).toMatchObject([{ lost: true }])
    expect(dots(rows, 1e6).dots).toEqual([])
  })

  it('keeps everyone on the stage', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 420, max: 2400 }),
        fc.integer({ min: 320, max: 1600 }),
        fc.integer({ min: 1, max: 9 }),
        (width, height, count) => {
          const nodes = Array.from({ length: count }, (_, i) => `n${i + 1}`)
          const layout = layOut(width, height, nodes, clients)
          for (const { x, y } of [...layout.nodes.values(), ...layout.clients.values()]) {
            expect(x).toBeGreaterThan(0)
            expect(x).toBeLessThan(width)
            expect(y).toBeGreaterThan(0)
            expect(y).toBeLessThan(height)
          }
        },
      ),
    )
  })
})

describe('the window of the time line', () => {
  it('stays in the run and keeps the time under the pointer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 1e8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (end, share, factor) => {
          const around = share * end
          const [from, to] = zoomed(within(0, end, end), factor, around, end)
          expect(from).toBeGreaterThanOrEqual(0)
          expect(to).toBeLessThanOrEqual(end * (1 + 1e-9))
          expect(around).toBeGreaterThanOrEqual(from - 1e-6 * end)
          expect(around).toBeLessThanOrEqual(to + 1e-6 * end)
        },
      ),
    )
  })

  it('has ticks at round times', () => {
    expect(ticks({ from: 0, to: 1_000_000, left: 0, width: 500 }, 100)).toEqual([
      0, 200_000, 400_000, 600_000, 800_000, 1_000_000,
    ])
  })
})
