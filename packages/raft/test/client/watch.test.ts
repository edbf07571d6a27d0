import type { NodeId, Port, Reply } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { type ClientResult, everyKey, RaftClient, type WatchAnswer } from '../../src/index.ts'
import { asIndex } from '../../src/term.ts'

const event = { type: 'delete', key: 'a', modRevision: 8 } as const
const answers: readonly ClientResult[] = [
  { type: 'watched', events: [], next: 8 },
  { type: 'watched', events: [event], next: 9 },
  { type: 'watch-compacted', compacted: 12 },
]

/** A cluster at revision 7 that answers a watcher's questions one after the other, and then no more. */
class WatchedPort implements Port {
  readonly id = 'c1'
  readonly from: unknown[] = []

  wall(): number {
    return 0
  }

  elapsed(): number {
    return 0
  }

  random(): number {
    return 0
  }

  sleep(): Promise<void> {
    return Promise.resolve()
  }

  call(_to: NodeId, request: { readonly type: string }): Promise<Reply | undefined> {
    const reply = (result: ClientResult): Promise<Reply> => {
      const message = { type: 'ClientReply', re: 1, result }
      return Promise.resolve(message)
    }
    if (request.type === 'OpenSession') return reply({ type: 'opened', session: asIndex(1) })
    if (request.type === 'ClientRequest') {
      const value = { type: 'range', revision: 7, kvs: [], count: 0, more: false } as const
      return reply({ type: 'applied', value })
    }
    this.from.push((request as { readonly fromRevision?: number }).fromRevision)
    const answer = answers[this.from.length - 1]
    return answer === undefined ? new Promise(() => undefined) : reply(answer)
  }
}

async function all(watch: AsyncIterable<WatchAnswer>): Promise<WatchAnswer[]> {
  const seen: WatchAnswer[] = []
  for await (const answer of watch) seen.push(answer)
  return seen
}

function client(): { port: WatchedPort; client: RaftClient } {
  const port = new WatchedPort()
  return { port, client: new RaftClient(port, { nodes: ['n1'] }) }
}

describe('the watch of a client', () => {
  it('begins behind what is committed, and ends where the past is gone', async () => {
    const { port, client: watching } = client()
    const seen = await all(watching.watch(everyKey))
    expect(seen).toEqual([
      { type: 'events', revision: 8, events: [event] },
      { type: 'compacted', compacted: 12 },
    ])
    expect(port.from).toEqual([8, 8, 9])
  })

  it('begins where it is told to, and says how far it is', async () => {
    const { port, client: watching } = client()
    const seen = await all(watching.watch(everyKey, { fromRevision: 3, progress: true }))
    expect(seen[0]).toEqual({ type: 'progress', revision: 7 })
    expect(port.from[0]).toBe(3)
  })

  it('ends when it is told to, also while it waits', async () => {
    const { client: watching } = client()
    const controller = new AbortController()
    const seen: WatchAnswer[] = []
    for await (const answer of watching.watch(everyKey, { signal: controller.signal })) {
      seen.push(answer)
      controller.abort()
    }
    expect(seen).toHaveLength(1)
  })
})
