import { Worker } from 'node:worker_threads'
import { mergeSwarms, type Scenario, type SwarmReport } from '@lockstep/sim'

/** A range of seeds for one worker to run. */
export interface Seeds {
  readonly block: number
  readonly firstSeed: number
  readonly runs: number
}

export interface SeedsDone {
  readonly block: number
  readonly report: SwarmReport
}

export interface PoolOptions {
  readonly scenario: Scenario
  readonly firstSeed: number
  readonly runs: number
  readonly workers: number
  /** Called with the number of runs that are done. */
  readonly onProgress: (runs: number) => void
}

const runsABlock = 8

/**
 * Runs a scenario under consecutive seeds over a pool of threads.
 *
 * Seeds are handed out in blocks, in order, until a block finds a violation; the blocks before it
 * are waited for, and those behind it are thrown away. The report is therefore what one thread
 * would have found, stopping at the first violation, whatever the number of workers.
 */
export async function swarmInPool(options: PoolOptions): Promise<SwarmReport> {
  const { scenario, runs, workers: count, onProgress } = options
  const blocks = Math.ceil(runs / runsABlock)
  const reports = new Map<number, SwarmReport>()
  let next = 0
  let last = blocks - 1
  let done = 0

  const serve = async (worker: Worker): Promise<void> => {
    while (next <= last) {
      const seeds = seedsOf(next++, options)
      const report = await ask(worker, seeds)
      reports.set(seeds.block, report)
      if (report.violation !== undefined) last = Math.min(last, seeds.block)
      done += report.runs
      onProgress(done)
    }
  }

  const workers = Array.from({ length: Math.min(count, blocks) }, () => startWorker(scenario))
  try {
    await Promise.all(workers.map((worker) => serve(worker)))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return Array.from({ length: last + 1 }, (_, block) => reports.get(block))
    .filter((report) => report !== undefined)
    .reduce(mergeSwarms)
}

function seedsOf(block: number, { firstSeed, runs }: PoolOptions): Seeds {
  const before = block * runsABlock
  return { block, firstSeed: firstSeed + before, runs: Math.min(runsABlock, runs - before) }
}

function startWorker(scenario: Scenario): Worker {
  return new Worker(new URL('./swarm-worker.ts', import.meta.url), {
    workerData: scenario,
    execArgv: ['--conditions=@lockstep/source'],
  })
}

function ask(worker: Worker, seeds: Seeds): Promise<SwarmReport> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', ({ report }: SeedsDone) => {
      worker.off('error', reject)
      resolve(report)
    })
    worker.postMessage(seeds)
  })
}
