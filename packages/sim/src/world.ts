import { type Build, type Message, type NodeId, type Process, unreachable } from '@lockstep/process'
import { SimClock } from './clock.ts'
import { SimDisk } from './disk.ts'
import { Draws } from './draws.ts'
import type { Alarm, Arrival, HangUp, Pending } from './event.ts'
import { deepFreeze } from './freeze.ts'
import { Heap } from './heap.ts'
import type { Broken, Invariants } from './lab.ts'
import { Network, type Wires } from './network.ts'
import { Life, type Machinery, SimNode } from './node.ts'
import type { Clocks, Disk, Net } from './scenario.ts'
import { Script } from './script.ts'
import { type Link, Topology } from './topology.ts'
import { rows, type Keeping, Trace } from './trace.ts'

/** What a simulated world is made of. */
export interface WorldOptions {
  readonly seed: number
  readonly forced?: Readonly<Record<string, number>>
  readonly net: Net
  readonly disk: Disk
  readonly clocks: Clocks
  readonly keeping: Keeping
  /** Freezes everything that is sent or stored, so that a process that changes it throws. */
  readonly freeze: boolean
  readonly invariants?: Invariants
  /** Called after every step of a process, with the row that began the step. */
  readonly onStep?: (node: SimNode, row: number) => void
}

/** How long a process that was asked to stop may take, in microseconds. */
const stopPatience = 5_000_000

/** A violation that was seen while the run went on. */
export interface Seen extends Broken {
  readonly step: number
  readonly node: NodeId
}

/**
 * The deterministic world: virtual time in whole microseconds, one thread, one seed.
 *
 * A step takes the earliest event from the heap and lets one process react to it. What the process
 * sends, sets and writes takes effect at once and becomes further events. Steps are synchronous;
 * the only promises are those of clients and of processes that say so, and `settled` tells when some
 * may be kept.
 */
export class SimWorld implements Machinery, Wires {
  now = 0
  steps = 0
  cause = -1
  /** Set when an event settled a promise: give it a macrotask before the next step, and then call `afterTurn`. */
  settled = false
  readonly trace: Trace
  readonly draws: Draws
  readonly topology: Topology
  readonly network: Network
  readonly nodes: Map<NodeId, SimNode> = new Map()
  readonly marks: Map<string, number> = new Map()
  readonly violations: Seen[] = []
  readonly #options: WorldOptions
  readonly #heap = new Heap<Pending>()
  readonly #processes = new Map<NodeId, Process>()
  /** The lives whose last step left promises behind. */
  #unfinished: { readonly node: SimNode; readonly life: Life }[] = []
  #order = 0
  #lives = 0

  constructor(options: WorldOptions) {
    this.#options = options
    this.draws = new Draws(options.seed, options.forced)
    this.trace = new Trace(options.keeping)
    this.network = new Network(options.net, this)
    this.topology = new Topology(this.draws)
  }

  /** The processes that are up, by id. */
  get processes(): ReadonlyMap<NodeId, Process> {
    return this.#processes
  }

  /** Adds a node; `start` brings it up. */
  add(id: NodeId, build: Build): SimNode {
    const { skewMs, drift } = this.#options.clocks
    const off = (label: string): number => this.draws.next(`clock ${id}/${label}`) * 2 - 1
    const clock = new SimClock(1 + drift * off('drift'), Math.round(skewMs * 1000 * off('skew')))
    const node = new SimNode(this, id, this.trace.join(id), build, new SimDisk(), clock)
    this.nodes.set(id, node)
    this.topology.join(node, () => true)
    return node
  }

  /** Adds a client, which talks to nodes only. */
  client(id: NodeId): Script {
    const script = new Script(this, id, this.trace.join(id))
    this.topology.join(script, (other) => this.nodes.has(other.id))
    return script
  }

