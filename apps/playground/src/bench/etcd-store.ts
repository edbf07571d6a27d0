/**
 * Three etcd members of the machine's own `etcd`, and lanes that share HTTP/2 connections.
 *
 * The client speaks the four calls that the bench needs by itself: the clients that there are for
 * Node spend more time on a call than etcd does, and would be measured in its place.
 */
import { type ClientHttp2Session, connect, constants } from 'node:http2'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  freePorts,
  ServerProcess,
  type TemporaryDirectory,
  temporaryDirectory,
} from '@lockstep/servers'
import type { Lane } from './load.ts'
import { bytesField, type Fields, fieldsOf, grpcFrame } from './grpc.ts'

const startWithinMs = 30_000
const probeMs = 5

interface EtcdMember {
  readonly name: string
  readonly arguments: readonly string[]
  readonly clientUrl: string
  process: ServerProcess
}

/** The members, and connections to the one that leads. */
export class EtcdStore {
  readonly #members: readonly EtcdMember[]
  readonly #directory: TemporaryDirectory
  readonly #sessions: ClientHttp2Session[] = []

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
      return { name, arguments: args, clientUrl, process: launched(args) }
    })
    const store = new EtcdStore(members, directory)
    try {
      await store.#answering()
    } catch (error) {
      await store.stop()
      throw error
    }
    return store
  }

  /** Opens connections to the leader, and lanes that share them. */
  async open(connections: number, lanes: number): Promise<readonly Lane[]> {
    const { clientUrl } = await this.#leader()
    const sessions = Array.from({ length: connections }, () => opened(clientUrl))
    this.#sessions.push(...sessions)
    return Array.from({ length: lanes }, (_, number) => {
      const session = sessions[number % connections] as ClientHttp2Session
      return {
        put: async (key: string, value: string): Promise<void> => {
          const request = Buffer.concat([bytesField(1, key), bytesField(2, value)])
          await call(session, '/etcdserverpb.KV/Put', request)
        },
        get: async (key: string): Promise<void> => {
          await call(session, '/etcdserverpb.KV/Range', bytesField(1, key))
        },
      }
    })
  }

  /**
   * Kills the leader and resolves with the time until a put was acknowledged by one of the others. A
   * put that still went to the dead leader is not answered, so there is a new one every few
   * milliseconds, and the first answer counts.
   */
  async failOver(): Promise<number> {
    const leader = await this.#leader()
    const others = this.#members.filter((one) => one !== leader)
    const probes = others.map(({ clientUrl }) => opened(clientUrl))
    const killed = leader.process.kill()
    const began = performance.now()
    await killed
    const took = await firstAnswer(probes, began)
    for (const probe of probes) probe.destroy()
    leader.process = launched(leader.arguments)
    await this.#answering()
    return took
  }

  get pids(): readonly number[] {
    return this.#members.map(({ process }) => process.pid)
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy()
    await Promise.all(this.#members.map(({ process }) => process.kill()))
    await this.#directory.remove()
  }

  /** Waits until every member answers. */
  async #answering(): Promise<void> {
    const began = performance.now()
    for (const { clientUrl } of this.#members) {
      for (let isUp = false; !isUp; ) {
        if (performance.now() - began > startWithinMs) throw new Error('etcd did not start')
        const session = opened(clientUrl)
        isUp = await answers(session)
        session.destroy()
        if (!isUp) await sleep(50)
      }
    }
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

function launched(args: readonly string[]): ServerProcess {
  return ServerProcess.launch({ file: 'etcd', arguments: args })
}

async function answers(session: ClientHttp2Session): Promise<boolean> {
  const request = Buffer.concat([bytesField(1, 'probe'), bytesField(2, 'x')])
  return call(session, '/etcdserverpb.KV/Put', request).then(
    () => true,
    () => false,
  )
}

/** Asks all of them again and again; resolves with the time from `began` to the first answer. */
function firstAnswer(probes: readonly ClientHttp2Session[], began: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = setInterval(() => {
      if (performance.now() - began > startWithinMs) {
        clearInterval(asking)
        reject(new Error('etcd did not come back'))
      }
      for (const probe of probes) {
        void answers(probe).then((isAnswered) => {
          if (!isAnswered) return
          clearInterval(asking)
          resolve(performance.now() - began)
        })
      }
    }, probeMs)
  })
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
