import { type KeyObject, randomInt } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type { Build, Milliseconds, NodeId, Shapes } from '@lockstep/process'
import { Bundles } from './bundles.ts'
import { HostClock } from './clock.ts'
import { type Codec, codecOf } from './codec.ts'
import { attend } from './control/attend.ts'
import type { NodeState } from './control/protocol.ts'
import { Draws } from './draws.ts'
import { Life } from './life.ts'
import { secretKey } from './links/secret.ts'
import { LinkServer } from './links/server.ts'
import { linkPath } from './links/wire.ts'
import type { NodeFault } from './node-fault.ts'
import { Router } from './router.ts'
import { Stall } from './stall.ts'
import { type NodeEvent, Tracer } from './tracer.ts'
import { Turn } from './turn.ts'
import { diskError } from './wal/disk-error.ts'
import { DirectoryFiles } from './wal/files.ts'
import { type DirectoryLock, lockDirectory } from './wal/lock.ts'
import { WriteAheadLog } from './wal/log.ts'
import type { TornTail } from './wal/recover.ts'

/** So long those who are connected may take to read what was said to them last. */
const goodbyeMs: Milliseconds = 250

/** What to run, where. */
export interface NodeOptions {
  readonly id: NodeId
  /** The name of the cluster. Whoever connects must know it. */
  readonly cluster: string
  /**
   * What whoever connects must know: peers, clients and control. A link that does not prove it in time
   * is closed, and a peer that does not is sent nothing. It says who is there; it encrypts nothing.
   */
  readonly secret?: string
  /** Holds the log and the snapshots of this node alone; made when it is not there. */
  readonly directory: string
  /** The address to listen on; `127.0.0.1` unless told otherwise. */
  readonly host?: string
  /** The port to listen on; 0, the default, takes any free one. */
  readonly port?: number
  /** The WebSocket addresses of the peers, by id. */
  readonly peers?: Readonly<Record<NodeId, string>>
  readonly build: Build
  /** How most messages and entries of the process look. */
  readonly shapes?: Shapes
  /** Seed of `random`; drawn when it is not given. */
  readonly seed?: number
  /** Larger messages are refused; 8 MiB unless told otherwise. */
  readonly messageBytesMax?: number
  /** While more than this waits for one receiver, new messages to it are dropped; 32 MiB unless told otherwise. */
  readonly queueBytesMax?: number
  /** Connections at one time; 1,024 unless told otherwise. */
  readonly linksMax?: number
  /** The node ends with `disk-full` rather than keep more than this on its disk. */
  readonly diskBytesMax?: number
  /** Size of a log segment; 8 MiB unless told otherwise. */
  readonly segmentBytes?: number
  /** How long one write of so many bytes to the log took to be durable. */
  readonly onSync?: (took: Milliseconds, bytes: number) => void
  /**
   * Hears at once of what is rare: starts, stops, marks, links to peers, faults. It is called in the
   * middle of steps, so it must be quick and must not throw.
   */
  readonly onEvent?: (event: NodeEvent) => void
}

/** A node that runs. */
export interface RunningNode {
  readonly id: NodeId
  readonly port: number
  /** Where peers, clients and control reach it. */
  readonly url: string
  readonly incarnation: number
  /** What the last crash tore off the end of the log, if anything. */
  readonly torn: TornTail | undefined
  /** Resolves when the node is down: with `undefined` after `stop`, else with what ended it. */
  readonly ended: Promise<Error | undefined>
  setPeers(peers: Readonly<Record<NodeId, string>>): void
  /** The process's own view of its state. */
  view(): unknown
  /** All that the node tells of itself, as over a control link. */
  look(): NodeState
  /**
   * Ends the node in good order: the process is asked to finish, and all that was appended is
   * durable when this resolves. `patienceMs`, 5,000 unless told otherwise, bounds how long the
   * process may take; with 0 it is not asked.
   */
  stop(patienceMs?: Milliseconds): Promise<void>
}

