/** One caller of a replicated store, whoever made it: it has one operation under way at a time. */
export interface Lane {
  /** Resolves when the write is acknowledged; rejects when it is not known to be. */
  put(key: string, value: string): Promise<void>
  /** A linearizable read. */
  get(key: string): Promise<void>
}

export type Operation = keyof Lane

/** For how long a load runs. */
export interface Span {
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const value = 'v'.repeat(256)

/** Writes every key once, so that all later writes overwrite and all reads find something. */
export async function fill(lanes: readonly Lane[], keys: number): Promise<void> {
  let next = 0
  const work = async (lane: Lane): Promise<void> => {
    while (next < keys) await lane.put(keyAt(next++), value)
  }
  await Promise.all(lanes.map(work))
}

/**
 * Runs a closed loop in every lane, and counts what ended within the measured time; `onBegin` is
 * called when that begins.
 */
export async function measure(
  lanes: readonly Lane[],
  operation: Operation,
  keys: number,
  { warmUpMs, measureMs }: Span,
  onBegin: () => void,
): Promise<Measured> {
  const latencies: number[] = []
  const from = performance.now() + warmUpMs
  const until = from + measureMs
  const beginning = setTimeout(onBegin, warmUpMs)
  let next = 0
  const loop = async (lane: Lane): Promise<void> => {
    for (let began = performance.now(); began < until; ) {
      // A fixed stride through the keys: spread out, and the same for every store.
      next = (next + 61_803) % keys
      const key = keyAt(next)
      await (operation === 'put' ? lane.put(key, value) : lane.get(key))
      const ended = performance.now()
      if (began >= from && ended <= until) latencies.push(ended - began)
      began = ended
    }
  }
  await Promise.all(lanes.map(loop)).finally(() => clearTimeout(beginning))
  latencies.sort((a, b) => a - b)
  const quantile = (share: number): number =>
    Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 100) / 100
  return {
    perSecond: Math.round((latencies.length / measureMs) * 1000),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  }
}

function keyAt(number: number): string {
  return `key-${number.toString().padStart(10, '0')}`
}
