import { isInstalled } from '@lockstep/servers'
import type { Area } from '../areas.ts'
import { EtcdStore } from './etcd-store.ts'
import { benchFailOvers } from './fail-over.ts'
import { fill, type Lane, type Measured, measure, type Operation, type Span } from './load.ts'
import { foreignCores, residentMegabytes, spentBy } from './processes.ts'
import { RaftStore } from './raft-store.ts'

/** One figure, ours and etcd's from the same run; `etcd` is empty where the machine has none. */
export interface RaftRow {
  readonly figure: string
  /** Over how many connections the operations went. */
  readonly connections: number | ''
  readonly outstanding: number | ''
  readonly lockstep: number
  readonly etcd: number | ''
  /** Ours to etcd's. */
  readonly ratio: number | ''
  /** How many cores other processes took meanwhile, as the mean of all rounds. */
  readonly foreign: number | ''
}

export interface RaftBenchOptions extends Span {
  readonly outstanding: readonly number[]
  /** How many connections share the operations when they are pipelined. */
  readonly connections: number
  readonly keys: number
  /** How often each load is measured; figures are medians. */
  readonly rounds: number
  readonly failOvers: number
}

/** A load as it was measured once. */
interface Round extends Measured {
  /** Processor time of all nodes and the client together. */
  readonly cpuUs: number
  readonly foreign: number
}

interface Side {
  readonly pids: readonly number[]
  /** Each operation over a connection of its own, and all over a few. */
  readonly own: readonly Lane[]
  readonly pipelined: readonly Lane[]
  readonly rounds: Round[]
}

type Values = Omit<RaftRow, 'ratio' | 'etcd'> & { readonly etcd: number | undefined }

/**
 * Three processes of ours beside three of etcd, on this machine, in turns: puts of 256 bytes and
 * linearizable reads, the memory of a node, and the time from a kill -9 of the leader to the next
 * acknowledged put. Both sync before they acknowledge.
 */
export async function benchRaft(
  area: Area,
  options: RaftBenchOptions,
): Promise<readonly RaftRow[]> {
  const rows = [...(await benchLoads(area, options)), ...(await benchFailing(area, options))]
  return rows.map(({ etcd, ...row }) => ({
    ...row,
    etcd: etcd ?? '',
    ratio: etcd === undefined ? '' : Math.round((row.lockstep / etcd) * 100) / 100,
  }))
}

async function benchLoads(area: Area, options: RaftBenchOptions): Promise<readonly Values[]> {
  const raft = await RaftStore.start(area)
  const etcd = isInstalled('etcd') ? await EtcdStore.start() : undefined
  try {
    const ours = await sideOf(raft, options)
    const theirs = etcd === undefined ? undefined : await sideOf(etcd, options)
    const sides = theirs === undefined ? [ours] : [ours, theirs]
    const rows: Values[] = []
    for (const operation of ['put', 'get'] as const) {
      for (const outstanding of options.outstanding) {
        // One operation at a time is the same either way.
        if (outstanding > 1) {
          await inTurns(sides, 'pipelined', operation, outstanding, options)
          rows.push(...shown(operation, options.connections, outstanding, ours, theirs))
        }
        await inTurns(sides, 'own', operation, outstanding, options)
        rows.push(...shown(operation, outstanding, outstanding, ours, theirs))
      }
    }
    return [...rows, ...memoryOf(ours, theirs)]
  } finally {
    await Promise.all([raft.stop(), etcd?.stop()])
  }
}

async function sideOf(
  store: RaftStore | EtcdStore,
  { outstanding, connections, keys }: RaftBenchOptions,
): Promise<Side> {
  const most = Math.max(...outstanding)
  const own = await store.open(most, most)
  const pipelined = await store.open(connections, most)
  await fill(pipelined, keys)
  return { pids: store.pids, own, pipelined, rounds: [] }
}

/** Measures one load on each side, round after round. */
async function inTurns(
  sides: readonly Side[],
  shape: 'own' | 'pipelined',
  operation: Operation,
  outstanding: number,
  options: RaftBenchOptions,
): Promise<void> {
  const { keys, rounds } = options
  const pids = sides.flatMap((side) => side.pids)
  for (const side of sides) side.rounds.length = 0
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) {
      const lanes = side[shape].slice(0, outstanding)
      let all = spentBy(pids)
      let own = spentBy(side.pids)
      const measured = await measure(lanes, operation, keys, options, () => {
        all = spentBy(pids)
        own = spentBy(side.pids)
      })
      const operations = (measured.perSecond * options.measureMs) / 1000
      const cpuUs = (spentBy(side.pids).own - own.own) / operations
      side.rounds.push({ ...measured, cpuUs, foreign: foreignCores(all, spentBy(pids)) })
    }
  }
}

function shown(
  operation: Operation,
  connections: number,
  outstanding: number,
  ours: Side,
  theirs: Side | undefined,
): readonly Values[] {
  const rounds = [...ours.rounds, ...(theirs?.rounds ?? [])]
  const foreign = rounds.reduce((sum, round) => sum + round.foreign, 0) / rounds.length
  const figure = (name: string, of: (round: Round) => number): Values => ({
    figure: name,
    connections,
    outstanding,
    lockstep: median(ours.rounds.map(of)),
    etcd: theirs === undefined ? undefined : median(theirs.rounds.map(of)),
    foreign: Math.round(foreign * 100) / 100,
  })
  return [
    figure(`${operation}s a second`, ({ perSecond }) => perSecond),
    figure(`${operation} p50, ms`, ({ p50Ms }) => p50Ms),
    figure(`${operation} p99, ms`, ({ p99Ms }) => p99Ms),
    figure(`processor time of a ${operation}, us`, ({ cpuUs }) => cpuUs),
  ]
}

function memoryOf(ours: Side, theirs: Side | undefined): readonly Values[] {
  const sorted = (side: Side): number[] =>
    side.pids.map(residentMegabytes).toSorted((a, b) => b - a)
  const etcd = theirs === undefined ? [] : sorted(theirs)
  return sorted(ours).map((lockstep, index) => ({
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

/** Of an even number of values the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  const lower = sorted.length % 2 === 1 ? upper : (sorted[half - 1] ?? Number.NaN)
  return Math.round(((lower + upper) / 2) * 100) / 100
}
