/**
 * A cluster of OS processes on this machine: starts them, tells them each other's addresses, breaks
 * and mends them as faults say, and notices when one dies by another hand.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Control, connectControl, type NodeFault } from '@lockstep/host'
import { CommandQueue } from '@lockstep/patterns/behavioral/command-queue'
import type { Fault, NodeId } from '@lockstep/process'
import { unreachable } from '@lockstep/process'
import { readRoster, type Roster, writeRoster } from './roster.ts'
import { logFileOf } from '../log/log-file.ts'
import type { LogLevel } from '../log/log-line.ts'
import { removeClusterFile, writeClusterFile } from './cluster-file.ts'
import { type Ended, type Member, startMember } from './member.ts'

export interface ClusterOptions {
  readonly lab: string
  /** Nodes, clients and observers of another cluster are refused. */
  readonly cluster: string
  /** The founders. What the directory remembers of nodes that came and went is kept to. */
  readonly nodes: readonly NodeId[]
  /** Each node keeps its disk in a folder of it; what is there already is used. */
  readonly directory: string
  readonly flaws?: readonly string[]
  /** Settings of the lab, as `name=value`. */
  readonly settings?: readonly string[]
  /** What whoever connects must know, as the nodes read it; nothing unless it is given. */
  readonly secret?: { readonly file: string; readonly text: string } | undefined
  /** Whether each node serves metrics; not unless told to. */
  readonly metrics?: boolean
  /** The least level of a line in the logs of the nodes; `info` unless told otherwise. */
  readonly logLevel?: LogLevel
  /** Hears of everything that happens to the processes. */
  readonly onChange?: (change: Change) => void
}

export type Change =
  | { readonly type: 'up'; readonly id: NodeId; readonly control: Control }
  | { readonly type: 'paused' | 'resumed'; readonly id: NodeId }
  /** It is none of the cluster's nodes any more. */
  | { readonly type: 'removed'; readonly id: NodeId }
  /** `asked` tells a crash that was asked for from one that came from outside. */
  | { readonly type: 'down'; readonly id: NodeId; readonly asked: boolean; readonly ended: Ended }

type NodeStanding = 'starting' | 'up' | 'paused' | 'down'

/** What the supervisor knows of a node without asking it. */
export interface NodeStatus {
  readonly id: NodeId
  readonly standing: NodeStanding
  readonly pid: number | undefined
  readonly url: string | undefined
  readonly incarnation: number | undefined
  /** Where its metrics are, if it serves them. */
  readonly metrics: string | undefined
}

/** Something that cannot be done to a node as it stands now; the message says what can. */
export class ClusterError extends Error {
  readonly code = 'cluster'
}

interface Place {
  standing: NodeStanding
  member: Member | undefined
  control: Control | undefined
  /** Whether the end of the process that runs now was asked for. */
  ending: boolean
  /** Whether it is none of the founders. */
  readonly joins: boolean
}

/** Names as the lab gives them; there are 25 at most. */
const nodeName = /^n([1-9]|1\d|2[0-5])$/

export class Cluster {
  readonly #options: ClusterOptions
  readonly #founders: number
  readonly #places: Map<NodeId, Place>
  /** What was done to links, clocks and disks since the last heal: a node that restarts hears it again. */
  #faults: NodeFault[] = []
  #stopping = false
  /** One write of the cluster's file after another: the last one says how things stand. */
  readonly #writes = new CommandQueue()

  private constructor(options: ClusterOptions, roster: Roster) {
    this.#options = options
    this.#founders = roster.founders
    this.#places = new Map(roster.nodes.map(({ id, joins }) => [id, emptyPlace(joins)]))
  }

