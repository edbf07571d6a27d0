import { onTestFinished, expect, test } from 'vitest'
import {
  connectClient,
  startNode,
  type LiveClient,
  type NodeOptions,
  type RunningNode,
} from '../src/index.ts'
import { counter } from './counter.ts'
import { temporaryDirectory } from './temporary.ts'

async function start(options: Partial<NodeOptions> = {}): Promise<RunningNode> {
  const node = await startNode({
    id: 'n1',
    cluster: 'test',
    directory: options.directory ?? (await temporaryDirectory()),
    build: counter,
    segmentBytes: 1 << 16,
    ...options,
  })
  onTestFinished(() => node.stop())
  return node
}

function client(node: RunningNode): LiveClient {
  const made = connectClient({ id: 'c1', cluster: 'test', nodes: { [node.id]: node.url } })
  onTestFinished(() => made.close())
  return made
}

test('a node keeps what it acknowledged over a restart', async () => {
  const directory = await temporaryDirectory()
  const first = await start({ directory })
  const caller = client(first)
  const calls = Array.from({ length: 120 }, () => caller.call('n1', { type: 'increment' }, 10_000))
  expect((await Promise.all(calls)).at(-1)).toMatchObject({ count: 120 })
  await first.stop()
  const second = await start({ directory })
  expect(second.incarnation).toBe(2)
  expect(await client(second).call('n1', { type: 'read' }, 10_000)).toMatchObject({ count: 120 })
})
