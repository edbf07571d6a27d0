import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningServer, startServer } from '../../src/server/server.ts'
import { decodeFrame, encodeFrame } from '../../src/session/frame.ts'
import type { FromSession } from '../../src/session/protocol.ts'
import { inDirectory } from '../command.ts'

let server: RunningServer
let cleanUp: () => Promise<void>

beforeEach(async () => {
  const started = Promise.withResolvers<undefined>()
  const over = Promise.withResolvers<undefined>()
  const whole = inDirectory(async (page) => {
    await writeFile(join(page, 'index.html'), '<title>Lockstep</title>')
    server = await startServer({ host: '127.0.0.1', port: 0, page, live: false, sessionsMax: 3 })
    started.resolve(undefined)
    await over.promise
    await server.close()
  })
  cleanUp = () => {
    over.resolve(undefined)
    return whole
  }
  await Promise.race([started.promise, whole])
})

afterEach(() => cleanUp())

interface Connection {
  readonly socket: WebSocket
  /** The next message of the session. */
  readonly next: () => Promise<FromSession>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

function open(headers: Record<string, string> = {}, path = '/session'): Promise<Connection> {
  const url = new URL(path, server.url)
  url.protocol = 'ws:'
  const socket = new WebSocket(url, { headers })
  const queue: FromSession[] = []
  const waiting: ((message: FromSession) => void)[] = []
  socket.on('message', (bytes: Buffer) => {
    const message = decodeFrame(bytes) as FromSession
    const waiter = waiting.shift()
    if (waiter === undefined) queue.push(message)
    else waiter(message)
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  const next = (): Promise<FromSession> => {
    const queued = queue.shift()
    return queued === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(queued)
  }
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, next, closed }))
    socket.on('error', reject)
  })
}

describe('a session', () => {
  test('greets with the labs and experiments', async () => {
    const { next } = await open()
    expect(await next()).toMatchObject({ type: 'welcome', live: false })
  })

  test.for([
    ['is let in from loopback', 'http://localhost:5173', true],
    ['is let in from its own page', 'http://127.0.0.1:80', true],
    ['is refused from another page', 'https://example.com', false],
    ['is refused from a page without a name', 'null', false],
    [
      'is refused from a name that merely looks like loopback',
      'http://127.0.0.1.example.com',
      false,
    ],
  ] as const)('%s', async ([, origin, letIn]) => {
    const outcome = await open({ origin }).then(
      () => 'let in',
      (error: unknown) => String(error),
    )
    expect(outcome).toContain(letIn ? 'let in' : '403')
  })

  test('is refused from a foreign name that was rebound to loopback', async () => {
    const port = new URL(server.url).port
    const host = `evil.example:${port}`
    await expect(open({ origin: `http://${host}`, host })).rejects.toThrow('403')
  })

  test('is refused on another path, and beyond the number that the server takes', async () => {
    await expect(open({}, '/elsewhere')).rejects.toThrow('404')
    await Promise.all([open(), open(), open()])
    await expect(open()).rejects.toThrow('503')
  })

  test('ends with a frame that is too large', async () => {
    const { socket, closed } = await open()
    socket.send(Buffer.alloc(256 * 1024 + 1))
    expect((await closed).code).toBe(1009)
  })

  test('ends when it is asked too much at once', async () => {
    const { socket, closed } = await open()
    const frame = encodeFrame({ type: 'undo', request: 1 })
    for (let count = 0; count < 500; count++) socket.send(frame)
    expect(await closed).toMatchObject({ code: 1008 })
  })

  test.for([
    ['no MessagePack', Buffer.from([0xc1, 0xff])],
    ['half a value', encodeFrame({ type: 'undo', request: 1 }).slice(0, 7)],
    ['no request', encodeFrame({ type: 'nonsense', request: 1 })],
    ['a field too many', encodeFrame({ type: 'undo', request: 1, more: 1 })],
    ['a bad field', encodeFrame({ type: 'look', request: 1, step: -1 })],
    ['text', 'hello'],
  ] as const)('refuses a frame that is %s and goes on', async ([, frame]) => {
    const { socket, next } = await open()
    await next()
    socket.send(frame)
    expect(await next()).toMatchObject({ type: 'refused', code: 'malformed', request: 0 })
    socket.send(encodeFrame({ type: 'undo', request: 7 }))
    expect(await next()).toMatchObject({ type: 'refused', code: 'nothing-open', request: 7 })
  })

  test('does not start processes where it may not', async () => {
    const { socket, next } = await open()
    await next()
    socket.send(encodeFrame({ type: 'go-live', request: 1, lab: 'raft', nodes: 3 }))
    expect(await next()).toMatchObject({ type: 'refused', code: 'not-live', request: 1 })
  })
})

describe('the page', () => {
  test('comes with headers that let it run its own code and nothing else', async () => {
    const answer = await fetch(server.url)
    expect(await answer.text()).toContain('Lockstep')
    expect(answer.headers.get('content-security-policy')).toMatch(/script-src 'self';/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('is read and never written, and nothing outside of it is served', async () => {
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405)
    expect((await fetch(new URL('/missing', server.url))).status).toBe(404)
    expect((await fetch(new URL('/..%2f..%2fpackage.json', server.url))).status).toBe(404)
  })
})

test('a port that is taken, and a page that is not built, are said in one line', async () => {
  const options = { host: '127.0.0.1', page: import.meta.dirname, live: false }
  await expect(startServer({ ...options, port: 0 })).rejects.toThrow(
    /The page is not built\. Run 'npm run build:page/,
  )
  await inDirectory(async (page) => {
    await writeFile(join(page, 'index.html'), '')
    const { port } = server
    await expect(startServer({ ...options, page, port })).rejects.toThrow(
      `Port ${port} is taken. Choose another with --port, or --port 0 for any free one.`,
    )
    await expect(startServer({ ...options, page, host: '192.0.2.1', port: 0 })).rejects.toThrow(
      /Choose others with --host and --port/,
    )
  })
})
