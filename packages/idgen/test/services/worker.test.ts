import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { hasServer, type RunningServer, type ServerKind, startServer } from '@lockstep/servers'
import { createClient as createZooKeeperClient } from 'node-zookeeper-client'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zooKeeperNodes } from '../../src/node/zookeeper-nodes.ts'
import { systemClock } from '../../src/platform.ts'
import { nodeRedis } from '../../src/redis/redis-commands.ts'
import { etcdHttp, EtcdWorkerLeases } from '../../src/worker/etcd-worker-leases.ts'
import { LeasedWorker } from '../../src/worker/leased-worker.ts'
import { RedisWorkerLeases } from '../../src/worker/redis-worker-leases.ts'
import { SqlWorkerLeases } from '../../src/worker/sql-worker-leases.ts'
import type { LentWorker, WorkerLeases } from '../../src/worker/worker-leases.ts'
import { ZooKeeperWorkerLeases } from '../../src/worker/zookeeper-worker-leases.ts'
import { registriesHold } from '../worker/registry-suite.ts'
import { expires, leasesHold, type OpenLeases } from '../worker/suite.ts'
import { ofServer, type Served } from './databases.ts'

const leaseMs = 500
let opened = 0

for (const kind of ['postgres', 'mariadb'] as const) {
  describe.skipIf(!hasServer(kind))(`worker ids from ${kind}`, () => {
    const served = ofServer(kind)
    const open: OpenLeases = async (workers) => {
      const { database } = served
      const leases = new SqlWorkerLeases({ database, table: `w${++opened}`, workers, leaseMs })
      await leases.create()
      return leases
    }
    leasesHold(open)
    expires(open)
    survivesRestarts(served, open)
    registriesHold(() => served.database)
  })
}

describe.skipIf(!hasServer('redis'))('worker ids from redis', () => {
  const served = serverOf('redis')
  const redis = connectedTo(async () => {
    const client = createClient({ url: served.server.url })
    client.on('error', () => {})
    await client.connect()
    return { it: nodeRedis(client), close: () => client.destroy() }
  })
  const open: OpenLeases = async (workers) => {
    const options = { redis: redis.it, prefix: `w${++opened}`, workers, leaseMs }
    // It has not seen this server before, so it waits for a lease's length.
    const worker = await LeasedWorker.open({ leases: new RedisWorkerLeases(options) })
    await worker.close()
    return new RedisWorkerLeases(options)
  }
  leasesHold(open)
  expires(open)
  survivesRestarts(served, open)

  test('what Redis lost stays with its holder, and is lent to nobody else', async () => {
    const leases = await open(1)
    const held = (await leases.lend()) as LentWorker
    await served.server.kill()
    await served.server.restart()
    await expect
      .poll(() => redis.it.eval("return {redis.call('FLUSHALL').ok}", [], []))
      .toEqual(['OK'])
    await expect(leases.lend()).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: expect.any(Number),
    })
    expect(await held.renew()).toBe(true)
    const lend = async (): Promise<LentWorker | undefined> => leases.lend()
    await held.mark.save(7)
    await expect.poll(() => held.renew().then(lend), { interval: 50 }).toBeUndefined()
    await held.release()
    expect((await leases.lend())?.workerId).toBe(held.workerId)
  })
})

describe.skipIf(!hasServer('etcd'))('worker ids from etcd', () => {
  const served = serverOf('etcd')
  const open: OpenLeases = async (workers) => {
    const etcd = etcdHttp(served.server.url, fetch)
    return new EtcdWorkerLeases({ etcd, prefix: `w${++opened}`, workers, leaseMs })
  }
  leasesHold(open)
  expires(open)
  survivesRestarts(served, open)

  test('an etcd that is not there is named', async () => {
    const leases = new EtcdWorkerLeases({ etcd: etcdHttp('http://127.0.0.1:1', fetch) })
    await expect(leases.lend()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe.skipIf(!hasServer('zookeeper'))('worker ids from zookeeper', () => {
  const served = serverOf('zookeeper')
  const zooKeeper = connectedTo(() => connectedZooKeeper(served.server.url))
  const at = (path: string, workers: number, nodes = zooKeeper.it): WorkerLeases =>
    new ZooKeeperWorkerLeases({ zooKeeper: nodes, path, workers })
  const open: OpenLeases = async (workers) => at(`/w/${++opened}`, workers)
  leasesHold(open)
  survivesRestarts(served, open)

  test('an id goes with the session of its holder, who stopped before', async () => {
    const path = `/w/${++opened}`
    const way = await cuttable(served.server.port)
    const client = await connectedZooKeeper(`127.0.0.1:${way.port}`, 1_000)
    const first = await LeasedWorker.open({ leases: at(path, 1, client.it) })
    expect(await at(path, 1).lend()).toBeUndefined()
    await way.cut()
    const again = async (): Promise<number | undefined> => (await at(path, 1).lend())?.workerId
    await expect.poll(again, { timeout: 20_000, interval: 20 }).toBe(first.workerId)
    expect(first.heldUntilMs()).toBeLessThan(systemClock.elapsed())
    client.close()
  })
})

/** A server that was killed and started again knows what it lent. */
function survivesRestarts(served: Pick<Served, 'server'>, open: OpenLeases): void {
  test('a server that is killed and started again knows who holds what', async () => {
    const leases = await open(1)
    const held = (await leases.lend()) as LentWorker
    await served.server.kill()
    await served.server.restart()
    const renewed = (): Promise<boolean> => held.renew().catch(() => false)
    await expect.poll(renewed, { timeout: 20_000, interval: 10 }).toBe(true)
    expect(await leases.lend().catch(() => undefined)).toBeUndefined()
    await held.release()
  })
}

function serverOf(kind: ServerKind): Pick<Served, 'server'> {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer(kind)
  })
  afterAll(() => server.stop())
  return {
    get server() {
      return server
    },
  }
}

interface Connected<T> {
  readonly it: T
  close(): void
}

function connectedTo<T>(connecting: () => Promise<Connected<T>>): { readonly it: T } {
  let connected: Connected<T>
  beforeAll(async () => {
    connected = await connecting()
  })
  afterAll(() => connected.close())
  return {
    get it() {
      return connected.it
    },
  }
}

async function connectedZooKeeper(
  url: string,
  sessionTimeout = 5_000,
): Promise<Connected<ReturnType<typeof zooKeeperNodes>>> {
  const client = createZooKeeperClient(url, { sessionTimeout })
  await new Promise<void>((resolve) => {
    client.once('connected', resolve)
    client.connect()
  })
  return { it: zooKeeperNodes(client), close: () => client.close() }
}

/** A way to a port of this machine that can be cut, so that neither side hears of it from the other. */
async function cuttable(to: number): Promise<{ readonly port: number; cut(): Promise<void> }> {
  const sockets: Socket[] = []
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) socket.on('error', () => {})
    near.pipe(far).pipe(near)
    sockets.push(near, far)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
