import { isDeepStrictEqual } from 'node:util'
import { type Contender, inRounds, median, medianRatio, type RoundOptions } from '../rounds.ts'

/** One piece of work, done by a component of ours and by the packages that people install for it. */
export interface Contest {
  readonly component: string
  readonly work: string
  readonly ours: Contender
  readonly peers: readonly Contender[]
}

/** Ours and one peer's, from the same rounds. */
export interface ContestRow {
  readonly component: string
  readonly work: string
  readonly peer: string
  readonly oursNs: number
  readonly peerNs: number
  /** Ours to theirs: below 1 ours is quicker. The median of the ratios of all rounds. */
  readonly ratio: number
}

/** A peer gave something else than ours: there is nothing to compare. */
export class UnequalWork extends Error {
  constructor({ component, work }: Contest, peer: string) {
    super(`${component} and ${peer} do not give the same when they ${work}`)
  }
}

/**
 * Times a contest in processor time, all contenders in every round, each round in another order.
 *
 * @throws {UnequalWork} if a contender gives something else than ours; nothing is timed then.
 */
export async function hold(
  contest: Contest,
  options: RoundOptions,
): Promise<readonly ContestRow[]> {
  const contenders = [contest.ours, ...contest.peers]
  const expected = await contest.ours.run(1)
  for (const peer of contest.peers) {
    if (!isDeepStrictEqual(await peer.run(1), expected)) throw new UnequalWork(contest, peer.name)
  }
  const spent = await inRounds(contenders, options)
  const ns = spent.map((rounds) =>
    rounds.map(({ processorMs, times }) => (processorMs * 1e6) / times),
  )
  const [ours = [], ...theirs] = ns
  return theirs.map((peer, index) => ({
    component: contest.component,
    work: contest.work,
    peer: contest.peers[index]?.name ?? '',
    oursNs: Math.round(median(ours)),
    peerNs: Math.round(median(peer)),
    ratio: rounded(medianRatio(ours, peer)),
  }))
}

function rounded(ratio: number): number {
  return Number(ratio.toPrecision(2))
}
