import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { KeyObject } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Milliseconds, NodeId, Shapes } from '@lockstep/process'
import * as v from 'valibot'
import { WebSocket, WebSocketServer } from 'ws'
import { type Codec, codecOf, plain } from '../codec.ts'
import { HostError } from '../host-error.ts'
import { ListenerHandshake, secretTexts } from './secret.ts'
import {
  controlPath,
  goodbyeCode,
  type Hello,
  HelloSchema,
  linkPath,
  type RefusalCode,
  type Refused,
  tryDecode,
  type Welcome,
  wireVersion,
} from './wire.ts'

/** A connection that said a hello which fits. */
export interface Accepted {
  readonly hello: Hello
  readonly socket: WebSocket
  /** Says why, closes, and counts. */
  readonly refuse: (code: RefusalCode, text: string) => void
}

/** What happens to a connection after its welcome. */
export interface Handler {
  /** A frame of so many bytes came. */
  onFrame(frame: unknown, bytes: number): void
  onClosed(): void
}

/** How a server listens. */
export interface ServerOptions {
  readonly id: NodeId
  readonly cluster: string
  readonly host: string
  readonly port: number
  readonly messageBytesMax: number
  readonly linksMax: number
  /** The shapes by which clients are answered. */
  readonly shapes?: Shapes
  /** What whoever connects must know, if anything. */
  readonly secret: KeyObject | undefined
  /** Looks at a hello that fits, and refuses it or says who takes its frames from now on. */
  accept(accepted: Accepted): Handler | undefined
  /** Counts connections that were refused, and says why. */
  onRefused(code: RefusalCode, text: string, hello: Hello | undefined): void
}

const helloMs: Milliseconds = 5_000
/** A hello with three names of 200 characters and fifty shapes fits into less. What is larger is not even decoded before a link stands. */
const helloBytesMax = 8_192

/**
 * Where peers, clients and control connect. What they send is checked here before anyone else sees
 * it; whatever does not fit is answered with a `Refused` frame and a closed connection.
 *
 * Browsers are kept out by their Origin header: a page of another site must not reach a node on
 * the loopback through its visitor.
 */
export class LinkServer {
  readonly #options: ServerOptions
  readonly #http: Server
  readonly #sockets: WebSocketServer
  #incarnation = 0

