import {
  IdError,
  type IdGenerator,
  LeafSegments,
  type SegmentStore,
  Snowflake,
} from '@lockstep/idgen'
import { afterEach, describe, expect, test } from 'vitest'
import { IdMetrics } from '../../src/ids/id-metrics.ts'
import { type IdService, type IdServiceOptions, serveIds } from '../../src/ids/id-service.ts'

const running: { close(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

/** A store in memory, whose tag `held` gives nothing until it is let. */
function memoryStore(held: Promise<void>): SegmentStore {
  const ends = new Map<string, bigint>()
  const step = 50
  return {
    tags: async () => new Map(['orders', 'a/b', 'held'].map((tag) => [tag, step])),
    load: async (tag, size = step) => {
      if (tag === 'held') await held
      const first = ends.get(tag) ?? 1n
      ends.set(tag, first + BigInt(size))
      return { first, end: first + BigInt(size), step }
    },
  }
}

async function served(
  options: Partial<IdServiceOptions> = {},
  held = Promise.resolve(),
): Promise<IdService> {
  const metrics = new IdMetrics()
  const observer = metrics.observer('segment')
  const segments = await LeafSegments.open({ store: memoryStore(held), observer })
  const service = await serveIds({
    segments,
    snowflake: new Snowflake({ worker: 3, observer: metrics.observer('snowflake') }),
    metrics,
    isHealthy: () => true,
    host: '127.0.0.1',
    port: 0,
    idsPerSecond: 100_000,
    ...options,
  })
  running.push(segments, service)
  return service
}

interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: { readonly ids?: readonly string[]; readonly code?: string }
}

async function get(service: IdService, path: string): Promise<Answer> {
  const answer = await fetch(`${service.url}${path}`)
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    body: (await answer.json()) as Answer['body'],
  }
}

describe('a service of ids', () => {
  test('gives segment ids of a tag, one or many', async () => {
    const service = await served()
    expect(await get(service, '/v1/segment/orders')).toMatchObject({ body: { ids: ['1'] } })
    expect((await get(service, '/v1/segment/orders?n=3')).body.ids).toEqual(['2', '3', '4'])
    expect((await get(service, '/v1/segment/a%2Fb')).body.ids).toEqual(['1'])
  })

  test('gives concurrent callers of both kinds every id once', async () => {
    const service = await served()
    for (const kind of ['segment', 'snowflake']) {
      const asked = Array.from({ length: 40 }, () => get(service, `/v1/${kind}/orders?n=25`))
      const ids = (await Promise.all(asked)).flatMap(({ body }) => body.ids ?? [])
      expect(ids).toHaveLength(1_000)
      expect(new Set(ids).size).toBe(1_000)
    }
  })

  test.for([
    ['/v1/segment/orders?n=0', 400, 'invalid-option'],
    ['/v1/segment/orders?n=10001', 400, 'invalid-option'],
    ['/v1/snowflake/orders?n=x', 400, 'invalid-option'],
    ['/v1/segment/%', 400, 'invalid-option'],
    ['/v1/segment/nobody', 404, 'no-such-sequence'],
    ['/v1/uuid/orders', 404, 'path'],
    ['/', 404, 'path'],
  ] as const)('answers %s with %i and a code', async ([path, status, code]) => {
    expect(await get(await served(), path)).toMatchObject({ status, body: { code } })
  })

  test('refuses more than the rate, for each tag by itself', async () => {
    const service = await served({ idsPerSecond: 60 })
    expect((await get(service, '/v1/segment/orders?n=60')).status).toBe(200)
    const refused = await get(service, '/v1/segment/orders?n=50')
    expect(refused).toMatchObject({ status: 429, retryAfter: '1', body: { code: 'rate' } })
    expect((await get(service, '/v1/segment/a%2Fb?n=60')).status).toBe(200)
    expect((await get(service, '/v1/snowflake/orders?n=60')).status).toBe(200)
    expect((await get(service, '/v1/snowflake/other?n=50')).status).toBe(429)
  })

  test('says when to come again while there are no ids', async () => {
    const error = new IdError('lease-lost', 'somebody else has it', { retryAfterMs: 2_500 })
    const lost: IdGenerator<bigint> = {
      next: () => Promise.reject(error),
      nextBatch: () => Promise.reject(error),
    }
    const service = await served({ snowflake: lost, isHealthy: () => false })
    const answer = await get(service, '/v1/snowflake/x')
    expect(answer).toMatchObject({ status: 503, retryAfter: '3', body: { code: 'lease-lost' } })
    expect((await fetch(`${service.url}/health`)).status).toBe(503)
  })

  test('has health and metrics, and answers nothing but GET', async () => {
    const service = await served()
    await get(service, '/v1/segment/orders?n=7')
    await get(service, '/v1/segment/nobody')
    expect(await (await fetch(`${service.url}/health`)).text()).toBe('up\n')
    expect((await fetch(`${service.url}/health`, { method: 'POST' })).status).toBe(405)
    const text = await (await fetch(`${service.url}/metrics`)).text()
    expect(text).toContain('lockstep_ids_issued_total{kind="segment"} 7')
    expect(text).toContain('lockstep_ids_requests_total{status="404"} 1')
    expect(text).toContain('lockstep_ids_load_duration_seconds_count{kind="segment"} ')
  })

  test('answers what is under way before it ends', async () => {
    const held = Promise.withResolvers<void>()
    const service = await served({}, held.promise)
    const waiting = get(service, '/v1/segment/held')
    // Whatever came later was answered, so the first one is under way.
    await get(service, '/v1/segment/orders')
    const closed = service.close()
    held.resolve()
    expect((await waiting).body.ids).toEqual(['1'])
    await closed
    await expect(fetch(`${service.url}/health`)).rejects.toThrow('fetch failed')
  })
})
