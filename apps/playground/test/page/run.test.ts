import type { Scenario } from '@lockstep/sim'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Opening, Run } from '../../src/page/run/run.ts'
import { roleSpans } from '../../src/page/run/roles.ts'
import { cutSpans } from '../../src/page/run/spans.ts'
import type { SummaryChange } from '../../src/session/protocol.ts'
import { columns, type Row, traces } from './rows.ts'

const scenario: Scenario = {
  v: 1,
  lab: 'test',
  seed: 1,
  nodes: 3,
  work: { script: [], timeoutMs: 1 },
  faults: [],
  healMs: 1,
  quietMs: 1,
}
const opening: Opening = {
  world: 'simulated',
  scenario,
  link: '',
  nodes: ['n1', 'n2', 'n3'],
  clients: ['c1'],
}

function runOf(rows: readonly Row[]): Run {
  const run = new Run(opening)
  run.append(columns(rows))
  return run
}

/** All that a run answers, as plain data. */
function content(run: Run): unknown {
  return {
    at: run.trace.at,
    kind: run.trace.kind,
    sentences: run.trace.sentences,
    flights: run.flights.all,
    lost: run.flights.lost,
    marks: run.marks,
    violations: run.violations,
    lives: run.states.lives.all,
    links: run.states.links.all,
    active: run.active,
  }
}

function summary(row: number, node: string, epoch: number): SummaryChange {
  return { row, node, summary: { shape: 'follower', role: 'follower', epoch } }
}

describe('a run', () => {
  it('knows which nodes there were after every row, whichever came and went, and forgets what is cut off', () => {
    const change = fc.record({
      rows: fc.integer({ min: 1, max: 5 }),
      nodes: fc.subarray(['n1', 'n2', 'n3', 'n4', 'n5'], { minLength: 1 }),
    })
    fc.assert(
      fc.property(fc.array(change), fc.nat({ max: 40 }), (changes, cut) => {
        const run = new Run(opening)
        const expected: (readonly string[])[] = []
        for (const { rows, nodes } of changes) {
          const before = expected.at(-1) ?? opening.nodes
          const filled = Array.from({ length: rows }, (): Row => ({ kind: 'mark', at: 0 }))
          run.append(columns(filled, run.length))
          run.renode(run.length - 1, nodes)
          expected.push(...filled.slice(1).map(() => before), nodes)
        }
        expect(expected.map((_, row) => run.nodesAt(row))).toEqual(expected)
        expect(run.nodesAt(-1)).toEqual(opening.nodes)
        expect([...run.everyNode].toSorted()).toEqual(
          [...new Set([...opening.nodes, ...expected.flat()])].toSorted(),
        )
        run.truncate(cut)
        expect(run.nodesAt(1_000)).toEqual(
          expected[Math.min(cut, expected.length) - 1] ?? opening.nodes,
        )
      }),
    )
  })

  it('is the same in one piece and in many', () => {
    fc.assert(
      fc.property(traces, fc.integer({ min: 1, max: 50 }), (rows, size) => {
        const run = new Run(opening)
        for (let from = 0; from < rows.length; from += size)
          run.append(columns(rows.slice(from, from + size), from))
        expect(content(run)).toEqual(content(runOf(rows)))
      }),
      { numRuns: 60 },
    )
  })

  it('that was cut off and continued is the run that went so from the start', () => {
    fc.assert(
      fc.property(traces, traces, fc.nat({ max: 300 }), (first, second, at) => {
        const from = Math.min(at, first.length)
        const shifted = second.map((row) => ({
          ...row,
          at: (row.at ?? 0) + 1e9,
          cause: row.cause === undefined ? -1 : row.cause + from,
        }))
        const run = runOf(first)
        run.truncate(from)
        run.append(columns(shifted, from))
        expect(content(run)).toEqual(content(runOf([...first.slice(0, from), ...shifted])))
      }),
      { numRuns: 60 },
    )
  })

  it('refuses rows that do not follow those it has', () => {
    expect(() => runOf([{ kind: 'mark' }]).append(columns([{ kind: 'mark' }], 5))).toThrow(
      'rows from 1 expected, got rows from 5',
    )
  })

  it('replaces the summaries that follow an earlier one', () => {
    const run = runOf([{ kind: 'mark' }, { kind: 'mark' }, { kind: 'mark' }])
    run.summarize([summary(0, 'n1', 1), summary(2, 'n1', 2)])
    run.summarize([summary(1, 'n1', 7)])
    expect([0, 1, 2].map((row) => run.summaries.after('n1', row)?.epoch)).toEqual([1, 7, 7])
  })

  it('steps over whole events, there and back', () => {
    fc.assert(
      fc.property(traces, (rows) => {
        const run = runOf(rows)
        const stops = [-1]
        for (let row = -1; row < rows.length - 1; ) {
          row = run.eventFrom(row, 1)
          stops.push(row)
        }
        const back: number[] = []
        for (let row = rows.length - 1; row >= 0; row = run.eventFrom(row, -1)) back.push(row)
        expect([...back, -1].toReversed()).toEqual(stops)
      }),
      { numRuns: 60 },
    )
  })

  it('takes a late row at the time of the row before it', () => {
    const run = runOf([
      { kind: 'mark', at: 5 },
      { kind: 'mark', at: 3 },
    ])
    expect(run.trace.at).toEqual([5, 5])
  })
})

describe('the spans of a run', () => {
  it('join what was cut in one step until its last link is mended', () => {
    const run = runOf([
      { kind: 'cut', node: 'n1', peer: 'n2', at: 10, step: 1 },
      { kind: 'cut', node: 'n2', peer: 'n1', at: 10, step: 1 },
      { kind: 'cut', node: 'n3', peer: 'n1', at: 20, step: 2 },
      { kind: 'mend', node: 'n1', peer: 'n2', at: 30, step: 3 },
      { kind: 'mend', node: 'n2', peer: 'n1', at: 40, step: 4 },
    ])
    expect(cutSpans(run).map(({ from, to, level, value }) => [from, to, level, value])).toEqual([
      [
        10,
        40,
        0,
        [
          ['n1', 'n2'],
          ['n2', 'n1'],
        ],
      ],
      [20, Number.POSITIVE_INFINITY, 1, [['n3', 'n1']]],
    ])
  })

  it('tell what a node was without gaps', () => {
    const run = runOf([
      { kind: 'start', node: 'n1', at: 0, value: 1 },
      { kind: 'mark', at: 10 },
      { kind: 'crash', node: 'n1', at: 20 },
      { kind: 'start', node: 'n1', at: 30, value: 2 },
    ])
    run.summarize([summary(0, 'n1', 1), summary(1, 'n1', 2)])
    const told = roleSpans(run, 'n1').map(({ from, to, value }) => [
      from,
      to,
      value.life,
      value.epoch,
    ])
    expect(told).toEqual([
      [0, 10, 'up', 1],
      [10, 20, 'up', 2],
      [20, 30, 'down', 2],
      [30, Number.POSITIVE_INFINITY, 'up', 2],
    ])
  })
})
