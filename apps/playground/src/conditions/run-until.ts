import type { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
import type { Milliseconds, NodeId } from '@lockstep/process'
import {
  type Execution,
  type ExecutionOptions,
  execute,
  type Lab,
  type Run,
  type Scenario,
  type Summary,
} from '@lockstep/sim'
import { nodeScene, type Scene } from './scene.ts'

/** Where a condition held for the first time. */
export interface FirstHold {
  readonly step: number
  readonly atMs: Milliseconds
}

/**
 * Runs a scenario to its end, and looks after each step whether a condition holds, until it does.
 *
 * Rejects with an `ExpressionError` if the condition cannot be evaluated.
 */
export async function runUntil(
  lab: Lab,
  scenario: Scenario,
  options: ExecutionOptions,
  condition: Expression,
): Promise<{ readonly result: Run; readonly first: FirstHold | undefined }> {
  const summaries = new Map<NodeId, Summary>()
  const execution = execute(lab, scenario, {
    ...options,
    onStep: (id, process) => summaries.set(id, lab.views.summary(process.view())),
  })
  let first: FirstHold | undefined
  let ended = false
  // Step 0 is the start of the nodes.
  for (let steps = 0; !ended && first === undefined; steps++) {
    ended = await execution.advance({ steps })
    const scene = sceneOf(execution, summaries)
    if (condition.holds(scene)) first = { step: scene.step, atMs: scene.at }
  }
  await execution.advance()
  return { result: execution.finish(), first }
}

function sceneOf(
  execution: Execution<Lab['config'], unknown, unknown>,
  summaries: ReadonlyMap<NodeId, Summary>,
): Scene {
  const nodes = execution
    .states()
    .map(({ id, state }) => [id, nodeScene(id, state, summaries.get(id))] as const)
  return {
    at: execution.now / 1000,
    step: execution.steps,
    nodes: Object.fromEntries(nodes),
  }
}
