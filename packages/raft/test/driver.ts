import type { Context, Message, NodeId, Saved } from '@lockstep/process'
import {
  type ClientReply,
  type RaftConfig,
  type RaftMessage,
  RaftNode,
  raft,
} from '../src/index.ts'
import type { Entry } from '../src/command.ts'
import type { WalEntry } from '../src/raft.ts'
import type { Rules } from '../src/rules.ts'
import type { SavedSnapshot } from '../src/snapshot.ts'
import { asIndex, asTerm } from '../src/term.ts'

/** How a property is held against a planted mistake: long enough, and the same every time. */
export const mutant = { seed: 1, numRuns: 2000 } as const

/** The paper's figure 2, which tests start from; what the thesis adds is switched on by name. */
const figure2 = {
  preVote: false,
  checkQuorum: false,
  reads: 'log',
  handOverOnStall: false,
} as const

/** A message on its way. */
export interface Sent {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: RaftMessage
}

export interface HostOptions {
  readonly config?: Partial<RaftConfig>
  readonly rules?: Rules
  /** What the disk holds at first. */
  readonly disk?: readonly WalEntry[]
  /** Draws; 0.5 if not given. */
  readonly random?: () => number
}

/** What a node did to its disk. */
type Write =
  | { readonly append: WalEntry }
  | { readonly save: SavedSnapshot; readonly keepFrom: number }

/** One node under the test's hand: its disk, its timers, and what it sent. */
export class Host {
  readonly id: NodeId
  readonly timers = new Map<string, number>()
  disk: WalEntry[]
  /** The position of the first record on disk. */
  first = 0
  snapshot: SavedSnapshot | undefined
  readonly marks: string[] = []
  /** Whether every step is followed by a sync. */
  autoSync = true
  /** What the node's oscillator shows. */
  now = 0
  node: RaftNode
  #outbox: Sent[] = []
  #held: Sent[] = []
  #unsynced: Write[] = []
  #next: number
  readonly #nodes: readonly NodeId[]
  readonly #options: HostOptions

  constructor(id: NodeId, nodes: readonly NodeId[], options: HostOptions = {}) {
    this.id = id
    this.#nodes = nodes
    this.#options = options
    this.disk = [...(options.disk ?? [])]
    this.#next = this.disk.length
    this.node = this.#build()
  }

  get raft(): RaftNode['raft'] {
    return this.node.raft
  }

  /** The terms of the log's entries, behind its base. */
  get terms(): number[] {
    const { log } = this.raft
    return Array.from(
      { length: log.last - log.base },
      (_, i) => log.termAt(asIndex(log.base + i + 1)) as number,
    )
  }

  receive(from: NodeId, message: Message): void {
    this.node.receive(from, freeze(message))
    this.#stepped()
  }

  fire(timer: 'election' | 'heartbeat' | 'transfer'): void {
    this.timers.delete(timer)
    this.node.timeout(timer)
    this.#stepped()
  }

