import { chainingContests } from './chaining.ts'
import { cloningContests } from './cloning.ts'
import { type Contest, type ContestRow, hold } from './contest.ts'
import type { RoundOptions } from '../rounds.ts'
import { emittingContests } from './emitting.ts'
import { interpretingContests } from './interpreting.ts'
import { iteratingContests } from './iterating.ts'
import { sharingContests } from './sharing.ts'
import { switchingContests } from './switching.ts'
import { undoingContests } from './undoing.ts'

/** Components of `@lockstep/patterns`, each against the packages that people install in its place. */
export const contests: readonly Contest[] = [
  ...cloningContests,
  ...emittingContests,
  ...chainingContests,
  ...switchingContests,
  ...sharingContests,
  ...iteratingContests,
  ...interpretingContests,
  ...undoingContests,
]

/** Holds every contest. Compare ratios: the times are of this machine and of this run. */
export async function benchPatterns(options: RoundOptions): Promise<readonly ContestRow[]> {
  const rows: ContestRow[] = []
  for (const contest of contests) rows.push(...(await hold(contest, options)))
  return rows
}
