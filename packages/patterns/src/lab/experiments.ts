import type { TracedExperiment } from './experiment.ts'
import { creational } from './experiments/creational.ts'
import { principles } from './experiments/principles.ts'
import { procedures } from './experiments/procedures.ts'
import { sharing } from './experiments/sharing.ts'
import { states } from './experiments/states.ts'
import { talking } from './experiments/talking.ts'
import { wrapping } from './experiments/wrapping.ts'

/**
 * Every pattern that has collaborators, family by family.
 *
 * @example
 * ```ts
 * import { experiments } from '@lockstep/patterns/lab'
 *
 * const ids = new Set(experiments.map(({ id }) => id))
 * if (ids.size !== experiments.length || !ids.has('pattern-visitor')) throw new Error('not all')
 * ```
 */
export const experiments: readonly TracedExperiment[] = [
  ...creational,
  ...wrapping,
  ...sharing,
  ...procedures,
  ...states,
  ...talking,
  ...principles,
]
