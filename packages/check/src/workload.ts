import type { HistoryEvent, History } from '@lockstep/process'
import { applyKv, type KvOp, type KvValue } from './models/key-value.ts'

/** What the clients of a generated history do. */
export interface Workload {
  readonly clients: number
  readonly operations: number
  readonly keys: number
  /** How many different values are written. */
  readonly values: number
  /** Microseconds that an operation takes at most before its effect, and again after it. */
  readonly delayMax: number
  /** The share of operations whose outcome stays unknown; half of them still take effect later. */
  readonly unknownShare: number
}

/**
 * A linearizable history: clients of one atomic key-value store, each of which begins an operation
 * as soon as its last one ended. `random` gives numbers in [0, 1).
 */
export function generateHistory(workload: Workload, random: () => number): History<KvOp, KvValue> {
  const planned = plan(workload, random).sort((a, b) => a.effectAt - b.effectAt)
  const store = new Map<string, string | null>()
  const events: HistoryEvent<KvOp, KvValue>[] = []
  for (const { id, client, op, calledAt, effectAt, endedAt, known } of planned) {
    const [after, value] = applyKv(store.get(op.key) ?? null, op)
    if (effectAt < Number.POSITIVE_INFINITY) store.set(op.key, after)
    events.push({ type: 'invoke', at: calledAt, client, id, op })
    events.push(
      known
        ? { type: 'ok', at: endedAt, client, id, value }
        : { type: 'info', at: endedAt, client, id, why: 'no answer' },
    )
  }
  return events.sort((a, b) => a.at - b.at)
}

interface Planned {
  readonly id: number
  readonly client: string
  readonly op: KvOp
  readonly calledAt: number
  /** Infinity when it never takes effect. */
  readonly effectAt: number
  readonly endedAt: number
  readonly known: boolean
}

function plan(workload: Workload, random: () => number): Planned[] {
  const below = (end: number): number => Math.floor(random() * end)
  const clients = Array.from({ length: workload.clients }, (_, i) => ({
    name: `c${i}`,
    life: 0,
    at: 0,
  }))
  return Array.from({ length: workload.operations }, (_, id) => {
    const client = clients.reduce((a, b) => (b.at < a.at ? b : a))
    const calledAt = client.at
    const known = random() >= workload.unknownShare
    const delay = below(workload.delayMax + 1)
    const isLost = !known && random() < 0.5
    const effectAt = isLost ? Number.POSITIVE_INFINITY : calledAt + (known ? delay : delay * 4)
    const endedAt = calledAt + delay + below(workload.delayMax + 1)
    const name = client.life === 0 ? client.name : `${client.name}.${client.life}`
    client.at = endedAt
    if (!known) client.life++
    return { id, client: name, op: drawOp(workload, below), calledAt, effectAt, endedAt, known }
  })
}

function drawOp({ keys, values }: Workload, below: (end: number) => number): KvOp {
  const key = `k${below(keys)}`
  const value = (): string => `${below(values)}`
  const kind = below(10)
  if (kind < 5) return { type: 'get', key }
  if (kind < 8) return { type: 'put', key, value: value() }
  if (kind < 9) return { type: 'delete', key }
  return { type: 'cas', key, from: value(), to: value() }
}
