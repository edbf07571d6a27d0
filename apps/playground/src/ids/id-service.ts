/**
 * Ids over HTTP, for teams that want them from a server, as Leaf gives them:
 * `GET /v1/segment/TAG?n=100` and `GET /v1/snowflake/TAG?n=100` answer `{"ids":["1","2"]}`. Ids are
 * texts, since numbers in JSON lose their last digits beyond 2^53.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IdError, type IdErrorCode, type IdGenerator, type LeafSegments } from '@lockstep/idgen'
import { TokenBucket } from '../server/token-bucket.ts'
import type { IdMetrics } from './id-metrics.ts'

/** How many ids one request can have. */
const idsARequestMax = 10_000
/** So long requests that are under way may take once the service is asked to end. */
const patienceMs = 5_000

/** What to serve, and where. */
export interface IdServiceOptions {
  readonly segments: LeafSegments
  /** Makes the ids of all tags: they are unique over all of them. */
  readonly snowflake: IdGenerator<bigint>
  readonly metrics: IdMetrics
  /** Whether `/health` says that all is well. */
  readonly isHealthy: () => boolean
  readonly host: string
  /** 0 takes any free one. Rejects with `EADDRINUSE` when it is taken. */
  readonly port: number
  /** More ids a second are refused, of each segment tag and of all Snowflake ids together. */
  readonly idsPerSecond: number
}

/** A service that runs. */
export interface IdService {
  readonly url: string
  /** Accepts nothing more, and resolves when all that is under way was answered. */
  close(): Promise<void>
}

/** What a request gets. */
interface Answer {
  readonly status: number
  readonly body: string
  readonly type?: string
  readonly retryAfterMs?: number
}

/** Serves ids until it is closed. */
export async function serveIds(options: IdServiceOptions): Promise<IdService> {
  const { host, port, metrics } = options
  const asked = new IdRequests(options)
  const server = createServer((request, response) => {
    void asked.answer(request, leaving(response)).then((answer) => {
      metrics.answered(answer.status)
      // A connection that is kept would keep a service that is asked to end.
      if (!server.listening) response.setHeader('connection', 'close')
      send(response, answer)
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      const impatience = setTimeout(() => server.closeAllConnections(), patienceMs)
      await closed
      clearTimeout(impatience)
    },
  }
}

/** Tells when whoever asked has gone. */
function leaving(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the client went away')))
  return gone.signal
}

function send(response: ServerResponse, { status, body, type, retryAfterMs }: Answer): void {
  response.statusCode = status
  response.setHeader('content-type', type ?? 'application/json')
  response.setHeader('cache-control', 'no-store')
  if (retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
  }
  response.end(body)
}

/** How the errors of generators are told. All others are `503`: the same request can succeed later. */
const statuses: Partial<Readonly<Record<IdErrorCode, number>>> = {
  'invalid-option': 400,
  'no-such-sequence': 404,
  'sequence-exhausted': 410,
}

/** Answers requests, within the rate. */
class IdRequests {
  readonly #options: IdServiceOptions
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(options: IdServiceOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const { metrics, isHealthy } = this.#options
    const [path = '', query] = (request.url ?? '').split('?')
    if (request.method !== 'GET') return refusal(405, 'method', 'only GET is answered')
    if (path === '/health') {
      const isWell = isHealthy()
      const body = isWell ? 'up\n' : 'the lease of the worker id is lost\n'
      return { status: isWell ? 200 : 503, body, type: 'text/plain' }
    }
    if (path === '/metrics') {
      return { status: 200, body: await metrics.text(), type: metrics.contentType }
    }
    const [, kind, tag] = /^\/v1\/(segment|snowflake)\/([^/]+)$/.exec(path) ?? []
    if (kind === undefined || tag === undefined) {
      const text = 'there are /v1/segment/TAG, /v1/snowflake/TAG, /health and /metrics'
      return refusal(404, 'path', text)
    }
    try {
      const most = Math.min(idsARequestMax, this.#options.idsPerSecond)
      const ids = await this.#ids(kind, decoded(tag), countIn(query, most), signal)
      return { status: 200, body: JSON.stringify({ ids: ids.map(String) }) }
    } catch (error) {
      return failure(error)
    }
  }

  async #ids(
    kind: string,
    tag: string,
    count: number,
    signal: AbortSignal,
  ): Promise<readonly bigint[]> {
    const { segments, snowflake, idsPerSecond } = this.#options
    const generator = kind === 'segment' ? segments.tag(tag) : snowflake
    const now = performance.now()
    // Only tags that are there have a bucket, so there are not too many.
    const limited = kind === 'segment' ? tag : ''
    const bucket = this.#buckets.get(limited) ?? new TokenBucket(idsPerSecond, idsPerSecond, now)
    this.#buckets.set(limited, bucket)
    if (!bucket.take(now, count)) throw new TooMany(idsPerSecond)
    return generator.nextBatch(count, { signal })
  }
}

/** More was asked for than the rate allows. */
class TooMany extends Error {
  constructor(idsPerSecond: number) {
    super(`no more than ${idsPerSecond} ids a second are given: ask again in a second`)
  }
}

function failure(error: unknown): Answer {
  if (error instanceof TooMany)
    return { ...refusal(429, 'rate', error.message), retryAfterMs: 1000 }
  if (!(error instanceof IdError)) return refusal(500, 'unexpected', String(error))
  const status = statuses[error.code] ?? 503
  const answer = refusal(status, error.code, error.message)
  return status === 503 ? { ...answer, retryAfterMs: error.retryAfterMs ?? 1000 } : answer
}

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: JSON.stringify({ code, message }) }
}

function decoded(tag: string): string {
  try {
    return decodeURIComponent(tag)
  } catch {
    throw new IdError('invalid-option', `'${tag}' is not encoded as a part of a URL is`)
  }
}

/** How many ids are asked for: `n`, or one. */
function countIn(query: string | undefined, most: number): number {
  const text = new URLSearchParams(query ?? '').get('n') ?? '1'
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count
  throw new IdError('invalid-option', `n is '${text}': ask for 1 to ${most} ids`)
}
