import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Build } from '@lockstep/process'
import { describe, expect, test, vi } from 'vitest'
import { connectControl, type RunningNode, startNode } from '../src/index.ts'
import { clientOf, echo, started, watched } from './cluster.ts'
import { counter } from './counter.ts'
import { temporaryDirectory } from './temporary.ts'

test('a node keeps what it acknowledged over a restart', async () => {
  const directory = await temporaryDirectory()
  const first = await started('n1', counter, { directory })
  const client = clientOf(first)
  const calls = Array.from({ length: 120 }, () => client.call('n1', { type: 'increment' }, 30_000))
  expect((await Promise.all(calls)).at(-1)).toMatchObject({ count: 120 })
  await first.stop()
  const second = await started('n1', counter, { directory })
  expect(second.incarnation).toBe(2)
  client.setNodes({ n1: second.url })
  expect(await client.call('n1', { type: 'read' }, 30_000)).toMatchObject({ count: 120 })
})

test('a node knows how much its log holds, before and after a restart', async () => {
  const directory = await temporaryDirectory()
  let written = 0
  const onSync = (_: number, bytes: number): void => void (written += bytes)
  const first = await started('n1', counter, { directory, onSync })
  const empty = first.look().disk.logBytes
  for (let i = 0; i < 3; i++) await clientOf(first).call('n1', { type: 'increment' }, 30_000)
  const { disk } = first.look()
  expect(disk).toEqual({ logBytes: empty + written, snapshotBytes: 0 })
  await first.stop()
  const again = await started('n1', counter, { directory })
  expect(again.look().disk.logBytes).toBeGreaterThanOrEqual(disk.logBytes)
})

test('a node hears of peers that end, but not through a cut', async () => {
  const heard: string[] = []
  const ids = ['n1', 'n2', 'n3']
  const reached = new Set<string>()
  const build: Build = (context) => ({
    start: () => context.setTimer('hello', 0),
    timeout: () => {
      for (const id of ids) if (id !== context.id) context.send(id, { type: 'Hello' })
      context.setTimer('hello', 10)
    },
    receive: (from) => void reached.add(`${from}>${context.id}`),
    hungUp: (peer) => void heard.push(`${context.id} of ${peer}`),
    view: () => undefined,
  })
  const nodes = await Promise.all(ids.map((id) => started(id, build)))
  const urls = Object.fromEntries(nodes.map(({ id, url }) => [id, url]))
  for (const node of nodes) node.setPeers(urls)
  await vi.waitUntil(() => reached.size === 6, 30_000)
  expect(heard).toEqual([])
  const [n1, n2, n3] = nodes as [RunningNode, RunningNode, RunningNode]
  const { control } = await watched(n2)
  await control.fault({ do: 'cut', from: 'n1', to: 'n2' })
  await n1.stop()
  await vi.waitUntil(() => heard.includes('n3 of n1'), 30_000)
  await n3.stop()
  await vi.waitUntil(() => heard.includes('n2 of n3'), 30_000)
  expect(heard).toEqual(['n3 of n1', 'n2 of n3'])
})

test('two nodes cannot open one directory', async () => {
  const directory = await temporaryDirectory()
  const node = await started('n1', counter, { directory })
  const second = startNode({ id: 'n1', cluster: 'test', directory, build: counter })
  await expect(second).rejects.toMatchObject({
    code: 'directory-locked',
    message: expect.stringContaining('Stop that process'),
  })
  await node.stop()
  await started('n1', counter, { directory })
})

test('the lock of a process that is gone does not keep a directory', async () => {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'lock'), '4194304999 1')
  const node = await started('n1', counter, { directory })
  // The id may be in use again, by a process that started at another time.
  await node.stop()
  await writeFile(join(directory, 'lock'), `${process.pid} 1`)
  await started('n1', counter, { directory })
})

describe('a node that cannot go on ends and says why', () => {
  test('when its process throws', async () => {
    const node = await started('n1', echo)
    const calling = clientOf(node).call('n1', { type: 'throw' }, 30_000)
    expect(await node.ended).toMatchObject({ code: 'step-failed', message: /n1 threw: a mistake/ })
    await expect(connectControl(node.url, 'test')).rejects.toMatchObject({ code: 'unreachable' })
    void calling
  })

  test('when its process throws while it starts', async () => {
    const directory = await temporaryDirectory()
    const build = (): never => {
      throw new Error('a mistake')
    }
    await expect(startNode({ id: 'n1', cluster: 'test', directory, build })).rejects.toThrow(
      'a mistake',
    )
    await started('n1', echo, { directory })
  })

  test('when its disk is full', async () => {
    const node = await started('n1', counter, { diskBytesMax: 2_000 })
    const client = clientOf(node)
    let acknowledged = 0
    let failure: Error | undefined
    for (; failure === undefined; acknowledged++) {
      const answer = client.call('n1', { type: 'increment' }, 30_000).then(() => undefined)
      failure = await Promise.race([answer, node.ended])
    }
    expect(failure).toMatchObject({ code: 'disk-full', message: /^the disk is full/ })
    expect(acknowledged).toBeGreaterThan(5)
  })

  test('when its log is damaged', async () => {
    const directory = await temporaryDirectory()
    const node = await started('n1', counter, { directory })
    for (let i = 0; i < 3; i++) await clientOf(node).call('n1', { type: 'increment' }, 30_000)
    await node.stop()
    const [name = ''] = (await readdir(directory)).filter((file) => file.endsWith('.log'))
    const bytes = await readFile(join(directory, name))
    bytes[74] = 0xff ^ (bytes[74] ?? 0)
    await writeFile(join(directory, name), bytes)
    await expect(
      startNode({ id: 'n1', cluster: 'test', directory, build: counter }),
    ).rejects.toMatchObject({ code: 'wal-corrupt', file: name, offset: 48 })
  })

  test('when its directory cannot be made', async () => {
    const directory = join(await temporaryDirectory(), 'file')
    await writeFile(directory, '')
    await expect(
      startNode({ id: 'n1', cluster: 'test', directory, build: counter }),
    ).rejects.toMatchObject({ code: 'disk-failed' })
  })

  test('when its port is taken', async () => {
    const { port } = await started('n1', echo)
    const directory = await temporaryDirectory()
    await expect(
      startNode({ id: 'n2', cluster: 'test', directory, build: echo, port }),
    ).rejects.toMatchObject({ code: 'port-taken' })
  })
})

test('a torn tail is dropped and reported, and the node goes on', async () => {
  const directory = await temporaryDirectory()
  const node = await started('n1', counter, { directory })
  const client = clientOf(node)
  for (let i = 0; i < 5; i++) await client.call('n1', { type: 'increment' }, 30_000)
  await node.stop()
  const [name = ''] = (await readdir(directory)).filter((file) => file.endsWith('.log'))
  const bytes = await readFile(join(directory, name))
  const end = bytes.findLastIndex((byte) => byte !== 0)
  await writeFile(join(directory, name), bytes.subarray(0, end))
  const again = await started('n1', counter, { directory })
  expect(again.torn).toMatchObject({ file: name, found: 'the file ends inside a frame' })
  expect(again.view()).toEqual({ count: 4 })
  client.setNodes({ n1: again.url })
  expect(await client.call('n1', { type: 'increment' }, 30_000)).toMatchObject({ count: 5 })
})
