import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { hasServer, type RunningServer, type ServerKind, startServer } from '../../src/index.ts'
import { type Client, clients } from './clients.ts'
import { childrenOf, directoriesOf, isGone } from '../traces.ts'

const kinds: readonly ServerKind[] = ['postgres', 'mariadb', 'redis', 'zookeeper', 'etcd']

async function using(
  kind: ServerKind,
  what: (server: RunningServer, open: () => Promise<Client>) => Promise<void>,
): Promise<void> {
  const server = await startServer(kind)
  try {
    await what(server, () => clients[kind](server.url))
  } finally {
    await server.stop()
  }
}

describe.each(kinds)('%s', (kind) => {
  test.skipIf(!hasServer(kind))(
    'starts, answers, restarts in good order, and leaves nothing behind',
    async () => {
      const before = directoriesOf(kind)
      let pids: readonly number[] = []
      let port = 0
      await using(kind, async (server, open) => {
        const client = await open()
        await client.write('x', '1')
        expect(await client.read('x')).toBe('1')
        await client.close()
        await server.restart()
        const next = await open()
        expect(await next.read('x')).toBe('1')
        await next.close()
        pids = [server.pid, ...childrenOf(server.pid)]
        port = server.port
      })
      expect(pids.filter((pid) => !isGone(pid))).toEqual([])
      expect(directoriesOf(kind)).toEqual(before)
      expect(await isRefused(port)).toBe(true)
    },
  )

  test.skipIf(!hasServer(kind))(
    'has its data after a kill -9, twice, on the same port',
    async () => {
      await using(kind, async (server, open) => {
        const { port, pid } = server
        for (const value of ['1', '2']) {
          const client = await open()
          await client.write('x', value)
          const family = [server.pid, ...childrenOf(server.pid)]
          await server.kill()
          expect(family.filter((one) => !isGone(one))).toEqual([])
          expect(await isRefused(port)).toBe(true)
          await client.close()
          await server.restart()
          const next = await open()
          expect(await next.read('x')).toBe(value)
          await next.close()
        }
        expect(server.port).toBe(port)
        expect(server.pid).not.toBe(pid)
      })
    },
  )

  test.skipIf(!hasServer(kind))('says what the server logged when it does not start', async () => {
    const before = directoriesOf(kind)
    const settings = broken[kind]
    await expect(startServer(kind, { settings })).rejects.toMatchObject({
      code: 'did-not-start',
      message: expect.stringContaining(complaints[kind]),
    })
    expect(directoriesOf(kind)).toEqual(before)
  })
})

test.skipIf(!hasServer('redis'))(
  'a Redis that keeps no log loses its data when it is killed',
  async () => {
    const server = await startServer('redis', { settings: { appendonly: 'no' } })
    try {
      const client = await clients.redis(server.url)
      await client.write('x', '1')
      await server.kill()
      await client.close()
      await server.restart()
      const next = await clients.redis(server.url)
      expect(await next.read('x')).toBeUndefined()
      await next.close()
    } finally {
      await server.stop()
    }
  },
)

/** Settings that no server takes, and the word of the complaint about each. */
const broken: Readonly<Record<ServerKind, Readonly<Record<string, string>>>> = {
  postgres: { no_such_setting: '1' },
  mariadb: { 'no-such-setting': '1' },
  redis: { 'no-such-setting': '1' },
  zookeeper: { 'snapshot.compression.method': 'none', serverCnxnFactory: 'no.such.Factory' },
  etcd: { 'no-such-setting': '1' },
}
const complaints: Readonly<Record<ServerKind, string>> = {
  postgres: 'no_such_setting',
  mariadb: 'no-such-setting',
  redis: 'no-such-setting',
  zookeeper: 'no.such.Factory',
  etcd: 'no-such-setting',
}

/** Whether nobody listens on a port any more. */
function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', () => resolve(true))
  })
}
