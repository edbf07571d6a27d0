import type { Context, Message, NodeId, Process } from '@lockstep/process'
import { type ClientReply, raft } from '@lockstep/raft'

/** One measured load. */
export interface RaftCoreRow {
  readonly name: string
  readonly entries: number
  /** Entries that were appended, replicated, committed and applied on all nodes, a second of processor time. */
  readonly entriesPerCpuSecond: number
  /** What the nodes said to each other. */
  readonly messagesPerEntry: number
}

interface Sent {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: Message
}

const value = 'v'.repeat(232)
const ids: readonly NodeId[] = ['n1', 'n2', 'n3']

/** Three nodes, whose messages arrive at once and whose disks are done when all nodes are. */
export class CoreNodes {
  readonly #nodes: ReadonlyMap<NodeId, CoreNode>
  readonly #clients: number
  readonly #sessions: number[] = []
  readonly #seqs: number[] = []
  #queue: Sent[] = []
  #replies: Message[] = []
  #messages = 0
  #request = 0
  #drawn = 1

  /** `clients` have one request each under way. */
  constructor(clients: number) {
    this.#clients = clients
    this.#nodes = new Map(ids.map((id) => [id, new CoreNode(id, (sent) => this.#send(sent))]))
    this.#leader.process.timeout('election')
    this.#settle()
    for (let client = 0; client < clients; client++) {
      this.#leader.process.receive(`c${client}`, this.#asked({ type: 'OpenSession' }))
      this.#settle()
      this.#sessions.push(sessionIn(this.#replies[0]))
      this.#seqs.push(0)
      this.#replies = []
    }
  }

  /** Puts that many entries under keys that are drawn from so many. */
  put(entries: number, keys: number): void {
    for (let left = entries; left > 0; left -= this.#clients) {
      this.#turn(Math.min(left, this.#clients), () => `key ${this.#draw(keys)}`)
    }
  }

  /** Puts every key once. */
  putAll(keys: number): void {
    for (let first = 0; first < keys; first += this.#clients) {
      let key = first
      this.#turn(Math.min(keys - first, this.#clients), () => `key ${key++}`)
    }
  }

  measure(name: string, entries: number, keys: number): RaftCoreRow {
    this.#messages = 0
    const before = process.cpuUsage()
    this.put(entries, keys)
    const { user, system } = process.cpuUsage(before)
    const entriesPerCpuSecond = Math.round((entries * 1e6) / (user + system))
    const messagesPerEntry = Math.round((this.#messages / entries) * 1000) / 1000
    return { name, entries, entriesPerCpuSecond, messagesPerEntry }
  }

  get #leader(): CoreNode {
    return this.#nodes.get('n1') as CoreNode
  }

  #turn(requests: number, keyOf: () => string): void {
    for (let client = 0; client < requests; client++) {
      const seq = (this.#seqs[client] = (this.#seqs[client] ?? 0) + 1)
      const session = { client: this.#sessions[client], seq, received: seq - 1 }
      const op = { type: 'put', key: keyOf(), value }
      this.#leader.process.receive(
        `c${client}`,
        this.#asked({ type: 'ClientRequest', session, op }),
      )
    }
    this.#settle()
    if (this.#replies.length !== requests) throw new Error('a request was not answered')
    this.#replies = []
  }

  #asked<Request extends Message>(request: Request): Request & { readonly id: number } {
    return { ...request, id: ++this.#request }
  }

  /** Lets the nodes react until there is nothing to react to. */
  #settle(): void {
    for (;;) {
      for (const node of this.#nodes.values()) node.flush()
      for (const node of this.#nodes.values()) node.sync()
      if (this.#queue.length === 0) return
      const queue = this.#queue
      this.#queue = []
      for (const { from, to, message } of queue) this.#nodes.get(to)?.process.receive(from, message)
    }
  }

  #send(sent: Sent): void {
    if (!this.#nodes.has(sent.to)) {
      this.#replies.push(sent.message)
      return
    }
    this.#messages++
    this.#queue.push(sent)
  }

  /** A linear congruential generator: the same keys in every run. */
  #draw(below: number): number {
    this.#drawn = (Math.imul(this.#drawn, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#drawn / 2 ** 32) * below)
  }
}

/** One node with a disk that only counts. */
class CoreNode {
  readonly process: Process
  readonly #send: (sent: Sent) => void
  readonly #id: NodeId
  #position = 0
  #synced = 0
  #held: Sent[] = []

  constructor(id: NodeId, send: (sent: Sent) => void) {
    this.#id = id
    this.#send = send
    // What arrives together is here already, and there are no timers to wait by.
    this.process = raft({ nodes: ids, lingerMs: 0 })(this.#context())
    this.process.start({ snapshot: undefined, first: 1, entries: [] })
  }

  flush(): void {
    this.process.flush?.()
  }

  /** What was written is durable now. */
  sync(): void {
    if (this.#synced === this.#position) return
    this.#synced = this.#position
    const held = this.#held
    this.#held = []
    for (const sent of held) this.#send(sent)
    this.process.synced?.(this.#synced)
    this.flush()
  }

  #context(): Context {
    const from = this.#id
    return {
      id: from,
      incarnation: 1,
      wall: () => 0,
      elapsed: () => 0,
      random: () => 0.5,
      send: (to, message) => this.#send({ from, to, message }),
      sendOnceSynced: (to, message) => {
        const sent = { from, to, message }
        if (this.#synced === this.#position) this.#send(sent)
        else this.#held.push(sent)
      },
      setTimer: () => {},
      clearTimer: () => {},
      append: () => ++this.#position,
      saveSnapshot: () => {},
      compact: () => {},
      mark: () => {},
    }
  }
}

function sessionIn(reply: Message | undefined): number {
  const { result } = (reply ?? {}) as Partial<ClientReply>
  if (result?.type !== 'opened') throw new Error('no session was opened')
  return result.session
}
