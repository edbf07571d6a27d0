/** One thread of a swarm: runs the seeds that it is told and reports them. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { type Scenario, swarm } from '@lockstep/sim'
import type { SeedsDone, Seeds } from './swarm-pool.ts'
import { labNamed } from './target.ts'

const port = parentPort
if (port === null) throw new Error('this file is a worker of the swarm')
const scenario = workerData as Scenario
const lab = labNamed(scenario.lab)

async function runSeeds(to: MessagePort, { block, firstSeed, runs }: Seeds): Promise<void> {
  const done: SeedsDone = { block, report: await swarm(lab, scenario, { firstSeed, runs }) }
  to.postMessage(done)
}

// A run that throws ends the worker, and the pool hears of it.
port.on('message', (seeds: Seeds) => void runSeeds(port, seeds))
