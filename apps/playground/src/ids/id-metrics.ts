/** What a service of ids tells Prometheus. */
import type { IdObserver } from '@lockstep/idgen'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** The kinds of ids that are served. */
export type IdKind = 'segment' | 'snowflake'

/** A database on the same machine takes a millisecond, one that is failing seconds. */
const loadSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** Counts what generators do and how requests end. */
export class IdMetrics {
  readonly #registry = new Registry()
  readonly #issued = new Counter({
    name: 'lockstep_ids_issued_total',
    help: 'Ids that were given.',
    labelNames: ['kind'],
    registers: [this.#registry],
  })
  readonly #refused = new Counter({
    name: 'lockstep_ids_refused_total',
    help: 'Calls that got an error of a generator, by its code.',
    labelNames: ['kind', 'code'],
    registers: [this.#registry],
  })
  readonly #requests = new Counter({
    name: 'lockstep_ids_requests_total',
    help: 'Requests that were answered, by status.',
    labelNames: ['status'],
    registers: [this.#registry],
  })
  readonly #loads = new Histogram({
    name: 'lockstep_ids_load_duration_seconds',
    help: 'How long what ids come from took to answer.',
    labelNames: ['kind'],
    buckets: loadSeconds,
    registers: [this.#registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** The media type of the text. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** Listens to a generator. */
  observer(kind: IdKind): IdObserver {
    return {
      issued: (count) => this.#issued.inc({ kind }, count),
      refused: (code) => this.#refused.inc({ kind, code }),
      loaded: (afterMs) => this.#loads.observe({ kind }, afterMs / 1000),
    }
  }

  /** Counts a request. */
  answered(status: number): void {
    this.#requests.inc({ status: String(status) })
  }

  /** All values of now, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
