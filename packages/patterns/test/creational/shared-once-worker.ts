import { workerData } from 'node:worker_threads'
import { sharedOnce } from '../../src/creational/shared-once.ts'

/** What the test hands to each thread. */
export interface Race {
  readonly cells: Int32Array<SharedArrayBuffer>
  /** How often `make` ran, and then what it made. */
  readonly made: Int32Array<SharedArrayBuffer>
  /** How many threads have passed the start, and the second gate. */
  readonly gates: Int32Array<SharedArrayBuffer>
  readonly threads: number
  /** The planted mistake: the second check is left out. */
  readonly singleCheck: boolean
}

const { cells, made, gates, threads, singleCheck } = workerData as Race

/** Waits until every thread has come to this gate. */
function gather(gate: number): void {
  if (Atomics.add(gates, gate, 1) + 1 === threads) Atomics.notify(gates, gate)
  for (let seen = Atomics.load(gates, gate); seen < threads; seen = Atomics.load(gates, gate))
    Atomics.wait(gates, gate, seen, 50)
}

function make(): void {
  Atomics.add(made, 0, 1)
  for (let cell = 1; cell < made.length; cell++) made[cell] = cell
}

/** As `sharedOnce`, but who saw nothing on the first look makes without a second one. */
function checkedOnce(): void {
  if (Atomics.load(cells, 0) === 1) return
  gather(1)
  make()
  Atomics.store(cells, 0, 1)
}

gather(0)
if (singleCheck) checkedOnce()
else sharedOnce(cells, make)
process.exitCode = made.subarray(1).every((value, at) => value === at + 1) ? 0 : 1
