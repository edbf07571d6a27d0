/** A replicated store under load, whoever made it. */
export interface Store {
  /** Resolves when the write is acknowledged; rejects when it is not known to be. */
  put(lane: number, key: string, value: string): Promise<void>
  /** A linearizable read. */
  get(lane: number, key: string): Promise<void>
}

export interface Load {
  readonly operation: 'put' | 'get'
  /** How many operations are under way at any time: one in each lane. */
  readonly outstanding: number
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const keys = 100_000
const value = 'v'.repeat(256)

/** Runs a closed loop in every lane, and counts what ended within the measured time. */
export async function measure(store: Store, load: Load): Promise<Measured> {
  const { operation, outstanding, warmUpMs, measureMs } = load
  const latencies: number[] = []
  const from = performance.now() + warmUpMs
  const until = from + measureMs
  let next = 0
  const lane = async (number: number): Promise<void> => {
    for (let began = performance.now(); began < until; ) {
      // A fixed stride through the keys: spread out, and the same for every store.
      next = (next + 61_803) % keys
      const key = `key-${next.toString().padStart(10, '0')}`
      await (operation === 'put' ? store.put(number, key, value) : store.get(number, key))
      const ended = performance.now()
      if (began >= from && ended <= until) latencies.push(ended - began)
      began = ended
    }
  }
  await Promise.all(Array.from({ length: outstanding }, (_, number) => lane(number)))
  latencies.sort((a, b) => a - b)
  const quantile = (share: number): number =>
    Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 100) / 100
  return {
    perSecond: Math.round((latencies.length / measureMs) * 1000),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  }
}
