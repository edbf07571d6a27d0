/**
 * The playground's server: the built page as static files, and a WebSocket at `/session` behind
 * which each page gets a worker thread of its own.
 */
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import sirv from 'sirv'
import { type WebSocket, WebSocketServer } from 'ws'
import { connect, type SessionSettings } from './connection.ts'
import { setSecurityHeaders } from './headers.ts'
import { isOriginAllowed } from './origin.ts'

const frameBytesMax = 256 * 1024
const pingEveryMs = 30_000

export interface ServerOptions extends SessionSettings {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** Where the built page is. */
  readonly page: string
  readonly sessionsMax?: number
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  /** Ends every session, and resolves when their workers and clusters are gone. */
  close(): Promise<void>
}

/** Why a server could not start; the message says what to do about it. */
export class ServerError extends Error {
  readonly code: 'port-taken' | 'address-unusable' | 'page-not-built'

  constructor(code: ServerError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Starts the server. Throws a `ServerError` when it cannot listen or has no page to serve. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  if (!existsSync(join(options.page, 'index.html'))) {
    throw new ServerError(
      'page-not-built',
      "The page is not built. Run 'npm run build:page --workspace @lockstep/playground' first.",
    )
  }
  const files = sirv(options.page, { etag: true })
  const http = createServer((request, response) => {
    setSecurityHeaders(response)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    files(request, response, () => {
      response.writeHead(404).end('Not found.\n')
    })
  })
  const port = await listen(http, options)
  const endSessions = serveSessions(http, options)
  return {
    port,
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/`,
    close: async () => {
      await endSessions()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function serveSessions(http: Server, options: ServerOptions): () => Promise<void> {
  const { host, sessionsMax = 32, live } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytesMax })
  const sessions = new Set<Promise<void>>()
  const silent = new Set<WebSocket>()

  http.on('upgrade', (request, socket, head) => {
    const refuse = (status: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    socket.on('error', () => socket.destroy())
    if (!URL.canParse(request.url ?? '', 'http://host')) return refuse('400 Bad Request')
    const { pathname } = new URL(request.url ?? '', 'http://host')
    if (pathname !== '/session') return refuse('404 Not Found')
    if (!isOriginAllowed(request.headers.origin, request.headers.host, host)) {
      return refuse('403 Forbidden')
    }
    if (sessions.size >= sessionsMax) return refuse('503 Service Unavailable')
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('pong', () => silent.delete(opened))
      const session = connect(opened, { live }).finally(() => sessions.delete(session))
      sessions.add(session)
    })
  })

  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate()
      } else {
        silent.add(socket)
        socket.ping()
      }
    }
  }, pingEveryMs)
  sockets.on('close', () => clearInterval(pings))

  return async () => {
    for (const socket of sockets.clients) socket.close(1001, 'The server is ending.')
    sockets.close()
    const overdue = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate()
    }, 1_000)
    await Promise.all(sessions)
    clearTimeout(overdue)
  }
}

function listen(http: Server, { host, port }: ServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(refusalToListen(error, host, port)))
    http.listen(port, host, () => {
      const address = http.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function refusalToListen(error: NodeJS.ErrnoException, host: string, port: number): ServerError {
  if (error.code === 'EADDRINUSE') {
    return new ServerError(
      'port-taken',
      `Port ${port} is taken. Choose another with --port, or --port 0 for any free one.`,
    )
  }
  return new ServerError(
    'address-unusable',
    `Cannot listen on ${host}, port ${port} (${error.code ?? error.message}). Choose others with --host and --port.`,
  )
}
