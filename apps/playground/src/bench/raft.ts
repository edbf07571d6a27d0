import { readFileSync } from 'node:fs'
import type { Area } from '../areas.ts'
import { EtcdStore, hasEtcd } from './etcd-store.ts'
import { type Measured, measure, type Store } from './load.ts'
import { RaftStore } from './raft-store.ts'

/** One figure, ours and etcd's from the same run; `etcd` is empty where the machine has none. */
export interface RaftRow {
  readonly figure: string
  readonly outstanding: number | ''
  readonly lockstep: number
  readonly etcd: number | ''
  /** Ours to etcd's. */
  readonly ratio: number | ''
}

export interface RaftBenchOptions {
  readonly outstanding: readonly number[]
  readonly warmUpMs: number
  readonly measureMs: number
  readonly failOvers: number
}

interface Clustered extends Store {
  readonly pids: readonly number[]
  failOver(): Promise<number>
  stop(): Promise<void>
}

interface Figure {
  readonly figure: string
  readonly outstanding: number | ''
  readonly value: number
}

/**
 * Three processes of ours beside three of etcd, on this machine, one after the other: puts of 256
 * bytes and linearizable reads over four connections to the leader, the time from a kill -9 of the
 * leader to the next acknowledged put, and the memory of a node. Both sync before they acknowledge.
 */
export async function benchRaft(
  area: Area,
  options: RaftBenchOptions,
): Promise<readonly RaftRow[]> {
  const raft = await RaftStore.start(area)
  const ours = await figuresOf(raft, options, () => raft.open(Math.max(...options.outstanding)))
  const theirs = hasEtcd() ? await figuresOf(await EtcdStore.start(), options) : undefined
  return ours.map(({ figure, outstanding, value }, index) => {
    const etcd = theirs?.[index]?.value
    return {
      figure,
      outstanding,
      lockstep: value,
      etcd: etcd ?? '',
      ratio: etcd === undefined ? '' : Math.round((value / etcd) * 100) / 100,
    }
  })
}

async function figuresOf(
  store: Clustered,
  { outstanding, warmUpMs, measureMs, failOvers }: RaftBenchOptions,
  prepare: () => Promise<void> = async () => {},
): Promise<readonly Figure[]> {
  try {
    await prepare()
    const figures: Figure[] = []
    for (const operation of ['put', 'get'] as const) {
      for (const lanes of outstanding) {
        const load = { operation, outstanding: lanes, warmUpMs, measureMs }
        figures.push(...shown(operation, lanes, await measure(store, load)))
      }
    }
    const memory = store.pids.map(residentMegabytes)
    figures.push({ figure: 'largest node, MB', outstanding: '', value: Math.max(...memory) })
    const times: number[] = []
    for (let trial = 0; trial < failOvers; trial++) times.push(await store.failOver())
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
    figures.push({ figure: 'kill -9 to next put, ms', outstanding: '', value: Math.round(median) })
    return figures
  } finally {
    await store.stop()
  }
}

function shown(operation: string, outstanding: number, measured: Measured): readonly Figure[] {
  return [
    { figure: `${operation}s a second`, outstanding, value: measured.perSecond },
    { figure: `${operation} p50, ms`, outstanding, value: measured.p50Ms },
    { figure: `${operation} p99, ms`, outstanding, value: measured.p99Ms },
  ]
}

/** Resident memory of a process, as Linux tells it. */
function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}
