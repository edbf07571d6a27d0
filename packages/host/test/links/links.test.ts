import { once } from 'node:events'
import { test as propertyTest } from '@fast-check/vitest'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { codecOf, plain } from '../../src/codec.ts'
import { connectClient, connectControl, type NodeEvent, type RunningNode } from '../../src/index.ts'
import { wireVersion } from '../../src/links/wire.ts'
import { clientOf, echo, started, watched } from '../cluster.ts'
import { temporaryDirectory } from '../temporary.ts'

const hello = {
  type: 'hello',
  version: wireVersion,
  role: 'client',
  cluster: 'test',
  id: 'raw',
  to: 'n1',
} as const

/** A bare WebSocket to a node, what it says, and how it ends. */
function raw(
  node: RunningNode,
  path = '/link',
  headers: Record<string, string> = {},
  codec = plain,
) {
  const socket = new WebSocket(new URL(path, node.url), { headers })
  onTestFinished(() => socket.terminate())
  const frames: unknown[] = []
  socket.on('message', (bytes: Buffer) => frames.push(codec.decode(bytes)))
  socket.on('error', () => undefined)
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  return { socket, frames, closed, open: () => once(socket, 'open') }
}

/** Whether the node still answers. */
async function answers(node: RunningNode): Promise<boolean> {
  const client = connectClient({ id: 'check', cluster: 'test', nodes: { [node.id]: node.url } })
  const answer = await client.call(node.id, { type: 'echo' }, 30_000)
  await client.close()
  return answer !== undefined
}

describe('shapes', () => {
  const ofEcho = [
    ['type', 're', 'text'],
    ['type', 'text', 'id'],
  ]

  test('are those that each side named itself, and need not be the same', async () => {
    const node = await started('n1', echo, { shapes: ofEcho })
    for (const shapes of [undefined, ofEcho, [['type', 'text', 'id'], ['type']]]) {
      const client = connectClient({
        id: 'c1',
        cluster: 'test',
        nodes: { n1: node.url },
        ...(shapes === undefined ? {} : { shapes }),
      })
      onTestFinished(() => client.close())
      const request = Object.assign({ type: 'echo' }, { text: 'a' })
      expect(await client.call('n1', request, 30_000)).toMatchObject({ type: 'echoed', text: 'a' })
    }
  })

  test('make frames smaller, and let a refusal through', async () => {
    const node = await started('n1', echo, { shapes: ofEcho })
    const codec = codecOf(ofEcho)
    const { socket, open, frames, closed } = raw(node, '/link', {}, codec)
    await open()
    socket.send(plain.encode({ ...hello, shapes: ofEcho }))
    await once(socket, 'message')
    expect(frames).toMatchObject([{ type: 'welcome', shapes: ofEcho }])
    const asked = codec.encode([[1, { type: 'echo', text: 'a', id: 7 }]])
    expect(Buffer.from(asked).includes('text')).toBe(false)
    socket.send(asked)
    const [answer]: Buffer[] = await once(socket, 'message')
    expect(answer?.includes('text')).toBe(false)
    expect(frames.at(-1)).toEqual([[1, { type: 'echoed', re: 7, text: 'a' }]])
    socket.send(codec.encode([[2, 'no message']]))
    expect(await closed).toBe(1008)
    expect(frames.at(-1)).toMatchObject({ type: 'refused', code: 'malformed' })
  })

  test('of which there are none are refused before anything begins', async () => {
    const shapes = [['a', 'a']]
    await expect(started('n1', echo, { shapes })).rejects.toMatchObject({ code: 'bad-shapes' })
    expect(() => connectClient({ id: 'c1', cluster: 'test', nodes: {}, shapes })).toThrow('shapes')
  })
})

