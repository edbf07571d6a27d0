/**
 * Three etcd members of the machine's own `etcd`, and lanes that share four HTTP/2 connections.
 *
 * The client speaks the four calls that the bench needs by itself: the clients that there are for
 * Node spend more time on a call than etcd does, and would be measured in its place.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from './load.ts'
import { type TemporaryDirectory, temporaryDirectory } from './temporary.ts'
import { bytesField, type Fields, fieldsOf, grpcFrame } from './grpc.ts'

const connections = 4
const startWithinMs = 30_000

interface EtcdMember {
  readonly name: string
  readonly arguments: readonly string[]
  readonly clientUrl: string
  process: ChildProcess
}

/** Whether there is an etcd to compare with. */
export function hasEtcd(): boolean {
  return spawnSync('etcd', ['--version']).status === 0
}

export class EtcdStore implements Store {
  readonly #members: readonly EtcdMember[]
  readonly #directory: TemporaryDirectory
  #sessions: readonly ClientHttp2Session[] = []

  private constructor(members: readonly EtcdMember[], directory: TemporaryDirectory) {
    this.#members = members
    this.#directory = directory
  }

  static async start(): Promise<EtcdStore> {
    const directory = await temporaryDirectory('lockstep-bench-etcd-')
    const ports = await freePorts(6)
    const names = ['e1', 'e2', 'e3']
    const peerUrl = (index: number): string => `http://127.0.0.1:${ports[index]}`
    const cluster = names.map((name, index) => `${name}=${peerUrl(index)}`).join(',')
    const members = names.map((name, index) => {
      const clientUrl = `http://127.0.0.1:${ports[index + 3]}`
      const args = [
        ['--name', name, '--data-dir', join(directory.path, name)],
        ['--listen-peer-urls', peerUrl(index), '--initial-advertise-peer-urls', peerUrl(index)],
        ['--listen-client-urls', clientUrl, '--advertise-client-urls', clientUrl],
        ['--initial-cluster', cluster, '--logger', 'zap', '--log-level', 'error'],
      ].flat()
      return { name, arguments: args, clientUrl, process: launch(args) }
    })
    const store = new EtcdStore(members, directory)
    try {
      await store.#toLeader()
    } catch (error) {
      await store.stop()
      throw error
    }
    return store
  }

  async put(lane: number, key: string, value: string): Promise<void> {
    const request = Buffer.concat([bytesField(1, key), bytesField(2, value)])
    await call(this.#session(lane), '/etcdserverpb.KV/Put', request)
  }

  async get(lane: number, key: string): Promise<void> {
    await call(this.#session(lane), '/etcdserverpb.KV/Range', bytesField(1, key))
  }

  /** Kills the leader and resolves with the time until the next put was acknowledged. */
  async failOver(): Promise<number> {
    const leader = await this.#leader()
    const began = performance.now()
    const ended = new Promise((resolve) => leader.process.once('exit', resolve))
    leader.process.kill('SIGKILL')
    await ended
    for (let took = 0; ; await sleep(5)) {
      for (const member of this.#members.filter((one) => one !== leader)) {
        if (await answers(member.clientUrl)) took = performance.now() - began
        if (took > 0) {
          leader.process = launch(leader.arguments)
          await this.#toLeader()
          return took
        }
      }
      if (performance.now() - began > startWithinMs) throw new Error('etcd did not come back')
    }
  }

  get pids(): readonly number[] {
    return this.#members.flatMap(({ process }) => (process.pid === undefined ? [] : [process.pid]))
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy()
    await Promise.all(
      this.#members.map(async ({ process }) => {
        if (process.exitCode !== null || process.signalCode !== null) return
        const ended = new Promise((resolve) => process.once('exit', resolve))
        process.kill('SIGKILL')
        await ended
      }),
    )
    await this.#directory.remove()
  }

  #session(lane: number): ClientHttp2Session {
    return this.#sessions[lane % connections] as ClientHttp2Session
  }

  /** Waits until every member answers, and connects to the one that leads. */
  async #toLeader(): Promise<void> {
    for (const session of this.#sessions) session.destroy()
    const began = performance.now()
    for (const { clientUrl } of this.#members) {
      while (!(await answers(clientUrl))) {
        if (performance.now() - began > startWithinMs) throw new Error('etcd did not start')
        await sleep(50)
      }
    }
    const { clientUrl } = await this.#leader()
    this.#sessions = Array.from({ length: connections }, () => opened(clientUrl))
  }

  async #leader(): Promise<EtcdMember> {
    for (const member of this.#members) {
      const status = await once(member.clientUrl, '/etcdserverpb.Maintenance/Status', empty)
      const header = fieldsOf(status.get(1) as Uint8Array)
      if (header.get(2) === status.get(4)) return member
    }
    throw new Error('no etcd member leads')
  }
}

const empty = Buffer.alloc(0)

/** Starts a member that does not outlive this process. */
function launch(args: readonly string[]): ChildProcess {
  const child = spawn('etcd', args, { stdio: 'ignore' })
  const kill = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
  return child
}

async function answers(url: string): Promise<boolean> {
  const request = Buffer.concat([bytesField(1, 'probe'), bytesField(2, 'x')])
  return once(url, '/etcdserverpb.KV/Put', request).then(
    () => true,
    () => false,
  )
}

async function once(url: string, path: string, request: Uint8Array): Promise<Fields> {
  const session = opened(url)
  try {
    return fieldsOf(await call(session, path, request))
  } finally {
    session.destroy()
  }
}

function opened(url: string): ClientHttp2Session {
  const session = connect(url)
  // What goes wrong with a connection comes out of the calls on it.
  session.on('error', () => {})
  return session
}

/** One unary call. Resolves with the answer's bytes. */
function call(session: ClientHttp2Session, path: string, request: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let status = 'no status'
    stream.setTimeout(2_000, () => stream.close())
    stream.on('error', reject)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('trailers', (trailers) => {
      status = String(trailers['grpc-status'])
    })
    stream.on('close', () => {
      if (status === '0') resolve(Buffer.concat(chunks).subarray(5))
      else reject(new Error(`etcd answered ${path} with status ${status}`))
    })
    stream.end(grpcFrame(request))
  })
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.once('listening', () => {
            const address = server.address()
            resolve(typeof address === 'object' && address !== null ? address.port : 0)
          })
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
