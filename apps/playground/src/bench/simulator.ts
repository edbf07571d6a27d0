import { type ExecutionOptions, execute, type Lab, type Scenario } from '@lockstep/sim'

/** How fast the simulator runs with one set of things switched on. */
export interface SimulatorRow {
  readonly name: string
  readonly steps: number
  readonly operations: number
  readonly messagesPerOperation: number
  readonly milliseconds: number
  readonly stepsPerSecond: number
  /** Against the run with everything on. */
  readonly ratio: number
}

const variants: Readonly<Record<string, ExecutionOptions>> = {
  'all on': {},
  'no trace columns': { keeping: { rows: 'none' } },
  'no hash': { keeping: { hash: 'none' } },
  'no invariants': { invariants: false },
  'all off': { keeping: { rows: 'none', hash: 'none' }, invariants: false },
  'all on, with messages kept': { keeping: { rows: 'all' } },
  'all on, hash over messages': { keeping: { hash: 'data' } },
}

const rounds = 5

/**
 * Runs five nodes of a lab under the load of sixteen clients, without faults, and times the steps
 * alone: neither drawing the work nor judging it. The best of five rounds counts, taken in turn.
 */
export async function benchSimulator(lab: Lab): Promise<readonly SimulatorRow[]> {
  const scenario: Scenario = {
    ...lab.scenario,
    nodes: 5,
    work: { clients: 16, operations: 36_000, thinkMs: 0, timeoutMs: 5_000, keys: 16 },
    faults: [],
    healMs: 1,
    quietMs: 0,
  }
  const best = new Map<string, SimulatorRow>()
  for (let round = 0; round < rounds; round++) {
    for (const [name, options] of Object.entries(variants)) {
      const row = await measure(name, lab, scenario, options)
      if (row.milliseconds < (best.get(name)?.milliseconds ?? Number.POSITIVE_INFINITY)) {
        best.set(name, row)
      }
    }
  }
  const whole = best.get('all on')?.stepsPerSecond ?? 1
  return [...best.values()].map((row) => ({
    ...row,
    ratio: Math.round((row.stepsPerSecond / whole) * 100) / 100,
  }))
}

async function measure(
  name: string,
  lab: Lab,
  scenario: Scenario,
  options: ExecutionOptions,
): Promise<SimulatorRow> {
  const execution = execute(lab, scenario, options)
  const began = performance.now()
  await execution.advance()
  const milliseconds = performance.now() - began
  const { steps, operations, messages } = execution.finish()
  return {
    name,
    steps,
    operations,
    messagesPerOperation: Math.round((messages / operations) * 100) / 100,
    milliseconds: Math.round(milliseconds),
    stepsPerSecond: Math.round((steps / milliseconds) * 1000),
    ratio: 1,
  }
}