describe('between nodes and clients', () => {
  test('a call is answered by the message whose re is its id', async () => {
    const node = await started('n1', echo)
    const client = clientOf(node)
    const texts = Array.from({ length: 1_000 }, (_, i) => `text ${i}`)
    const replies = await Promise.all(
      texts.map((text) => client.call('n1', Object.assign({ type: 'echo' }, { text }), 30_000)),
    )
    expect(replies).toMatchObject(texts.map((text) => ({ type: 'echoed', text })))
  })

  test('a call that nobody answers ends with undefined', async () => {
    const node = await started('n1', echo)
    expect(await clientOf(node).call('n1', { type: 'ignore' }, 50)).toBeUndefined()
    expect(await clientOf(node).call('n9', { type: 'echo' }, 50)).toBeUndefined()
  })

  test('a call ends at once when its node goes away, or cannot be reached', async () => {
    const node = await started('n1', echo)
    const client = clientOf(node)
    await client.call('n1', { type: 'echo' }, 30_000)
    const waiting = client.call('n1', { type: 'ignore' }, 30_000)
    await node.stop()
    expect(await waiting).toBeUndefined()
    expect(await client.call('n1', { type: 'echo' }, 30_000)).toBeUndefined()
  })

  test('a link finds its node again after a restart', async () => {
    const directory = await temporaryDirectory()
    const first = await started('n1', echo, { directory })
    const client = clientOf(first)
    await client.call('n1', { type: 'echo' }, 30_000)
    await first.stop()
    const again = await started('n1', echo, { directory, port: first.port })
    let answer: unknown
    while (answer === undefined) answer = await client.call('n1', { type: 'echo' }, 100)
    expect(again.incarnation).toBe(2)
  })

  test('nodes reach each other by the addresses that they are told', async () => {
    const n1 = await started('n1', echo)
    const n2 = await started('n2', echo, { peers: { n1: n1.url } })
    const { until } = await watched(n2)
    n1.setPeers({ n2: n2.url })
    await clientOf(n1).call('n1', Object.assign({ type: 'pass' }, { to: 'n2', text: 'hi' }), 10)
    const deliver = await until(({ kind }) => kind === 'deliver')
    expect(deliver).toMatchObject({ peer: 'n1', name: 'passed' })
  })

  test.each([
    ['ends in good order, is parted from', 'parted from a peer'],
    ['fails, is lost', 'lost a peer'],
  ])('a peer that %s', async (_, name) => {
    const n1 = await started('n1', echo)
    const names: string[] = []
    const onEvent = (event: NodeEvent): void => {
      if (event.name.endsWith(' a peer')) names.push(event.name)
    }
    await started('n2', echo, { peers: { n1: n1.url }, onEvent })
    await expect.poll(() => names).toEqual(['reached a peer'])
    if (name === 'lost a peer') void clientOf(n1).call('n1', { type: 'throw' }, 10)
    else await n1.stop()
    await expect.poll(() => names).toEqual(['reached a peer', name])
  })

  test('both ends of a link count the same messages and bytes', async () => {
    const n1 = await started('n1', echo)
    const n2 = await started('n2', echo, { peers: { n1: n1.url } })
    const { until } = await watched(n2)
    n1.setPeers({ n2: n2.url })
    const client = clientOf(n1)
    for (const text of ['one', 'two', 'three'])
      void client.call('n1', Object.assign({ type: 'pass' }, { to: 'n2', text }), 10)
    await until(({ kind, value }) => kind === 'deliver' && value === 3)
    const { sentMessages, sentBytes, receivedBytes } = n1.look().traffic['n2'] ?? {}
    expect([sentMessages, receivedBytes]).toEqual([3, 0])
    expect(sentBytes).toBeGreaterThan(3 * 'passed'.length)
    expect(n2.look().traffic).toEqual({
      n1: {
        sentMessages: 0,
        sentBytes: 0,
        receivedMessages: sentMessages,
        receivedBytes: sentBytes,
      },
    })
    n1.setPeers({})
    expect(n1.look().traffic).toEqual({})
  })

  test('a node counts what goes over the links of all its clients together', async () => {
    const node = await started('n1', echo)
    const counted = (): readonly number[] => Object.values(node.look().clientTraffic)
    expect(counted()).toEqual([0, 0, 0, 0])
    const first = clientOf(node)
    await first.call('n1', { type: 'echo' }, 30_000)
    const { receivedBytes: one, sentBytes: back } = node.look().clientTraffic
    const nodes = { n1: node.url }
    const second = connectClient({ id: 'c2', cluster: 'test', nodes })
    await second.call('n1', { type: 'echo' }, 30_000)
    await second.close()
    await first.call('n1', { type: 'echo' }, 30_000)
    expect(node.look().clientTraffic).toEqual({
      sentMessages: 3,
      sentBytes: 3 * back,
      receivedMessages: 3,
      receivedBytes: 3 * one,
    })
    expect([one, back].every((bytes) => bytes > 'echo'.length)).toBe(true)
    expect(node.look().traffic).toEqual({})
  })

  test('a message from a node that is no peer is dropped and traced', async () => {
    const n2 = await started('n2', echo)
    const n1 = await started('n1', echo, { peers: { n2: n2.url } })
    const { events, until } = await watched(n2)
    void clientOf(n1).call('n1', Object.assign({ type: 'pass' }, { to: 'n2' }), 10)
    expect(await until(({ kind }) => kind === 'drop')).toMatchObject({
      node: 'n1',
      peer: 'n2',
      name: 'passed',
      value: 3,
    })
    expect(events.some(({ kind }) => kind === 'deliver')).toBe(false)
  })
})

