import { test } from '@fast-check/vitest'
import type { Timed } from '@lockstep/process'
import { execute, type Lab, type Run, run, type Scenario, writeOut } from '@lockstep/sim'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { type CounterConfig, counterLab, type CounterOp } from './counter-lab.ts'

type CounterScenario = Scenario<CounterConfig, CounterOp>
const seeds = fc.integer({ min: 0, max: 0xffff_ffff })

function scenarioOf(seed: number): CounterScenario {
  return { ...counterLab.scenario, seed }
}

/** All rows before a time, as data. */
function rowsBefore(one: Run<CounterConfig, CounterOp, number>, at: number): unknown[] {
  return [...one.trace.events()].filter((event) => event.at < at)
}

describe('determinism', () => {
  test.prop([seeds], { numRuns: 25 })(
    'the same scenario gives the same trace, whatever is kept of it and whether it is frozen',
    async (seed) => {
      const scenario = scenarioOf(seed)
      const first = await run(counterLab, scenario, { keeping: { hash: 'data', rows: 'all' } })
      const again = await run(counterLab, scenario, { keeping: { hash: 'data' }, freeze: true })
      expect(again.traceHash).toBe(first.traceHash)
      const rows = await run(counterLab, scenario)
      const bare = await run(counterLab, scenario, { keeping: { rows: 'none' }, invariants: false })
      expect(bare.traceHash).toBe(rows.traceHash)
      expect(again.history).toEqual(first.history)
    },
  )

  test('other seeds give other traces', async () => {
    const hashes = new Set<string>()
    for (let seed = 0; seed < 50; seed++) {
      hashes.add((await run(counterLab, scenarioOf(seed))).traceHash)
    }
    expect(hashes.size).toBe(50)
  })

  test('a process that reads a clock of its own is found out by running twice', async () => {
    let ambient = 0
    const leaky: typeof counterLab = {
      ...counterLab,
      processes: (full) =>
        counterLab.processes(full).map(({ id, build }) => ({
          id,
          build: (context) => {
            const process = build(context)
            const start = process.start.bind(process)
            process.start = (saved) => {
              start(saved)
              context.setTimer('leak', ++ambient)
            }
            return process
          },
        })),
    }
    const first = await run(leaky, scenarioOf(3))
    const again = await run(leaky, scenarioOf(3))
    expect(again.traceHash).not.toBe(first.traceHash)
  })

  test.prop([seeds], { numRuns: 15 })(
    'a scenario written out runs as the short one',
    async (seed) => {
      const scenario = scenarioOf(seed)
      const short = await run(counterLab, scenario)
      const long = await run(counterLab, writeOut(counterLab, scenario))
      expect(long.traceHash).toBe(short.traceHash)
    },
  )
})

describe('editing a scenario', () => {
  test.prop([seeds, fc.integer({ min: 1, max: 1900 })], { numRuns: 25 })(
    'a fault or an operation that is added leaves all that came before it as it was',
    async (seed, at) => {
      const full = writeOut(counterLab, scenarioOf(seed))
      const all = { keeping: { rows: 'all' } } as const
      const before = await run(counterLab, full, all)
      const add: CounterOp = { type: 'add' }
      const fault: Timed = { do: 'crash', node: 'n1', at }
      const broken = await run(counterLab, { ...full, faults: [...full.faults, fault] }, all)
      const asked = await run(counterLab, { ...full, hand: [[at, add]] }, all)
      expect(rowsBefore(broken, at * 1000)).toEqual(rowsBefore(before, at * 1000))
      expect(rowsBefore(asked, at * 1000)).toEqual(rowsBefore(before, at * 1000))
      expect(asked.operations).toBe(before.operations + 1)
    },
  )

  test.prop([seeds, fc.nat(400)], { numRuns: 15 })(
    'a run that is stopped on its way stands as it stood, and goes on to the same end',
    async (seed, steps) => {
      const whole = await run(counterLab, scenarioOf(seed))
      const halted = execute(counterLab, scenarioOf(seed))
      await halted.advance({ steps })
      expect(halted.steps).toBe(Math.min(steps, whole.steps))
      expect(halted.states().map(({ id }) => id)).toEqual(['n1', 'n2', 'n3'])
      if (steps < whole.steps) expect(() => halted.finish()).toThrow('not ended')
      await halted.advance()
      expect(halted.finish().traceHash).toBe(whole.traceHash)
    },
  )
})

describe('causes', () => {
  test.prop([seeds], { numRuns: 15 })('every cause is an earlier row', async (seed) => {
    const { trace } = await run(counterLab, scenarioOf(seed))
    for (const { row, cause, kind } of trace.events()) {
      expect(cause).toBeLessThan(row)
      if (kind === 'deliver') {
        expect(['send', 'duplicate']).toContain(trace.event(cause).kind)
      }
      if (kind === 'fire') expect(trace.event(cause).kind).toBe('arm')
    }
  })
})

describe('verdicts', () => {
  const quiet: CounterScenario = { ...counterLab.scenario, faults: [] }
  const withClient = (client: typeof counterLab.client): typeof counterLab => ({
    ...counterLab,
    client,
  })

  test('a client that waits for something outside of the world ends unknown', async () => {
    const escaped = withClient(async () => {
      await new Promise(() => undefined)
    })
    const { verdict } = await run(escaped, quiet)
    expect(verdict).toMatchObject({ is: 'unknown', by: 'liveness' })
    expect(verdict.text).toContain('waits for something outside')
  })

  test('a client that throws is a violation, and so is an invariant that breaks', async () => {
    const thrown = await run(
      withClient(() => Promise.reject(new Error('lost my way'))),
      quiet,
    )
    expect(thrown.verdict).toMatchObject({
      is: 'violated',
      by: 'no client throws',
      text: 'lost my way',
    })
    const negative = await run(
      {
        ...counterLab,
        invariants: () => ({ stepped: () => ({ invariant: 'never', text: 'it happened' }) }),
      } satisfies Lab<CounterConfig, CounterOp, number>,
      quiet,
    )
    expect(negative.verdict).toMatchObject({ is: 'violated', by: 'never', step: 0 })
  })

  test('final reads that nobody answers violate liveness', async () => {
    const mute: typeof counterLab = {
      ...counterLab,
      processes: (full) => counterLab.processes(full).slice(1),
    }
    const { verdict } = await run(mute, quiet)
    expect(verdict).toMatchObject({ is: 'violated', by: 'liveness' })
  })
})