  start(node: SimNode): void {
    if (node.state !== 'down') return
    node.state = 'up'
    node.incarnation++
    const saved = node.disk.saved()
    const { incarnation, index } = node
    this.cause = this.trace.add(
      this.now,
      this.steps,
      rows.start,
      index,
      -1,
      this.cause,
      '',
      incarnation,
    )
    const broken = this.#options.invariants?.starting?.(saved, node.id)
    if (broken !== undefined) this.violated(node, broken)
    const life = new Life(this, node, ++this.#lives)
    node.life = life
    this.#processes.set(node.id, life.process)
    this.#guarded(node, life, () => life.process.start(saved))
  }

  /** Asks a process to finish. Its node ends once it has and all that it wrote is durable, or crashes when that takes too long. */
  stop(node: SimNode): void {
    const { life } = node
    if (node.state !== 'up' || life === undefined || life.isStopping) return
    life.isStopping = true
    this.cause = this.trace.add(this.now, this.steps, rows.stop, node.index, -1, this.cause, '', 0)
    this.at(this.now + stopPatience, () => {
      if (node.life === life) this.crash(node)
    })
    this.#guarded(node, life, () => {
      if (life.process.stop === undefined) life.finished()
      else life.process.stop(() => life.finished())
    })
  }

  /** The node loses its memory and a part of what it had not synced. */
  crash(node: SimNode): void {
    if (node.state === 'down') return
    const { disk } = node
    const draw = this.draws.stream(`crash ${node.id}`)
    const loseAll = draw.next() < this.#options.disk.loseAll
    const kept = loseAll ? 0 : Math.floor(draw.next() * (disk.unsynced + 1))
    this.#down(node, '', disk.unsynced - kept)
  }

  #down(node: SimNode, name: string, lost: number): void {
    node.disk.crash(node.disk.unsynced - lost)
    if (node.life !== undefined) node.life.fuse = -1
    node.life = undefined
    node.state = 'down'
    node.backlog = []
    this.#processes.delete(node.id)
    const { now, steps, cause } = this
    const row = this.trace.add(now, steps, rows.crash, node.index, -1, cause, name, lost)
    for (const link of node.links.values()) if (link.cuts === 0) this.hangUp(link, row)
  }

  /** A connection ends, because of that row. Whoever hears over it is told, where the network does that. */
  hangUp(link: Link, row: number): void {
    const life = this.nodes.get(link.to.id)?.life
    if (!this.#options.net.hangUps || life?.process.hungUp === undefined) return
    this.#push({ kind: 'hang-up', at: this.network.arrival(link), order: 0, link, life, row })
  }

  pause(node: SimNode): void {
    if (node.state !== 'up') return
    node.state = 'paused'
    this.trace.add(this.now, this.steps, rows.pause, node.index, -1, this.cause, '', 0)
  }

  /** The node goes on and gets all that came due meanwhile, in due order. */
  resume(node: SimNode): void {
    if (node.state !== 'paused') return
    node.state = 'up'
    this.trace.add(this.now, this.steps, rows.resume, node.index, -1, this.cause, '', 0)
    const backlog = node.backlog
    node.backlog = []
    for (const event of backlog) {
      event.at = this.now
      this.#push(event)
    }
  }

  /** Lets both clocks of a node run at another rate; timers keep their local due time. */
  setRate(node: SimNode, rate: number): void {
    const old = node.clock.rate
    node.clock.setRate(this.now, rate)
    for (const [name, { due, life, row }] of node.life?.timers ?? []) {
      const left = (Math.max(0, due - this.now) * old) / rate
      life.timers.set(name, this.alarm(Math.ceil(this.now + left), life, name, row))
    }
  }

  /** Plans something that the world itself does. */
  at(time: number, apply: () => void): void {
    this.#push({ kind: 'fault', at: time, order: 0, apply })
  }

  /** Wakes a client, unless `stale` says by then that it waits no more. */
  wake(time: number, wake: () => void, stale?: () => boolean): void {
    this.#push({ kind: 'wake', at: time, order: 0, wake, stale })
  }

  alarm(at: number, life: Life, name: string, row: number): Alarm {
    const alarm: Alarm = {
      kind: 'alarm',
      at,
      order: 0,
      node: life.node,
      life,
      name,
      due: at,
      armedAt: this.now,
      row,
    }
    this.#push(alarm)
    return alarm
  }

  arrive(at: number, link: Link, message: Message, row: number): void {
    this.#push({ kind: 'arrival', at, order: 0, link, message, row, received: false })
  }

  marked(node: SimNode, name: string, data: unknown): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1)
    this.trace.add(this.now, this.steps, rows.mark, node.index, -1, this.cause, name, 0, data)
  }

  freeze(value: unknown): void {
    if (this.#options.freeze) deepFreeze(value)
  }

  violated(node: SimNode, broken: Broken): void {
    this.violations.push({ ...broken, step: this.steps, node: node.id })
    const { invariant, text } = broken
    this.trace.add(
      this.now,
      this.steps,
      rows.violation,
      node.index,
      -1,
      this.cause,
      invariant,
      0,
      text,
    )
  }

  /** When the next event is due, or `undefined` when nothing will ever happen again. */
  get nextAt(): number | undefined {
    return this.#heap.nextAt
  }

  /** Takes one event. Without effect on `steps` where nobody reacts to it. */
  step(): void {
    const event = this.#heap.pop()
    if (event === undefined) return
    this.now = event.at
    switch (event.kind) {
      case 'arrival':
        this.network.deliver(event)
        return
      case 'alarm':
        this.#fire(event)
        return
      case 'sync':
        this.#synced(event)
        return
      case 'hang-up':
        this.#hungUp(event)
        return
      case 'fault':
        this.steps++
        this.cause = -1
        event.apply()
        return
      case 'wake':
        if (event.stale?.() === true) return
        this.steps++
        this.cause = -1
        event.wake()
        return
      default:
        unreachable(event)
    }
  }

  accept(node: SimNode, arrival: Arrival): void {
    if (node.state === 'paused') {
      arrival.received = true
      node.backlog.push(arrival)
      return
    }
    const { link, message, row } = arrival
    this.steps++
    const { from } = link
    const { now, steps, trace } = this
    this.cause = trace.add(now, steps, rows.deliver, node.index, from.index, row, message.type, 0)
    const life = node.life as Life
    this.#guarded(node, life, () => life.process.receive(from.id, message))
  }

  #fire(alarm: Alarm): void {
    const { node, life, name } = alarm
    if (node.life !== life || life.timers.get(name) !== alarm) return
    if (alarm.due > this.now) {
      alarm.at = alarm.due
      this.#push(alarm)
      return
    }
    if (node.state === 'paused') {
      node.backlog.push(alarm)
      return
    }
    life.timers.delete(name)
    this.steps++
    this.cause = this.trace.add(this.now, this.steps, rows.fire, node.index, -1, alarm.row, name, 0)
    this.#guarded(node, life, () => life.process.timeout(name))
  }

  #synced(event: Extract<Pending, { kind: 'sync' }>): void {
    const { life, row } = event
    const { node } = life
    if (node.life !== life) return
    const { disk } = node
    if (!event.finished) disk.finishSync()
    event.finished = true
    if (node.state === 'paused') {
      node.backlog.push(event)
      return
    }
    this.steps++
    const position = disk.durablePosition
    this.cause = this.trace.add(this.now, this.steps, rows.sync, node.index, -1, row, '', position)
    this.#guarded(node, life, () => {
      life.release()
      life.process.synced?.(position)
    })
  }

  #hungUp(event: HangUp): void {
    const { life, link, row } = event
    const { node } = life
    if (node.life !== life || link.cuts > 0) return
    if (node.state === 'paused') {
      node.backlog.push(event)
      return
    }
    this.steps++
    const { now, steps, trace } = this
    const { from } = link
    this.cause = trace.add(now, steps, rows['hang-up'], node.index, from.index, row, '', 0)
    this.#guarded(node, life, () => life.process.hungUp?.(from.id))
  }

  /** The promises that steps had left behind have run their course: looks at what they did. */
  afterTurn(): void {
    this.settled = false
    const unfinished = this.#unfinished
    this.#unfinished = []
    for (const { node, life } of unfinished) {
      if (node.life === life) this.#finish(node, life, () => undefined)
    }
  }

  /** Runs one step of a process, and then looks at what it left behind. */
  #guarded(node: SimNode, life: Life, body: () => void): void {
    this.#finish(node, life, body)
    if (life.process.leavesPromises !== true || node.life !== life) return
    this.#unfinished.push({ node, life })
    this.settled = true
  }

  #finish(node: SimNode, life: Life, body: () => void): void {
    try {
      body()
      if (life.fuse >= 0) life.process.flush?.()
    } catch (error) {
      const text = `${node.id} threw: ${error instanceof Error ? error.message : String(error)}`
      this.violated(node, { invariant: 'no process throws', text })
      this.crash(node)
      return
    }
    if (life.fuse < 0) {
      this.crash(node)
      return
    }
    const broken = this.#options.invariants?.stepped(life.process, node.id, life.number)
    if (broken !== undefined) this.violated(node, broken)
    this.#options.onStep?.(node, this.cause)
    const { disk } = node
    if (life.finishedWrites !== undefined && disk.durableWrites >= life.finishedWrites)
      this.#down(node, 'stopped', disk.unsynced)
    else if (disk.unsynced > 0 && !disk.syncing) this.#beginSync(node, life)
  }

  #beginSync(node: SimNode, life: Life): void {
    const { syncMinMs, syncSpreadMs } = this.#options.disk
    const drawn = node.syncs.next()
    const takes = Math.round((syncMinMs + syncSpreadMs * drawn) * 1000) + node.stall
    node.disk.beginSync()
    this.#push({
      kind: 'sync',
      at: this.now + takes,
      order: 0,
      life,
      row: this.cause,
      finished: false,
    })
  }

  #push(event: Pending): void {
    event.order = this.#order++
    this.#heap.push(event)
  }
}
