import { mix } from './hash.ts'
import { checkLinearizable } from './linearizability.ts'
import { keyValue } from './models/key-value.ts'
import { generateHistory, type Workload } from './workload.ts'

/** One measured check. */
export interface BenchRow {
  readonly name: string
  readonly operations: number
  readonly clients: number
  readonly keys: number
  readonly verdict: 'holds' | 'violated' | 'unknown'
  readonly steps: number
  readonly memoEntries: number
  readonly milliseconds: number
  readonly operationsPerSecond: number
}

const base: Workload = {
  clients: 16,
  operations: 10_000,
  keys: 100,
  values: 1_000,
  delayMax: 1_000,
  unknownShare: 0,
}

const workloads: Readonly<Record<string, Workload>> = {
  '1,000 operations, 16 clients, 10 keys': { ...base, operations: 1_000, keys: 10 },
  '10,000 operations, 16 clients, 100 keys': base,
  '100,000 operations, 16 clients, 1,000 keys': { ...base, operations: 100_000, keys: 1_000 },
  '10,000 operations, 16 clients, 1 key': { ...base, keys: 1 },
  '10,000 operations, 64 clients, 100 keys': { ...base, clients: 64 },
  '10,000 operations, 16 clients, 100 keys, 2% unknown': { ...base, unknownShare: 0.02 },
}

/** Checks generated, linearizable histories of several sizes. `now` gives milliseconds. */
export function benchLinearizability(now: () => number): BenchRow[] {
  return Object.entries(workloads).map(([name, workload]) => {
    let draws = 0
    const history = generateHistory(workload, () => (mix(++draws * 0x9e3779b9) >>> 0) / 2 ** 32)
    const start = now()
    const { verdict, operations, steps, memoEntries } = checkLinearizable(keyValue, history)
    const milliseconds = now() - start
    return {
      name,
      operations,
      clients: workload.clients,
      keys: workload.keys,
      verdict: verdict.is,
      steps,
      memoEntries,
      milliseconds,
      operationsPerSecond: Math.round((operations * 1_000) / milliseconds),
    }
  })
}