describe('what does not fit is refused with a frame and a closed link', () => {
  const bad: Readonly<Record<string, readonly [hello: unknown, code: string]>> = {
    'no hello at all': [[[1, { type: 'echo' }]], 'malformed'],
    'another version': [{ ...hello, version: wireVersion + 1 }, 'wrong-version'],
    'another cluster': [{ ...hello, cluster: 'other' }, 'wrong-cluster'],
    'another node': [{ ...hello, to: 'n2' }, 'wrong-node'],
    'a role that does not fit the path': [{ ...hello, role: 'control' }, 'wrong-role'],
    'the name of the node itself': [{ ...hello, id: 'n1' }, 'id-taken'],
    'an empty name': [{ ...hello, id: '' }, 'malformed'],
    'a hello of any size': [{ ...hello, more: 'x'.repeat(8_192) }, 'too-large'],
  }
  test.each(Object.entries(bad))('%s', async (_, [first, code]) => {
    const node = await started('n1', echo)
    const { socket, frames, closed, open } = raw(node)
    await open()
    socket.send(plain.encode(first))
    expect(await closed).toBe(1008)
    expect(frames).toMatchObject([{ type: 'refused', code }])
    expect(await answers(node)).toBe(true)
  })

  const frames: Readonly<Record<string, unknown>> = {
    'no array': { type: 'echo' },
    'no pairs': [{ type: 'echo' }],
    'no number': [['1', { type: 'echo' }]],
    'no object': [[1, 'echo']],
    'no type': [[1, { id: 1 }]],
    'a type that is no string': [[1, { type: 1 }]],
  }
  test.each(Object.entries(frames))('a frame with %s', async (_, frame) => {
    const node = await started('n1', echo)
    const { control } = await watched(node)
    const link = raw(node)
    await link.open()
    link.socket.send(plain.encode(hello))
    link.socket.send(plain.encode(frame))
    expect(await link.closed).toBe(1008)
    expect(link.frames).toMatchObject([{ type: 'welcome' }, { code: 'malformed' }])
    expect(await control.look()).toMatchObject({ refusedLinks: 1 })
  })

  test.each([
    ['a hello with what are no shapes', { ...hello, shapes: [['a', 'a']] }],
    ['a hello with too many shapes', { ...hello, shapes: Array.from({ length: 33 }, () => ['a']) }],
  ])('%s', async (_, first) => {
    const node = await started('n1', echo)
    const link = raw(node)
    await link.open()
    link.socket.send(plain.encode(first))
    expect(await link.closed).toBe(1008)
    expect(link.frames).toMatchObject([{ code: 'malformed' }])
  })

  test('a message that is too large', async () => {
    const node = await started('n1', echo, { messageBytesMax: 1_000 })
    const { until } = await watched(node)
    const { socket, closed, open } = raw(node)
    await open()
    socket.send(plain.encode(hello))
    socket.send(Buffer.alloc(1_001))
    expect(await closed).toBe(1009)
    expect(await until(({ name }) => name === 'refused a link')).toMatchObject({
      data: { code: 'too-large', hello: { id: 'raw' } },
    })
    expect(await answers(node)).toBe(true)
  })

  test('a page in a browser, and any other path', async () => {
    const node = await started('n1', echo)
    const page = raw(node, '/link', { origin: 'http://example.org' })
    const [, response]: { statusCode?: number }[] = await once(page.socket, 'unexpected-response')
    expect(response?.statusCode).toBe(403)
    const [, other]: { statusCode?: number }[] = await once(
      raw(node, '/other').socket,
      'unexpected-response',
    )
    expect(other?.statusCode).toBe(404)
  })

  test('control of another cluster', async () => {
    const node = await started('n1', echo)
    await expect(connectControl(node.url, 'other')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('another cluster'),
    })
  })

  test('more connections than the limit', async () => {
    const node = await started('n1', echo, { linksMax: 2 })
    const links = [raw(node), raw(node), raw(node)]
    for (const { socket, open } of links) {
      await open()
      socket.send(plain.encode(hello))
    }
    expect(await links[2]?.closed).toBe(1008)
    expect(links[2]?.frames).toMatchObject([{ code: 'too-many-links' }])
  })
})

