import type { History, NodeId, Verdict } from '@lockstep/process'
import { type Execution, type ExecutionOptions, execute } from './execution.ts'
import type { Lab } from './lab.ts'
import type { Full, Scenario } from './scenario.ts'
import type { Trace } from './trace.ts'

/** What a complete run gave. */
export interface Run<Config = object, Op = unknown, Value = unknown> {
  readonly scenario: Full<Config, Op>
  /** The worst of `verdicts`: a violation before an unknown before a hold. */
  readonly verdict: Verdict
  /** What the invariants said, what liveness said, and what each judge of the lab said. */
  readonly verdicts: readonly Verdict[]
  readonly history: History<Op, Value>
  readonly trace: Trace
  /** 16 hexadecimal digits; equal scenarios give equal hashes on every platform. */
  readonly traceHash: string
  readonly steps: number
  readonly marks: ReadonlyMap<string, number>
  /** Messages that were sent, and operations that were invoked. */
  readonly messages: number
  readonly operations: number
  /** The virtual time at which it ended, in microseconds. */
  readonly end: number
  readonly clients: readonly NodeId[]
  /** Messages that the network lost or doubled, by the name of the draw that decided it. */
  readonly accidents: readonly string[]
}

/**
 * Runs a scenario to its end and judges it.
 *
 * The phases: set-up, faults, heal, quiet, final reads, judgement. Invariants are checked after
 * every step. Throws a `ScenarioError` for a scenario that the lab cannot run.
 */
export async function run<Config, Op, Value>(
  lab: Lab<Config, Op, Value>,
  scenario: Scenario<Config, Op>,
  options: ExecutionOptions = {},
): Promise<Run<Config, Op, Value>> {
  const execution: Execution<Config, Op, Value> = execute(lab, scenario, options)
  await execution.advance()
  return execution.finish()
}
