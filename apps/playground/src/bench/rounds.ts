/** One way to do some work. */
export interface Contender {
  readonly name: string
  /** Does the work so often, and gives what came of the last time. */
  run(times: number): unknown
}

export interface RoundOptions {
  readonly rounds: number
  /** How long one contender works in one round, roughly. */
  readonly roundMs: number
}

/** What one contender spent in one round. */
export interface Spent {
  readonly times: number
  readonly processorMs: number
  readonly wallMs: number
}

/** Times contenders, all of them in every round, each round in another order. */
export async function inRounds(
  contenders: readonly Contender[],
  options: RoundOptions,
): Promise<readonly (readonly Spent[])[]> {
  const times: number[] = []
  for (const contender of contenders) times.push(await timesFor(contender, options.roundMs))
  const spent: Spent[][] = contenders.map(() => [])
  for (let round = 0; round < options.rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const at = (round + turn) % contenders.length
      spent[at]?.push(await timed(contenders[at] as Contender, times[at] ?? 1))
    }
  }
  return spent
}

/** Of an even number of values the mean of the two in the middle; `NaN` of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  const lower = sorted.length % 2 === 1 ? upper : (sorted[half - 1] ?? Number.NaN)
  return (lower + upper) / 2
}

/**
 * Ours to theirs, from the same rounds: the median of the ratios of all rounds, since the pace of a machine drifts
 * from one round to the next.
 */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(theirs.map((their, round) => (ours[round] ?? Number.NaN) / their))
}

/** How many rounds' time is spent before the first, so that the compiler is done with its work. */
const warmUpRounds = 8

/** How often a contender does its work in that time, once it is warm. */
async function timesFor(contender: Contender, ms: number): Promise<number> {
  let times = 1
  for (;;) {
    const { processorMs } = await timed(contender, times)
    if (processorMs >= ms * warmUpRounds) return Math.max(1, Math.round((times * ms) / processorMs))
    times *= 2
  }
}

async function timed(contender: Contender, times: number): Promise<Spent> {
  const start = performance.now()
  const before = process.cpuUsage()
  await contender.run(times)
  const { user, system } = process.cpuUsage(before)
  return { times, processorMs: (user + system) / 1000, wallMs: performance.now() - start }
}