  /** Makes all writes durable, releases what waited for them, and tells the node. */
  sync(): void {
    if (this.#unsynced.length === 0) return
    for (const write of this.#unsynced) {
      if ('append' in write) this.disk.push(write.append)
      else {
        this.snapshot = write.save
        this.disk = this.disk.slice(write.keepFrom - this.first)
        this.first = write.keepFrom
      }
    }
    this.#unsynced = []
    this.#outbox.push(...this.#held)
    this.#held = []
    this.node.synced(this.#next - 1)
    this.sync()
  }

  /** Takes what was sent and is out. */
  take(): Sent[] {
    const taken = this.#outbox
    this.#outbox = []
    return taken
  }

  /** What was sent of one type, taken out. */
  sent<Type extends RaftMessage['type']>(type: Type): Extract<RaftMessage, { type: Type }>[] {
    const messages = this.take().map(({ message }) => message)
    return messages.filter((m): m is Extract<RaftMessage, { type: Type }> => m.type === type)
  }

  /** Loses memory and what was not synced, and starts again from the disk. */
  restart(): void {
    this.#unsynced = []
    this.#next = this.first + this.disk.length
    this.#held = []
    this.timers.clear()
    this.node = this.#build()
  }

  #stepped(): void {
    if (this.autoSync) this.sync()
  }

  #build(): RaftNode {
    const build = raft(
      { ...figure2, ...this.#options.config, nodes: this.#nodes },
      this.#options.rules,
    )
    const node = build(this.#context())
    if (!(node instanceof RaftNode)) throw new Error('expected a RaftNode')
    const saved: Saved<WalEntry, SavedSnapshot> = {
      snapshot: this.snapshot,
      first: this.first,
      entries: this.disk.slice(),
    }
    node.start(saved)
    return node
  }

  #context(): Context<RaftMessage, WalEntry, SavedSnapshot> {
    const send = (to: NodeId, message: RaftMessage): Sent => ({
      from: this.id,
      to,
      message: freeze(message),
    })
    return {
      id: this.id,
      incarnation: 1,
      wall: () => 0,
      elapsed: () => this.now,
      random: () => this.#options.random?.() ?? 0.5,
      send: (to, message) => void this.#outbox.push(send(to, message)),
      sendOnceSynced: (to, message) => {
        const where = this.#unsynced.length === 0 ? this.#outbox : this.#held
        where.push(send(to, message))
      },
      setTimer: (name, after) => void this.timers.set(name, after),
      clearTimer: (name) => void this.timers.delete(name),
      append: (entry) => {
        this.#unsynced.push({ append: freeze(entry) })
        return this.#next++
      },
      saveSnapshot: (save, keepFrom) => {
        this.#unsynced.push({ save: freeze(save), keepFrom })
      },
      mark: (name) => void this.marks.push(name),
    }
  }
}

/** Several nodes and the links between them: messages travel when the test says so. */
export class Cluster {
  readonly hosts: ReadonlyMap<NodeId, Host>
  /** What clients were answered. */
  readonly replies: ClientReply[] = []
  #cut: (sent: Sent) => boolean = () => false
  #requests = 0

  /** One node for each log, given as the terms of its entries and the term on disk. */
  constructor(disks: readonly (readonly WalEntry[])[], options: HostOptions = {}) {
    const ids = disks.map((_, i) => `n${i + 1}`)
    this.hosts = new Map(
      ids.map((id, i) => [id, new Host(id, ids, { ...options, disk: disks[i] ?? [] })]),
    )
  }

  at(id: NodeId): Host {
    const host = this.hosts.get(id)
    if (host === undefined) throw new Error(`no node ${id}`)
    return host
  }

  /** Loses every message that the test names, from now on. */
  cut(lose: (sent: Sent) => boolean): void {
    this.#cut = lose
  }

  isolate(...ids: NodeId[]): void {
    this.cut(({ from, to }) => ids.includes(from) !== ids.includes(to))
  }

  heal(): void {
    this.cut(() => false)
  }

  campaign(id: NodeId): void {
    this.at(id).fire('election')
    this.deliver()
  }

  /** Lets time go by on every node's clock; timers fire only when the test says so. */
  pass(ms: number): void {
    for (const host of this.hosts.values()) host.now += ms
  }

  beat(id: NodeId): void {
    this.at(id).fire('heartbeat')
    this.deliver()
  }

  /** Lets the log of a node grow by one: a new client opens a session there. */
  propose(id: NodeId): void {
    const request = ++this.#requests
    this.at(id).receive(`client ${request}`, { type: 'OpenSession', id: request } as Message)
    this.deliver()
  }

  /** Delivers messages until there are none. */
  deliver(): void {
    for (;;) {
      const sent = [...this.hosts.values()].flatMap((host) => host.take())
      if (sent.length === 0) return
      for (const one of sent) {
        if (one.message.type === 'ClientReply') this.replies.push(one.message)
        else if (!this.#cut(one)) this.hosts.get(one.to)?.receive(one.from, one.message)
      }
    }
  }
}

/** A disk whose log has entries of these terms, in this term, with this vote. */
export function diskOf(
  terms: readonly number[],
  term: number = terms.at(-1) ?? 0,
  votedFor: NodeId | null = null,
): WalEntry[] {
  const entries = terms.map((of, i) => entryOf(i + 1, of))
  return term === 0 ? entries : [{ type: 'vote', term: asTerm(term), votedFor }, ...entries]
}

export function entryOf(index: number, term: number): Entry {
  return { type: 'entry', index: asIndex(index), term: asTerm(term), command: { type: 'noop' } }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