  constructor(options: ServerOptions) {
    this.#options = options
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.messageBytesMax,
      clientTracking: true,
    })
    this.#http = createServer((_, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' })
      response.end('This is a Lockstep node. It speaks WebSocket.\n')
    })
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** Listens and returns the port. Throws a `HostError` with code `port-taken`. */
  async listen(incarnation: number): Promise<number> {
    this.#incarnation = incarnation
    const { host, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') return reject(error)
        const text = `port ${port} of ${host} is taken. Choose another, or 0 for any free one.`
        reject(new HostError('port-taken', text, { cause: error }))
      })
      this.#http.listen(port, host, resolve)
    })
    const address: AddressInfo | string | null = this.#http.address()
    if (address === null || typeof address === 'string') throw new Error('no address was given')
    return address.port
  }

  /** Closes all connections: what was sent before still arrives, if it does so within `patienceMs`. */
  async close(patienceMs: Milliseconds): Promise<void> {
    if (patienceMs > 0) await this.#sayGoodbye(patienceMs)
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#http.closeAllConnections()
    await new Promise<void>((resolve) => this.#http.close(() => resolve()))
  }

  async #sayGoodbye(patienceMs: Milliseconds): Promise<void> {
    const sockets = [...this.#sockets.clients]
    const closed = sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve())
          socket.close(goodbyeCode, 'the node ends')
        }),
    )
    let patience: NodeJS.Timeout | undefined
    const overdue = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, patienceMs)
    })
    await Promise.race([Promise.all(closed), overdue])
    clearTimeout(patience)
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined)
    const path = request.url
    if (request.headers.origin !== undefined) return turnAway(socket, '403 Forbidden')
    if (path !== linkPath && path !== controlPath) return turnAway(socket, '404 Not Found')
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#connected(webSocket, path),
    )
  }

  #connected(socket: WebSocket, path: string): void {
    let handler: Handler | undefined
    let hello: Hello | undefined
    let handshake: ListenerHandshake | undefined
    let codec: Codec = plain
    const refuse = (code: RefusalCode, text: string): void => {
      if (socket.readyState !== WebSocket.OPEN) return
      const refused: Refused = { type: 'refused', code, text }
      socket.send(plain.encode(refused))
      socket.close(1008, code)
      this.#options.onRefused(code, text, hello)
    }
    const patience = setTimeout(() => {
      if (hello === undefined) refuse('malformed', 'no hello came')
      else refuse('unproven', secretTexts.unproven)
    }, helloMs)
    socket.on('message', (bytes: Buffer) => {
      if (socket.readyState !== WebSocket.OPEN) return
      if (handler !== undefined) return handler.onFrame(tryDecode(bytes, codec), bytes.length)
      if (bytes.length > helloBytesMax) return refuse('too-large', 'the first frame is a hello')
      const frame = tryDecode(bytes)
      if (hello === undefined) {
        const checked = this.#check(frame, path)
        if (!('role' in checked)) return refuse(checked.code, checked.text)
        hello = checked
        handshake = this.#handshake(hello)
        if (handshake !== undefined) return socket.send(plain.encode(handshake.challenge))
      } else if (handshake?.takes(frame) !== true) {
        return refuse('wrong-secret', secretTexts['wrong-secret'])
      }
      clearTimeout(patience)
      handler = this.#options.accept({ hello, socket, refuse })
      if (hello.role !== 'control') codec = codecOf(hello.shapes)
      const { shapes } = this.#options
      const welcome: Welcome = {
        type: 'welcome',
        id: this.#options.id,
        incarnation: this.#incarnation,
        ...(hello.role !== 'client' || shapes === undefined ? {} : { shapes }),
        ...(handshake === undefined ? {} : { proof: handshake.proof }),
      }
      if (handler !== undefined) socket.send(plain.encode(welcome))
    })
    socket.on('error', (error: Error & { code?: string }) => {
      // The WebSocket layer has closed the connection with a code that says what was wrong.
      const tooLarge = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
      this.#options.onRefused(tooLarge ? 'too-large' : 'malformed', error.message, hello)
    })
    socket.on('close', () => {
      clearTimeout(patience)
      handler?.onClosed()
    })
  }

  #handshake(hello: Hello): ListenerHandshake | undefined {
    const { id, secret } = this.#options
    return secret && new ListenerHandshake(id, hello, secret)
  }

  #check(
    frame: unknown,
    path: string,
  ): Hello | { readonly code: RefusalCode; readonly text: string } {
    const { id, cluster, linksMax, secret } = this.#options
    const parsed = v.safeParse(HelloSchema, frame)
    if (!parsed.success)
      return {
        code: 'malformed',
        text: `the first frame is a hello: ${v.summarize(parsed.issues)}`,
      }
    const hello = parsed.output
    if (hello.version !== wireVersion)
      return { code: 'wrong-version', text: `this node speaks version ${wireVersion} of the wire` }
    if (hello.cluster !== cluster)
      return { code: 'wrong-cluster', text: 'this node belongs to another cluster' }
    if (hello.role !== 'control' && hello.to !== id)
      return { code: 'wrong-node', text: `this is ${id}, not ${hello.to}` }
    if ((hello.role === 'control') !== (path === controlPath))
      return { code: 'wrong-role', text: `control uses ${controlPath}, all others ${linkPath}` }
    if (this.#sockets.clients.size > linksMax)
      return { code: 'too-many-links', text: `this node takes ${linksMax} connections` }
    if ((secret === undefined) !== (hello.nonce === undefined)) {
      const code = secret === undefined ? 'no-secret' : 'secret-needed'
      return { code, text: secretTexts[code] }
    }
    return hello
  }
}

function turnAway(socket: Duplex, status: string): void {
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  socket.end(head, () => socket.destroy())
}
