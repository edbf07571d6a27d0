import { nodeScene, type Scene } from '../../conditions/scene.ts'
import type { Run } from '../run/run.ts'

/** The run as it stands after a row. */
export function sceneAt(run: Run, row: number): Scene {
  const { states, summaries, trace } = run
  return {
    at: (trace.at[row] ?? 0) / 1000,
    step: trace.step[row] ?? 0,
    nodes: Object.fromEntries(
      run
        .nodesAt(row)
        .map((id) => [
          id,
          nodeScene(id, states.lives.after(id, row) ?? 'down', summaries.after(id, row)),
        ]),
    ),
  }
}