  /** Starts all nodes and resolves when each knows the others. Ends what it started when one fails. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const roster = (await readRoster(options.directory)) ?? foundersOf(options)
    const cluster = new Cluster(options, roster)
    const started = await Promise.allSettled(cluster.nodes.map((id) => cluster.#start(id)))
    const failed = started.find((result) => result.status === 'rejected')
    if (failed !== undefined) {
      await cluster.stop()
      throw failed.reason
    }
    await cluster.#exchange()
    return cluster
  }

  get nodes(): readonly NodeId[] {
    return [...this.#places.keys()]
  }

  /** The addresses of the nodes that run. */
  get urls(): Readonly<Record<NodeId, string>> {
    const urls: Record<NodeId, string> = {}
    for (const [id, { member }] of this.#places) if (member !== undefined) urls[id] = member.url
    return urls
  }

  status(): readonly NodeStatus[] {
    return [...this.#places].map(([id, { standing, member }]) => ({
      id,
      standing,
      pid: member?.pid,
      url: member?.url,
      incarnation: member?.incarnation,
      metrics: member?.metrics,
    }))
  }

  /** The way to ask a running node; `undefined` for one that is down or stands still. */
  control(id: NodeId): Control | undefined {
    const place = this.#place(id)
    return place.standing === 'up' ? place.control : undefined
  }

  /** Where a node writes what happens to it. */
  logOf(id: NodeId): string {
    this.#place(id)
    return logFileOf(this.#directoryOf(id))
  }

  /** Does a fault by real means. Throws a `ClusterError` when it makes no sense as things stand. */
  async apply(fault: Fault): Promise<void> {
    switch (fault.do) {
      case 'crash':
        return this.#crash(fault.node)
      case 'stop':
        return this.#stop(fault.node)
      case 'restart':
        return this.#restart(fault.node, fault.wipe === true)
      case 'pause':
        return this.#pause(fault.node)
      case 'resume':
        return this.#resume(fault.node)
      case 'cut':
      case 'mend':
      case 'slow':
      case 'lose':
      case 'isolate':
      case 'partition':
      case 'stall':
      case 'clock':
        return this.#tellNodes(fault)
      case 'heal':
        return this.#heal()
      default:
        return unreachable(fault)
    }
  }

  /** Starts a node that is none of the founders, for the cluster to add. Its disk is used if there is one. */
  async add(id: NodeId): Promise<void> {
    if (this.#places.has(id)) throw new ClusterError(`There is a node ${id} already.`)
    if (!nodeName.test(id)) {
      throw new ClusterError(`A node cannot be called ${id}: take n and a number up to 25.`)
    }
    this.#places.set(id, emptyPlace(true))
    try {
      await this.#start(id)
    } catch (error) {
      this.#places.delete(id)
      throw error
    }
    await this.#remember()
    await this.#exchange()
  }

  /** Ends a node that is no member any more, and forgets it; its disk stays. */
  async remove(id: NodeId): Promise<void> {
    const place = this.#place(id)
    if (place.standing === 'starting') throw new ClusterError(`${id} starts just now.`)
    place.ending = true
    await place.member?.stop()
    this.#places.delete(id)
    this.#tell({ type: 'removed', id })
    await this.#remember()
    await this.#exchange()
  }

  /** Ends every node and forgets the cluster; their disks stay. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(
      [...this.#places.values()].map(async (place) => {
        place.ending = true
        // At the same time: one that stands still answers nobody until it is let go on and told to end.
        await Promise.all([place.control?.close(), place.member?.end()])
      }),
    )
    await this.#writes.idle()
    await removeClusterFile(this.#options.directory)
  }

  async #crash(id: NodeId): Promise<void> {
    const place = this.#place(id)
    if (place.member === undefined) throw new ClusterError(`${id} is down already.`)
    place.ending = true
    place.member.signal('SIGKILL')
    await place.member.ended
  }

  /** As an upgrade does it: the node hands over what it leads, and ends. */
  async #stop(id: NodeId): Promise<void> {
    const place = this.#place(id)
    if (place.standing !== 'up') throw new ClusterError(`${id} does not run now.`)
    place.ending = true
    await place.member?.stop()
  }

  async #restart(id: NodeId, wipe: boolean): Promise<void> {
    if (this.#place(id).standing !== 'down') {
      throw new ClusterError(`${id} runs. Kill it first, and then restart it.`)
    }
    if (wipe) await rm(this.#directoryOf(id), { recursive: true, force: true })
    await this.#start(id)
    await this.#exchange()
  }

  #pause(id: NodeId): void {
    const place = this.#place(id)
    if (place.standing !== 'up') throw new ClusterError(`${id} does not run now.`)
    place.standing = 'paused'
    place.member?.signal('SIGSTOP')
    this.#tell({ type: 'paused', id })
  }

  #resume(id: NodeId): void {
    const place = this.#place(id)
    if (place.standing !== 'paused') throw new ClusterError(`${id} is not paused.`)
    place.standing = 'up'
    place.member?.signal('SIGCONT')
    this.#tell({ type: 'resumed', id })
  }

  /** Each node does its part of such a fault by itself. */
  async #tellNodes(fault: NodeFault): Promise<void> {
    for (const id of namedIn(fault)) this.#place(id)
    const text = JSON.stringify(fault)
    this.#faults = [...this.#faults.filter((one) => JSON.stringify(one) !== text), fault]
    await this.#tellAll(fault)
  }

  async #tellAll(fault: NodeFault): Promise<void> {
    await Promise.all(this.nodes.map(async (id) => this.control(id)?.fault(fault)))
  }

  async #heal(): Promise<void> {
    for (const [id, { standing }] of this.#places) if (standing === 'paused') this.#resume(id)
    const down = [...this.#places].filter(([, { standing }]) => standing === 'down')
    await Promise.all(down.map(([id]) => this.#start(id)))
    if (down.length > 0) await this.#exchange()
    this.#faults = []
    await this.#tellAll({ do: 'heal' })
  }

  async #start(id: NodeId): Promise<void> {
    const place = this.#place(id)
    const { lab, cluster, secret, flaws = [], settings = [] } = this.#options
    const { metrics = false, logLevel = 'info' } = this.#options
    place.standing = 'starting'
    place.ending = false
    try {
      const member = await startMember({
        id,
        lab,
        cluster,
        directory: this.#directoryOf(id),
        nodes: this.#founders,
        joins: place.joins,
        secretFile: secret?.file,
        flaws,
        settings,
        metrics,
        logLevel,
      })
      place.member = member
      void member.ended.then((ended) => this.#onEnded(id, place, ended))
      place.control = await connectControl(member.url, cluster, secret?.text)
    } catch (error) {
      place.member?.signal('SIGKILL')
      place.standing = 'down'
      throw error
    }
    place.standing = 'up'
    this.#tell({ type: 'up', id, control: place.control })
    for (const fault of this.#faults) await place.control.fault(fault)
  }

  #onEnded(id: NodeId, place: Place, ended: Ended): void {
    const { control, ending } = place
    place.standing = 'down'
    place.member = undefined
    place.control = undefined
    void control?.close()
    this.#tell({ type: 'down', id, asked: ending || this.#stopping, ended })
  }

  /** Tells everybody where everybody is; a node that stands still hears it when it goes on. */
  async #exchange(): Promise<void> {
    const urls = this.urls
    for (const [id, { control }] of this.#places) {
      const { [id]: _, ...peers } = urls
      control?.setPeers(peers).catch(() => {})
    }
    await this.#writes.run(() => this.#writeFile())
  }

  /** Which nodes there are, for the next start. */
  #remember(): Promise<void> {
    const nodes = [...this.#places].map(([id, { joins }]) => ({ id, joins }))
    return this.#writes.run(() =>
      writeRoster(this.#options.directory, { v: 1, founders: this.#founders, nodes }),
    )
  }

  async #writeFile(): Promise<void> {
    if (this.#stopping) return
    const { directory, cluster, lab } = this.#options
    const size = this.nodes.length
    const nodes = this.status().flatMap(({ id, pid, url }) =>
      pid === undefined || url === undefined ? [] : [{ id, pid, url }],
    )
    await writeClusterFile(directory, { v: 1, cluster, lab, pid: process.pid, size, nodes })
  }

  #place(id: NodeId): Place {
    const place = this.#places.get(id)
    if (place === undefined) {
      throw new ClusterError(`There is no node ${id}; there are ${this.nodes.join(', ')}.`)
    }
    return place
  }

  #directoryOf(id: NodeId): string {
    return join(this.#options.directory, id)
  }

  #tell(change: Change): void {
    this.#options.onChange?.(change)
  }
}

/** Which nodes there are where none ever came or went. */
function foundersOf({ nodes }: ClusterOptions): Roster {
  return { v: 1, founders: nodes.length, nodes: nodes.map((id) => ({ id, joins: false })) }
}

function emptyPlace(joins: boolean): Place {
  return { standing: 'down', member: undefined, control: undefined, ending: false, joins }
}

/** The nodes that a fault must not misname. At the ends of links there may be clients too. */
function namedIn(fault: NodeFault): readonly NodeId[] {
  if ('node' in fault) return [fault.node]
  return fault.do === 'partition' ? fault.groups.flat() : []
}