/**
 * Runs one process over a disk and sockets. Resolves when it has started and listens.
 *
 * Rejects with a `HostError`: `bad-secret`, `bad-shapes`, `wal-corrupt`, `directory-locked`, `port-taken`,
 * `disk-full`, `disk-failed`, or `step-failed` when the process throws while it starts.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const secret = secretKey(options.secret)
  const codec = codecOf(options.shapes)
  const lock = await ownedDirectory(options.directory)
  const node = new HostNode(options, lock, secret, codec)
  try {
    await node.start()
  } catch (error) {
    node.fail(error instanceof Error ? error : new Error(String(error)))
  }
  const failure = node.failure
  if (failure === undefined) return node
  await node.ended
  throw failure
}

async function ownedDirectory(directory: string): Promise<DirectoryLock> {
  try {
    await mkdir(directory, { recursive: true })
    return await lockDirectory(directory)
  } catch (error) {
    throw diskError(error)
  }
}

class HostNode implements RunningNode {
  readonly id: NodeId
  readonly ended: Promise<Error | undefined>
  port = 0
  incarnation = 0
  torn: TornTail | undefined
  /** What ended the node. */
  failure: Error | undefined
  readonly #options: NodeOptions
  readonly #lock: DirectoryLock
  readonly #tracer: Tracer
  readonly #turn = new Turn()
  readonly #codec: Codec
  readonly #bundles: Bundles
  #clock = new HostClock()
  readonly #seed: number
  readonly #router: Router
  readonly #server: LinkServer
  #log: WriteAheadLog | undefined
  #life: Life | undefined
  readonly #stall = new Stall()
  #refusedLinks = 0
  /** The process is asked once, however many ask the node to stop. */
  #finishing: Promise<void> | undefined
  #ending = false
  #resolveEnded: (failure: Error | undefined) => void = () => undefined

  constructor(
    options: NodeOptions,
    lock: DirectoryLock,
    secret: KeyObject | undefined,
    codec: Codec,
  ) {
    this.id = options.id
    this.#options = options
    this.#lock = lock
    this.#codec = codec
    this.#bundles = new Bundles(codec)
    this.#seed = options.seed ?? randomInt(2 ** 32)
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.#tracer = new Tracer(options.id, options.onEvent)
    const limits = {
      messageBytesMax: options.messageBytesMax ?? 8 << 20,
      queueBytesMax: options.queueBytesMax ?? 32 << 20,
    }
    this.#router = new Router({
      id: options.id,
      cluster: options.cluster,
      secret,
      limits,
      tracer: this.#tracer,
      turn: this.#turn,
      seed: this.#seed,
      bundles: this.#bundles,
      codec,
      deliver: (from, number, message) => this.#life?.deliver(from, number, message),
      hungUp: (peer) => this.#life?.hungUp(peer),
    })
    this.#server = new LinkServer({
      id: options.id,
      cluster: options.cluster,
      secret,
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      messageBytesMax: limits.messageBytesMax,
      linksMax: options.linksMax ?? 1_024,
      ...(options.shapes === undefined ? {} : { shapes: options.shapes }),
      accept: (accepted) =>
        accepted.hello.role === 'control'
          ? attend(this.#controlled(), accepted)
          : this.#router.accept(accepted),
      onRefused: (code, text, hello) => {
        this.#refusedLinks++
        this.#tracer.note('mark', { name: 'refused a link', data: { code, text, hello } })
      },
    })
  }

  get url(): string {
    const host = this.#options.host ?? '127.0.0.1'
    return `ws://${host.includes(':') ? `[${host}]` : host}:${this.port}${linkPath}`
  }

  async start(): Promise<void> {
    const { directory, build, peers } = this.#options
    const { log, saved, incarnation, torn } = await WriteAheadLog.open(
      new DirectoryFiles(directory),
      {
        segmentBytes: this.#options.segmentBytes ?? 8 << 20,
        bytesMax: this.#options.diskBytesMax ?? Number.POSITIVE_INFINITY,
        stall: this.#stall,
        begin: (write) => this.#turn.atEnd('disk', write),
        ...(this.#options.onSync === undefined ? {} : { onSync: this.#options.onSync }),
        codec: this.#codec,
        encoded: (entries) => this.#bundles.bytesOf(entries),
        onSynced: (position, writes) => this.#life?.onSynced(position, writes),
        onFailed: (error) => this.fail(error),
      },
    )
    this.#log = log
    this.incarnation = incarnation
    this.torn = torn
    this.port = await this.#server.listen(incarnation)
    this.#clock = new HostClock()
    const life = new Life({
      id: this.id,
      incarnation,
      build,
      clock: this.#clock,
      draws: new Draws(this.#seed, this.id),
      tracer: this.#tracer,
      turn: this.#turn,
      log,
      send: (to, message, cause) => this.#router.send(to, message, cause),
      onFailed: (error) => this.fail(error),
    })
    this.#life = life
    this.#router.setPeers(peers ?? {})
    life.start(saved)
  }

  setPeers(peers: Readonly<Record<NodeId, string>>): void {
    if (!this.#ending) this.#router.setPeers(peers)
  }

  view(): unknown {
    return this.#life?.view()
  }

  async stop(patienceMs: Milliseconds = 5_000): Promise<void> {
    const life = this.#life
    if (life !== undefined && patienceMs > 0 && !this.#ending) {
      this.#finishing ??= life.stop()
      let patience: NodeJS.Timeout | undefined
      const overdue = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, patienceMs)
      })
      await Promise.race([this.#finishing, this.ended, overdue])
      clearTimeout(patience)
    }
    await this.#end(undefined)
  }

  /** Ends the node at once, as a crash would. */
  fail(error: Error): void {
    void this.#end(error)
  }

  async #end(failure: Error | undefined): Promise<void> {
    if (this.#ending) {
      await this.ended
      return
    }
    this.#ending = true
    this.failure = failure
    this.#life?.end()
    const isGraceful = failure === undefined
    if (isGraceful) await new Promise<void>((resolve) => this.#turn.atEnd('replies', resolve))
    this.#router.close()
    this.#stall.set(0)
    const letGo = isGraceful ? this.#log?.close() : this.#log?.abandon()
    try {
      await Promise.all([letGo, this.#server.close(isGraceful ? goodbyeMs : 0)])
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error))
    } finally {
      await this.#lock.release()
      this.#resolveEnded(this.failure)
    }
  }

  #controlled(): Parameters<typeof attend>[0] {
    return {
      tracer: this.#tracer,
      look: () => this.look(),
      fault: (fault) => this.#fault(fault),
      setPeers: (peers) => this.setPeers(peers),
    }
  }

  look(): NodeState {
    const timers = this.#life?.timers.pending() ?? []
    return {
      id: this.id,
      incarnation: this.incarnation,
      view: this.view(),
      timers: timers.map(({ name, armedAt, dueAt }) => ({
        name,
        armedAt: this.#clock.trueAt(armedAt),
        dueAt: this.#clock.trueAt(dueAt),
      })),
      unsynced: this.#log === undefined ? 0 : this.#log.writes - this.#log.durableWrites,
      clockOffsetMs: this.#clock.offset(),
      refusedLinks: this.#refusedLinks,
      traffic: this.#router.traffic,
      clientTraffic: this.#router.clientTraffic,
      disk: this.#log?.bytes ?? { logBytes: 0, snapshotBytes: 0 },
    }
  }

  #fault(fault: NodeFault): void {
    this.#router.fault(fault)
    if (fault.do === 'heal') {
      this.#setStall(0)
      this.#setClock(undefined, 1)
    } else if ('node' in fault && fault.node === this.id) {
      if (fault.do === 'stall') this.#setStall(fault.by)
      if (fault.do === 'clock') this.#setClock(fault.jump, fault.rate)
    }
  }

  #setStall(by: Milliseconds): void {
    if (by === this.#stall.byMs) return
    this.#stall.set(by)
    this.#tracer.note('stall', { value: by * 1000 })
  }

  #setClock(jump: Milliseconds | undefined, rate: number | undefined): void {
    if ((jump ?? 0) === 0 && (rate ?? this.#clock.rate) === this.#clock.rate) return
    if (jump !== undefined) this.#clock.jump(jump)
    if (rate !== undefined) {
      this.#clock.setRate(rate)
      this.#life?.timers.rateChanged()
    }
    this.#tracer.note('clock', { value: Math.round(this.#clock.offset() * 1000) })
  }
}
