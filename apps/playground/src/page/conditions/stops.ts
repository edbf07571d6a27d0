import type { Expression } from '@lockstep/patterns/behavioral/interpreter/expression'
import type { Run } from '../run/run.ts'
import { sceneAt } from './scene-at.ts'

/** An event after which a condition holds that did not hold before it. */
export interface Stop {
  /** The last row of the event. */
  readonly row: number
  readonly condition: Expression
}

/** The first stop after a row, up to another row. What cannot be evaluated does not hold. */
export function nextStop(
  run: Run,
  conditions: readonly Expression[],
  after: number,
  upTo: number,
): Stop | undefined {
  if (conditions.length === 0) return undefined
  let held = heldAt(run, conditions, after)
  let row = run.eventFrom(after, 1)
  for (let before = after; row > before && row <= upTo; row = run.eventFrom(row, 1)) {
    const holds = heldAt(run, conditions, row)
    const condition = conditions.find((_, i) => holds[i] === true && held[i] === false)
    if (condition !== undefined) return { row, condition }
    held = holds
    before = row
  }
  return undefined
}

/** The last stop before the event that a row belongs to. */
export function previousStop(
  run: Run,
  conditions: readonly Expression[],
  before: number,
): Stop | undefined {
  if (conditions.length === 0) return undefined
  let row = run.eventFrom(before, -1)
  let holds = heldAt(run, conditions, row)
  while (row >= 0) {
    const earlier = run.eventFrom(row, -1)
    const held = heldAt(run, conditions, earlier)
    const condition = conditions.find((_, i) => holds[i] === true && held[i] === false)
    if (condition !== undefined) return { row, condition }
    row = earlier
    holds = held
  }
  return undefined
}

/** Before the first row nothing holds. */
function heldAt(run: Run, conditions: readonly Expression[], row: number): readonly boolean[] {
  if (row < 0) return conditions.map(() => false)
  const scene = sceneAt(run, row)
  return conditions.map((condition) => {
    try {
      return condition.holds(scene)
    } catch {
      return false
    }
  })
}
