/** What a node tells Prometheus: itself, its disk, its process. Values are read when they are asked for. */
import type { RunningNode, Traffic } from '@lockstep/host'
import type { Milliseconds } from '@lockstep/process'
import type { Lab, Measures } from '@lockstep/sim'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A disk with a cache that survives power loss takes 0.1 ms, one that stalls seconds. */
const syncSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2]

/** The metrics of one node. Make it before the node, so that it hears of the first sync. */
export class NodeMetrics {
  /** Observes one write to the log. */
  readonly onSync: (took: Milliseconds, bytes: number) => void
  readonly #lab: Lab
  readonly #own = new Registry()

  constructor(lab: Lab) {
    this.#lab = lab
    const registers = [this.#own]
    collectDefaultMetrics({ register: this.#own })
    const syncs = new Histogram({
      name: 'lockstep_wal_sync_duration_seconds',
      help: 'How long a write to the log took to be durable.',
      buckets: syncSeconds,
      registers,
    })
    const bytes = new Counter({
      name: 'lockstep_wal_written_bytes_total',
      help: 'Bytes that were written to the log.',
      registers,
    })
    this.onSync = (took, written) => {
      syncs.observe(took / 1000)
      bytes.inc(written)
    }
  }

  /** The media type of the text. */
  get contentType(): string {
    return this.#own.contentType
  }

  /** Whether the node can serve now. */
  isReady(node: RunningNode): boolean {
    return this.#measures(node)?.isReady ?? true
  }

  /** All values of now, in the text format of Prometheus. */
  async text(node: RunningNode): Promise<string> {
    const seen = new Registry()
    for (const measure of this.#measures(node)?.values ?? []) record(seen, measure)
    const { unsynced, incarnation, refusedLinks, traffic, clientTraffic, disk } = node.look()
    const gauge = (name: string, text: string, value: number): void =>
      record(seen, { name, text, type: 'gauge', value })
    gauge('unsynced_writes', 'Writes that are not durable yet.', unsynced)
    gauge('incarnation', 'How often the node was started on its disk.', incarnation)
    gauge('wal_bytes', 'What the log holds on the disk.', disk.logBytes)
    gauge('snapshot_bytes', 'What the newest snapshot holds on the disk.', disk.snapshotBytes)
    for (const [peer, count] of Object.entries(traffic)) {
      for (const [name, text, value] of countersOf(count, 'a peer'))
        record(seen, { name: `link_${name}`, text, type: 'counter', value, labels: { peer } })
    }
    for (const [name, text, value] of countersOf(clientTraffic, 'clients'))
      record(seen, { name: `client_${name}`, text, type: 'counter', value })
    record(seen, {
      name: 'refused_links_total',
      text: 'Connections that were refused.',
      type: 'counter',
      value: refusedLinks,
    })
    return Registry.merge([seen, this.#own]).metrics()
  }

  #measures(node: RunningNode): Measures | undefined {
    const view = node.view()
    return view === undefined ? undefined : this.#lab.views.measures?.(view)
  }
}

function countersOf(
  count: Traffic,
  whom: string,
): readonly (readonly [name: string, text: string, value: number])[] {
  return [
    ['sent_messages_total', `Messages that were sent to ${whom}.`, count.sentMessages],
    ['sent_bytes_total', `Bytes that were sent to ${whom}.`, count.sentBytes],
    ['received_messages_total', `Messages that came from ${whom}.`, count.receivedMessages],
    ['received_bytes_total', `Bytes that came from ${whom}.`, count.receivedBytes],
  ]
}

/** Puts one value into a registry that lives for one answer. */
function record(
  registry: Registry,
  { name, text, type, value, labels = {} }: Measures['values'][number],
): void {
  const full = `lockstep_${name}`
  const settings = {
    name: full,
    help: text,
    labelNames: Object.keys(labels),
    registers: [registry],
  }
  const known = registry.getSingleMetric(full)
  if (type === 'gauge') {
    const gauge = known instanceof Gauge ? known : new Gauge(settings)
    gauge.set(labels, value)
  } else {
    const counter = known instanceof Counter ? known : new Counter(settings)
    counter.inc(labels, value)
  }
}