describe('whatever bytes come, a node goes on', () => {
  const blob = fc.uint8Array({ maxLength: 300 })
  const value = fc.anything({ withMap: true, withDate: true, withBigInt: true, maxDepth: 4 })
  const frame = fc.oneof(blob, value.map(packed), fc.array(value).map(packed))
  let node: RunningNode | undefined

  propertyTest.prop([fc.boolean(), fc.constantFrom('/link', '/control'), fc.array(frame)], {
    numRuns: 60,
  })('after a hello and without one', async (greet, path, bytes) => {
    node ??= await started('n1', echo, { messageBytesMax: 250 })
    const { socket, open, closed } = raw(node, path)
    await open()
    if (greet)
      socket.send(plain.encode({ ...hello, role: path === '/link' ? 'client' : 'control' }))
    for (const part of bytes) socket.send(part)
    socket.close()
    await closed
    expect(await answers(node)).toBe(true)
  })
})

function packed(value: unknown): Uint8Array {
  try {
    return plain.encode(value)
  } catch {
    return new Uint8Array()
  }
}

test('a frame that would be too large is split, and a message that is takes no other along', async () => {
  const node = await started('n1', echo, { messageBytesMax: 1_000 })
  const client = connectClient({
    id: 'c1',
    cluster: 'test',
    nodes: { n1: node.url },
    messageBytesMax: 1_000,
  })
  onTestFinished(() => client.close())
  const ask = (text: string, timeout: number) =>
    client.call('n1', Object.assign({ type: 'echo' }, { text }), timeout)
  const small = Array.from({ length: 50 }, () => ask('x'.repeat(100), 30_000))
  const large = ask('x'.repeat(1_000), 50)
  small.push(...Array.from({ length: 50 }, () => ask('x'.repeat(100), 30_000)))
  expect(await Promise.all(small)).not.toContain(undefined)
  expect(await large).toBeUndefined()
})

test('to a receiver that does not read, messages are dropped beyond the limit', async () => {
  const node = await started('n1', echo, { queueBytesMax: 10_000 })
  const { events, until } = await watched(node)
  const { socket, open } = raw(node)
  await open()
  socket.send(plain.encode(hello))
  await once(socket, 'message')
  socket.pause()
  const text = 'x'.repeat(5_000)
  const ask = (): void => socket.send(plain.encode([[1, { type: 'echo', id: 1, text }]]))
  const asking = setInterval(ask, 0)
  const dropped = await until(({ kind, value }) => kind === 'drop' && value === 4)
  clearInterval(asking)
  expect(dropped).toMatchObject({ node: 'n1', peer: 'raw', name: 'echoed' })
  expect(events.filter(({ kind }) => kind === 'send').length).toBeGreaterThan(2)
  expect(await answers(node)).toBe(true)
})
