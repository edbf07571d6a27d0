import type { Build, Context, Message, Milliseconds, NodeId, Process } from '@lockstep/process'
import type { SimClock } from './clock.ts'
import type { SimDisk } from './disk.ts'
import type { Draws, Stream } from './draws.ts'
import type { Alarm, Arrival, Pending } from './event.ts'
import type { Network } from './network.ts'
import type { Link, Participant } from './topology.ts'
import { rows, type Trace } from './trace.ts'

/** What a node needs of its world. */
export interface Machinery {
  readonly now: number
  readonly steps: number
  readonly cause: number
  readonly trace: Trace
  readonly draws: Draws
  readonly network: Network
  alarm(at: number, life: Life, name: string, row: number): Alarm
  accept(node: SimNode, arrival: Arrival): void
  marked(node: SimNode, name: string, data: unknown): void
  freeze(value: unknown): void
}

/** A node of a simulated world: what outlives its incarnations. */
export class SimNode implements Participant {
  readonly id: NodeId
  readonly index: number
  readonly links: Map<NodeId, Link> = new Map()
  readonly build: Build
  readonly disk: SimDisk
  readonly clock: SimClock
  /** How long each sync takes. */
  readonly syncs: Stream
  readonly #world: Machinery
  state: 'up' | 'down' | 'paused' = 'down'
  incarnation = 0
  life: Life | undefined
  /** What came due while the node was paused, in due order. */
  backlog: Pending[] = []
  /** Microseconds that every sync takes longer. */
  stall = 0

  constructor(
    world: Machinery,
    id: NodeId,
    index: number,
    build: Build,
    disk: SimDisk,
    clock: SimClock,
  ) {
    this.#world = world
    this.id = id
    this.index = index
    this.build = build
    this.disk = disk
    this.clock = clock
    this.syncs = world.draws.stream(`sync ${id}`)
  }

  get reachable(): boolean {
    return this.state !== 'down'
  }

  get process(): Process | undefined {
    return this.life?.process
  }

  accept(arrival: Arrival): void {
    this.#world.accept(this, arrival)
  }
}

/** A snapshot beside the log is durable after as many syncs at the most. */
const compactSyncsMax = 3

interface Held {
  readonly afterWrites: number
  readonly to: NodeId
  readonly message: Message
}

/** One incarnation of a node: its process and the context it was built with. */
export class Life implements Context {
  readonly id: NodeId
  readonly incarnation: number
  /** Never repeats in a run, not even when a disk was wiped. */
  readonly number: number
  readonly process: Process
  readonly node: SimNode
  readonly timers: Map<string, Alarm> = new Map()
  /** How many effects are left before the node crashes; negative once it has. */
  fuse: number = Number.POSITIVE_INFINITY
  /** Whether the process was asked to finish. */
  isStopping = false
  /** How many writes must be durable before a process that has finished is ended; `undefined` until it has. */
  finishedWrites: number | undefined
  readonly #world: Machinery
  readonly #startedAt: number
  readonly #held: Held[] = []

  constructor(world: Machinery, node: SimNode, number: number) {
    this.#world = world
    this.node = node
    this.id = node.id
    this.incarnation = node.incarnation
    this.number = number
    this.#startedAt = node.clock.local(world.now)
    this.process = node.build(this)
  }

  wall(): Milliseconds {
    return Math.floor(this.node.clock.wall(this.#world.now) / 1000)
  }

  elapsed(): Milliseconds {
    return Math.floor((this.node.clock.local(this.#world.now) - this.#startedAt) / 1000)
  }

  random(label: string): number {
    return this.#world.draws.next(`${this.id}/${label}`)
  }

  send(to: NodeId, message: Message): void {
    if (--this.fuse < 0) return
    this.#world.freeze(message)
    this.#world.network.send(this.node, to, message)
  }

  sendOnceSynced(to: NodeId, message: Message): void {
    const { writes, durableWrites } = this.node.disk
    if (durableWrites === writes) {
      this.send(to, message)
      return
    }
    if (--this.fuse < 0) return
    this.#world.freeze(message)
    this.#held.push({ afterWrites: writes, to, message })
  }

  /** Sends what was held until now and waits for nothing more. */
  release(): void {
    const durable = this.node.disk.durableWrites
    let count = 0
    for (const { afterWrites, to, message } of this.#held) {
      if (afterWrites > durable) break
      count++
      this.#world.network.send(this.node, to, message)
    }
    if (count > 0) this.#held.splice(0, count)
  }

  setTimer(name: string, after: Milliseconds): void {
    if (--this.fuse < 0) return
    const world = this.#world
    const span = this.node.clock.trueSpan(Math.max(0, after) * 1000)
    const at = Math.ceil(world.now + span)
    const row = world.trace.add(
      world.now,
      world.steps,
      rows.arm,
      this.node.index,
      -1,
      world.cause,
      name,
      at,
    )
    const set = this.timers.get(name)
    if (set === undefined || set.at > at) {
      this.timers.set(name, world.alarm(at, this, name, row))
      return
    }
    set.due = at
    set.armedAt = world.now
    set.row = row
  }

  clearTimer(name: string): void {
    if (--this.fuse < 0) return
    const world = this.#world
    if (!this.timers.delete(name)) return
    world.trace.add(world.now, world.steps, rows.disarm, this.node.index, -1, world.cause, name, 0)
  }

  append(entry: unknown): number {
    const { disk, index } = this.node
    if (--this.fuse < 0) return disk.durablePosition + disk.unsynced + 1
    const world = this.#world
    world.freeze(entry)
    const position = disk.append(entry)
    world.trace.add(
      world.now,
      world.steps,
      rows.append,
      index,
      -1,
      world.cause,
      '',
      position,
      entry,
    )
    return position
  }

  saveSnapshot(snapshot: unknown, keepFrom: number): void {
    if (--this.fuse < 0) return
    this.node.disk.save(snapshot, keepFrom)
    this.#saved(snapshot, keepFrom)
  }

  compact(snapshot: unknown, keepFrom: number): void {
    if (--this.fuse < 0) return
    const syncs = 1 + Math.floor(compactSyncsMax * this.#world.draws.next(`compact ${this.id}`))
    this.node.disk.compact(snapshot, keepFrom, syncs)
    this.#saved(snapshot, keepFrom)
  }

  #saved(snapshot: unknown, keepFrom: number): void {
    const world = this.#world
    world.freeze(snapshot)
    world.trace.add(
      world.now,
      world.steps,
      rows.save,
      this.node.index,
      -1,
      world.cause,
      '',
      keepFrom,
      snapshot,
    )
  }

  /** The process has finished: it ends once all that it wrote by now is durable. */
  finished(): void {
    this.finishedWrites ??= this.node.disk.writes
  }

  mark(name: string, data?: unknown): void {
    if (this.fuse < 0) return
    this.#world.marked(this.node, name, data)
  }
}
