import { isDeepStrictEqual } from 'node:util'

/** One way to do the work of a contest. */
export interface Contender {
  readonly name: string
  /** Does the work so often, and gives what came of the last time. */
  run(times: number): unknown
}

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

export interface RoundOptions {
  readonly rounds: number
  /** How long one contender works in one round, roughly. */
  readonly roundMs: number
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
  const times: number[] = []
  for (const contender of contenders) times.push(await timesFor(contender, options.roundMs))
  const ns: number[][] = contenders.map(() => [])
  for (let round = 0; round < options.rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const at = (round + turn) % contenders.length
      const often = times[at] ?? 1
      const spent = await processorMs(contenders[at] as Contender, often)
      ns[at]?.push((spent * 1e6) / often)
    }
  }
  const [ours = [], ...theirs] = ns
  return theirs.map((peer, index) => ({
    component: contest.component,
    work: contest.work,
    peer: contest.peers[index]?.name ?? '',
    oursNs: Math.round(median(ours)),
    peerNs: Math.round(median(peer)),
    ratio: rounded(median(ours.map((each, round) => each / (peer[round] ?? each)))),
  }))
}

/** How many rounds' time is spent before the first, so that the compiler is done with its work. */
const warmUpRounds = 8

/** How often a contender does its work in that time, once it is warm. */
async function timesFor(contender: Contender, ms: number): Promise<number> {
  let times = 1
  for (;;) {
    const spent = await processorMs(contender, times)
    if (spent >= ms * warmUpRounds) return Math.max(1, Math.round((times * ms) / spent))
    times *= 2
  }
}

async function processorMs(contender: Contender, times: number): Promise<number> {
  const before = process.cpuUsage()
  await contender.run(times)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function rounded(ratio: number): number {
  return Number(ratio.toPrecision(2))
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
