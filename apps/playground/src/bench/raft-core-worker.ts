/** A thread of the core's bench: measures the load that it is given and says what came out. */
import { parentPort, workerData } from 'node:worker_threads'
import { type CoreLoad, measured } from './raft-core.ts'

parentPort?.postMessage(measured(workerData as CoreLoad))
