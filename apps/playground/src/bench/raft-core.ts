/**
 * What the protocol costs by itself: three nodes in one thread, from a client's request to its
 * answer, with neither sockets nor disks nor a simulator. Counted in processor time, so that
 * whatever else runs on the machine matters little.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { CoreNodes, type RaftCoreRow } from './core-nodes.ts'

/** How much is measured. */
export interface RaftCoreOptions {
  /** How many requests arrive together. */
  readonly batches: readonly number[]
  /** How many keys the store holds while it is measured. */
  readonly keys: readonly number[]
  /** Entries of one measurement. */
  readonly entries: number
}

/** What is measured on a heap of its own. */
export type CoreLoad = { readonly entries: number } & (
  | { readonly of: 'batch'; readonly batch: number }
  | { readonly of: 'keys'; readonly keys: number }
  | { readonly of: 'run' }
)

const batchOfKeys = 64
const fewKeys = 1000

/**
 * Measures each size of batch, then each number of keys, then how a long run goes on.
 *
 * Each in a thread of its own, one at a time: what a million keys left behind on a shared heap
 * would slow down whatever is measured after them.
 */
export async function benchRaftCore(options: RaftCoreOptions): Promise<readonly RaftCoreRow[]> {
  const { entries } = options
  const loads: readonly CoreLoad[] = [
    ...options.batches.map((batch) => ({ of: 'batch', batch, entries }) as const),
    ...options.keys.map((keys) => ({ of: 'keys', keys, entries }) as const),
    { of: 'run', entries },
  ]
  const rows: RaftCoreRow[] = []
  for (const load of loads) rows.push(...(await measuredApart(load)))
  return rows
}

/** Measures one load, once its code is compiled and its nodes have as much behind them as they keep. */
export function measured(load: CoreLoad): readonly RaftCoreRow[] {
  const { entries } = load
  const nodes = new CoreNodes(load.of === 'batch' ? load.batch : batchOfKeys)
  const name = `batches of ${load.of === 'batch' ? load.batch : batchOfKeys}`
  if (load.of === 'keys') {
    nodes.putAll(load.keys)
    nodes.put(entries, load.keys)
    return [nodes.measure(`${name}, ${load.keys} keys`, entries, load.keys)]
  }
  nodes.put(entries, fewKeys)
  if (load.of === 'batch') return [nodes.measure(name, entries, fewKeys)]
  const fresh = new CoreNodes(batchOfKeys)
  return ['1st', '2nd', '3rd', '4th', '5th'].map((part) =>
    fresh.measure(`${name}, ${part} fifth of a run`, entries, fewKeys),
  )
}

async function measuredApart(load: CoreLoad): Promise<readonly RaftCoreRow[]> {
  const worker = new Worker(new URL('./raft-core-worker.ts', import.meta.url), {
    workerData: load,
    execArgv: ['--conditions=@lockstep/source'],
  })
  try {
    // A load that throws ends the thread, and this with its error.
    const [rows] = (await once(worker, 'message')) as [readonly RaftCoreRow[]]
    return rows
  } finally {
    await worker.terminate()
  }
}
