import { isInstalled } from '@lockstep/servers'
import type { Area } from '../areas.ts'
import { benchFailOvers } from './fail-over.ts'
import type { Span } from './load.ts'
import { median, medianRatio } from './rounds.ts'
import { type Load, type Round, Side } from './side.ts'

/** One figure, ours and etcd's from the same run; `etcd` is empty where the machine has none. */
export interface RaftRow {
  readonly figure: string
  /** Over how many connections the operations went. */
  readonly connections: number | ''
  readonly outstanding: number | ''
  readonly lockstep: number
  readonly etcd: number | ''
  /** Ours to etcd's; of a load the median of the ratios of its rounds. */
  readonly ratio: number | ''
  /** How many cores other processes took meanwhile, as the mean of all rounds. */
  readonly foreign: number | ''
}

export interface RaftBenchOptions extends Span {
  readonly outstanding: readonly number[]
  /** How many connections share the operations when they are pipelined. */
  readonly connections: number
  readonly keys: number
  /** How often each load is measured, behind a first time that does not count: both sides run warm. */
  readonly rounds: number
  readonly failOvers: number
}

/** A row before it is rounded. */
type Values = Omit<RaftRow, 'ratio' | 'etcd'> & {
  readonly etcd: number | undefined
  /** Of a load; else that of the two figures. */
  readonly ratio?: number
}

type Measuring = Omit<Load, 'others'>

/** What came of one load: the rounds of each side. */
interface Outcome {
  readonly load: Measuring
  readonly ours: Round[]
  readonly theirs: Round[]
}

/**
 * Three processes of ours beside three of etcd, on this machine, in turns: puts of 256 bytes and
 * linearizable reads, the memory of a node, and the time from a kill -9 of the leader to the next
 * acknowledged put. Both sync before they acknowledge.
 */
export async function benchRaft(
  area: Area,
  options: RaftBenchOptions,
): Promise<readonly RaftRow[]> {
  const rows = [...(await benchLoads(options)), ...(await benchFailing(area, options))]
  return rows.map(({ lockstep, etcd, ratio, ...row }) => ({
    ...row,
    lockstep: rounded(lockstep),
    etcd: etcd === undefined ? '' : rounded(etcd),
    ratio: etcd === undefined ? '' : rounded(ratio ?? lockstep / etcd),
  }))
}

async function benchLoads(options: RaftBenchOptions): Promise<readonly Values[]> {
  const { outstanding: depths, connections, keys, warmUpMs, measureMs } = options
  const of = { lanes: Math.max(...depths), connections, keys, span: { warmUpMs, measureMs } }
  const sides = [await Side.start({ of: 'raft', ...of })]
  try {
    if (isInstalled('etcd')) sides.push(await Side.start({ of: 'etcd', ...of }))
    const outcomes = loadsOf(depths).map((load): Outcome => ({ load, ours: [], theirs: [] }))
    for (let round = 0; round <= options.rounds; round++)
      for (const outcome of outcomes) await measureOnce(sides, outcome, round > 0)
    const rows = outcomes.flatMap((outcome) => shown(outcome, connections))
    return [...rows, ...memoryOf(await Promise.all(sides.map((side) => side.memory())))]
  } finally {
    await Promise.all(sides.map((side) => side.stop()))
  }
}

function loadsOf(depths: readonly number[]): readonly Measuring[] {
  return (['put', 'get'] as const).flatMap((operation) =>
    depths.flatMap((outstanding): readonly Measuring[] => {
      const own = { shape: 'own', operation, outstanding } as const
      // One operation at a time is the same either way.
      return outstanding === 1 ? [own] : [{ ...own, shape: 'pipelined' }, own]
    }),
  )
}

/** Measures a load on one side after the other. */
async function measureOnce(
  sides: readonly Side[],
  { load, ours, theirs }: Outcome,
  counts: boolean,
): Promise<void> {
  for (const [index, side] of sides.entries()) {
    const others = sides.filter((other) => other !== side).flatMap(({ pids }) => pids)
    const round = await side.measure({ ...load, others })
    if (counts) (index === 0 ? ours : theirs).push(round)
  }
}

function shown({ load, ours, theirs }: Outcome, connections: number): readonly Values[] {
  const { shape, operation, outstanding } = load
  const rounds = [...ours, ...theirs]
  const foreign = rounds.reduce((sum, round) => sum + round.foreign, 0) / rounds.length
  const figure = (name: string, of: (round: Round) => number): Values => {
    const [lockstep, etcd] = [ours.map(of), theirs.map(of)]
    return {
      figure: name,
      connections: shape === 'own' ? outstanding : connections,
      outstanding,
      lockstep: median(lockstep),
      etcd: etcd.length === 0 ? undefined : median(etcd),
      ratio: medianRatio(lockstep, etcd),
      foreign: rounded(foreign),
    }
  }
  return [
    figure(`${operation}s a second`, ({ perSecond }) => perSecond),
    figure(`${operation} p50, ms`, ({ p50Ms }) => p50Ms),
    figure(`${operation} p99, ms`, ({ p99Ms }) => p99Ms),
    figure(`processor time of a ${operation}, us`, ({ cpuUs }) => cpuUs),
  ]
}

function memoryOf([ours = [], theirs = []]: readonly (readonly number[])[]): readonly Values[] {
  const largestFirst = (memory: readonly number[]): number[] => memory.toSorted((a, b) => b - a)
  const etcd = largestFirst(theirs)
  return largestFirst(ours).map((lockstep, index) => ({
    figure: `memory of ${['the largest', 'the middle', 'the smallest'][index]} node, MB`,
    connections: '',
    outstanding: '',
    lockstep,
    etcd: etcd[index],
    foreign: '',
  }))
}

async function benchFailing(
  area: Area,
  { failOvers }: RaftBenchOptions,
): Promise<readonly Values[]> {
  const { withDefaults, withEtcdsTimeouts, etcd } = await benchFailOvers(area, failOvers)
  const figure = (name: string, times: readonly number[]): Values => ({
    figure: `kill -9 to next put, ${name}, ms`,
    connections: '',
    outstanding: '',
    lockstep: Math.round(median(times)),
    etcd: etcd.length === 0 ? undefined : Math.round(median(etcd)),
    foreign: '',
  })
  return [
    figure('each with its defaults', withDefaults),
    figure('both with the timeouts of etcd', withEtcdsTimeouts),
  ]
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
