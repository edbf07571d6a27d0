import type { Experiment, ScriptedOperation } from '@lockstep/sim'
import type { KvOp } from '../kv/operation.ts'
import type { LabOp } from '../lab-judges.ts'
import type { RaftLabConfig } from '../lab-work.ts'

/** An experiment of this lab. */
export type RaftExperiment = Experiment<RaftLabConfig, LabOp>

/** What such an experiment runs. */
export type RaftScenario = RaftExperiment['scenario']

/** The paper's figure 2, without what the thesis adds. */
export const figure2: Partial<RaftLabConfig> = {
  preVote: false,
  checkQuorum: false,
  reads: 'log',
  handOverOnStall: false,
}

/** Messages take 5 ms and a sync takes 2 ms: slow enough to see, even enough to plan. */
export const steady: Omit<RaftScenario, 'work' | 'faults' | 'healMs'> = {
  v: 1,
  lab: 'raft',
  seed: 1,
  nodes: 5,
  net: { delayMinMs: 5, delaySpreadMs: 0, tailShare: 0, fifo: true },
  disk: { syncMinMs: 2, syncSpreadMs: 0 },
  clocks: { skewMs: 0, drift: 0 },
  config: figure2,
  quietMs: 1000,
}

/** Writes a value to a key. */
export const put = (key: string, value: string): KvOp => ({ type: 'put', key, value })

/** Reads a key. */
export const get = (key: string): KvOp => ({ type: 'get', key })

/** A client that writes 1, 2, 3, … to one key and another one that reads it. */
export function writerAndReader(everyMs: number, count: number): ScriptedOperation<KvOp>[] {
  return Array.from({ length: count }, (_, i): ScriptedOperation<KvOp>[] => [
    [0, 250 + i * everyMs, put('x', String(i + 1))],
    [1, 250 + (i + 0.5) * everyMs, get('x')],
  ]).flat()
}
