import { hasServer, type RunningServer, startServer } from '@lockstep/servers'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ioRedis, nodeRedis, type RedisCommands } from '../../src/redis/redis-commands.ts'
import { SqlRedisFloor } from '../../src/redis/redis-floor.ts'
import { RedisSequence } from '../../src/redis/redis-sequence.ts'
import { floorsHold } from '../redis/floor-suite.ts'
import { sqliteOf } from '../sql/test-database.ts'
import { repeated } from '../uniqueness.ts'
import { throughACrash } from './crash.ts'
import { ofServer } from './databases.ts'

interface Connection {
  readonly commands: RedisCommands
  readonly command: (...words: string[]) => Promise<unknown>
  close(): Promise<void>
}

const clients: Readonly<Record<string, (url: string) => Promise<Connection>>> = {
  'node-redis': async (url) => {
    const client = createClient({ url, disableOfflineQueue: true })
    client.on('error', () => {})
    await client.connect()
    return {
      commands: nodeRedis(client),
      command: (...words) => client.sendCommand(words),
      close: async () => client.destroy(),
    }
  },
  ioredis: async (url) => {
    const client = new Redis(url, { maxRetriesPerRequest: 0, commandTimeout: 1_000 })
    client.on('error', () => {})
    return {
      commands: ioRedis(client),
      command: (first = '', ...words) => client.call(first, ...words),
      close: async () => client.disconnect(),
    }
  },
}

for (const kind of ['postgres', 'mariadb'] as const) {
  describe.skipIf(!hasServer(kind))(`floors in ${kind}`, () => {
    const served = ofServer(kind)
    floorsHold(() => served.database)
  })
}

describe.skipIf(!hasServer('redis')).each(Object.keys(clients))(
  'a counter in Redis by %s',
  (name) => {
    const connect = clients[name] as (url: string) => Promise<Connection>
    const database = sqliteOf()
    const floor = new SqlRedisFloor({ database })
    const opened: { close(): Promise<void> }[] = []
    let names = 0

    beforeEach(() => floor.create())
    afterEach(async () => {
      for (const one of opened.splice(0).toReversed()) await one.close()
    })
    afterAll(() => database.close())

    async function server(settings: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
      const started = await startServer('redis', { settings })
      opened.push({ close: () => started.stop() })
      return started
    }

    async function connected(url: string): Promise<Connection> {
      const connection = await connect(url)
      opened.push(connection)
      return connection
    }

    test('gives single ids and batches, with a key for each name and day that expires', async () => {
      const { commands, command } = await connected((await server()).url)
      const options = { redis: commands, floor, name: `s${++names}`, prefix: 'p' }
      const [a, b] = [new RedisSequence(options), new RedisSequence(options)]
      const batches = await Promise.all([a.nextBatch(50), b.nextBatch(1), a.nextBatch(3), b.next()])
      const ids = batches.flat().toSorted((x, y) => (x < y ? -1 : 1))
      const start = ids[0] as bigint
      expect(ids).toEqual(Array.from({ length: 55 }, (_, n) => start + BigInt(n)))
      const day = start / 10n ** 10n
      const key = `p:{s${names}}:${day}`
      expect(await command('GET', key)).toBe(String((ids.at(-1) as bigint) % 10n ** 10n))
      expect(Number(await command('TTL', key))).toBeGreaterThan(2 * 24 * 3600 - 60)
    })

    test.for([
      ['keeps its log', 'yes'],
      ['loses everything', 'no'],
    ] as const)('repeats nothing when a server is killed that %s', async ([, appendonly]) => {
      const redis = await server({ appendonly })
      const { commands } = await connected(redis.url)
      await throughACrash(redis, new RedisSequence({ redis: commands, floor, name: `s${++names}` }))
    })

    test('repeats nothing when a replica takes over that has not heard of all', async () => {
      const quickSync = { 'repl-diskless-sync-delay': '0' }
      const [master, replica] = [await server(quickSync), await server()]
      const [old, next] = [await connected(master.url), await connected(replica.url)]
      const options = { floor, name: `s${++names}`, ahead: 20 }
      const onOld = new RedisSequence({ ...options, redis: old.commands })
      const ids = [...(await onOld.nextBatch(5))]
      await next.command('REPLICAOF', master.host, String(master.port))
      const replicated = async (): Promise<string> => String(await next.command('KEYS', '*'))
      await expect.poll(replicated, { timeout: 10_000 }).toContain(options.name)
      await next.command('REPLICAOF', 'NO', 'ONE')
      // The old master lives on, and gives ids that the new one has not heard of.
      ids.push(...(await onOld.nextBatch(10)))
      const onNew = new RedisSequence({ ...options, redis: next.commands })
      ids.push(...(await onNew.nextBatch(10)))
      // It has ids up to the floor of its time; past that each has to begin an era of its own.
      ids.push(...(await onOld.nextBatch(5)))
      ids.push(...(await onNew.nextBatch(30)))
      ids.push(...(await onOld.nextBatch(30)))
      ids.push(...(await onNew.nextBatch(30)))
      expect(repeated(ids)).toEqual([])
    })

    test('repeats nothing when its keys are deleted', async () => {
      const { commands, command } = await connected((await server()).url)
      const sequence = new RedisSequence({ redis: commands, floor, name: `s${++names}` })
      const ids = [...(await sequence.nextBatch(5))]
      await command('FLUSHALL')
      ids.push(...(await sequence.nextBatch(5)))
      const [counter] = ((await command('KEYS', `*s${names}}:*`)) as string[]) ?? []
      await command('DEL', counter as string)
      ids.push(...(await sequence.nextBatch(5)))
      expect(repeated(ids)).toEqual([])
    })
  },
)
