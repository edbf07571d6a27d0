import type { Context, Message, Milliseconds, NodeId } from '@lockstep/process'
import type { RaftConfig } from '../config.ts'
import type { RaftMessage } from '../messages.ts'
import { RaftNode, raft } from '../node.ts'
import type { WalEntry } from '../persistent-state.ts'
import type { Rules } from '../rules.ts'
import type { SavedSnapshot } from '../snapshot.ts'
import { asIndex } from '../term.ts'
import type { RaftView } from '../view.ts'
import { Disk } from './disk.ts'
import { lineOf, type Transcript } from './transcript.ts'

/**
 * The settings that a driver starts from: the paper's figure 2 and nothing else.
 *
 * What the thesis adds is switched on by name, so that a test says what it is about.
 */
export const figure2: Partial<RaftConfig> = {
  preVote: false,
  checkQuorum: false,
  reads: 'log',
  handOverOnStall: false,
  lingerMs: 0,
  commitDelayMs: 0,
  confirmDelayMs: 0,
}

/** A message on its way. */
export interface Sent {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: RaftMessage
}

/** How a node is built. */
export interface HostOptions {
  /** Settings beside those of `figure2`. */
  readonly config?: Partial<RaftConfig>
  /** The safety decisions; those of the paper if not given. */
  readonly rules?: Rules
  /** What the disk holds at first. */
  readonly disk?: readonly WalEntry[]
  /** Draws; 0.5 if not given. */
  readonly random?: () => number
  /** Where to write down what happens. */
  readonly transcript?: Transcript
}

/** The timers of a node. */
export type Timer =
  | 'election'
  | 'hurry'
  | 'heartbeat'
  | 'commit'
  | 'transfer'
  | 'linger'
  | 'linger for reads'
  | 'confirm'
  | 'read index'
  | 'watch'
  | 'lease'

/**
 * One node in the hand of a test: its disk, its clock, its timers, and what it sent.
 *
 * Nothing happens by itself: the test delivers messages, fires timers, syncs, crashes and restarts.
 * What the node sends is frozen, so that a node which changes a message afterwards is found out.
 */
export class Host {
  readonly id: NodeId
  /** When each timer that is set comes due, by `now`. */
  readonly timers: Map<string, Milliseconds> = new Map()
  readonly disk: Disk
  /** The marks of all incarnations in their order. */
  readonly marks: string[] = []
  /** Whether every step is followed by a sync. */
  autoSync = true
  /** What the node's oscillator shows. */
  now: Milliseconds = 0
  /** The incarnation that runs, or ran last. */
  node: RaftNode
  #isUp = true
  #hasFinished = false
  #incarnation = 0
  #outbox: Sent[] = []
  #held: Sent[] = []
  readonly #nodes: readonly NodeId[]
  readonly #options: HostOptions

  /** Starts a node of a cluster that these found; it waits to be added if it is not among them. */
  constructor(id: NodeId, nodes: readonly NodeId[], options: HostOptions = {}) {
    this.id = id
    this.#nodes = nodes
    this.#options = options
    this.disk = new Disk(options.disk)
    this.node = this.#start()
  }

  /** Whether the node runs. */
  get isUp(): boolean {
    return this.#isUp
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

  /** The node's state as plain data. */
  inspect(): RaftView {
    return this.node.view()
  }

  /** A message arrives; at a node that is down it is lost. */
  receive(from: NodeId, message: Message): void {
    if (!this.#isUp) return
    this.#step(() => this.node.receive(from, freeze(message)))
  }

  /** The connection over which a peer sent ends. */
  hungUp(peer: NodeId): void {
    if (!this.#isUp) return
    this.#note(`${this.id}'s connection with ${peer} ends`)
    this.#step(() => this.node.hungUp(peer))
  }

  /** A timer comes due, whether or not its time has come. */
  fire(timer: Timer): void {
    if (!this.#isUp) return
    this.timers.delete(timer)
    this.#note(`${this.id}'s ${timer} timer fires`)
    this.#step(() => this.node.timeout(timer))
  }

  /** The timer that comes due next, and when; `undefined` when none is set. */
  get nextTimer(): { readonly timer: Timer; readonly at: Milliseconds } | undefined {
    if (!this.#isUp) return undefined
    const [first] = [...this.timers].sort(([, a], [, b]) => a - b)
    return first === undefined ? undefined : { timer: first[0] as Timer, at: first[1] }
  }

  /** Makes all writes durable, releases what waited for them, and tells the node. */
  sync(): void {
    while (!this.disk.isSynced) {
      this.disk.sync()
      this.#outbox.push(...this.#held)
      this.#held = []
      const was = this.#stateText()
      this.node.synced(this.disk.last)
      this.node.flush()
      this.#noteState(was)
    }
    this.disk.settle()
    if (this.#hasFinished && this.#isUp) this.#end(`${this.id} ends`)
  }

  /** Takes what was sent and is out. */
  take(): Sent[] {
    const taken = this.#outbox
    this.#outbox = []
    return taken
  }

  /** What was sent of one type; all that was sent is taken out. */
  sent<Type extends RaftMessage['type']>(type: Type): Extract<RaftMessage, { type: Type }>[] {
    const messages = this.take().map(({ message }) => message)
    return messages.filter((m): m is Extract<RaftMessage, { type: Type }> => m.type === type)
  }

  /** Asks the node to finish; once it has, it ends with the next sync. */
  stop(): void {
    if (!this.#isUp) return
    this.#note(`${this.id} is asked to stop`)
    this.#step(() => this.node.stop(() => void (this.#hasFinished = true)))
  }

  /** Ends without warning: memory is lost, and what was not synced. */
  crash(): void {
    this.#end(`${this.id} crashes`)
  }

  #end(how: string): void {
    this.#note(how)
    this.#isUp = false
    this.#hasFinished = false
    this.disk.crash()
    this.#held = []
    this.timers.clear()
  }

  /** Starts again from the disk; a node that runs crashes first. */
  restart(): void {
    if (this.#isUp) this.crash()
    this.#isUp = true
    this.#note(`${this.id} starts again`)
    this.node = this.#start()
    this.#noteState('')
  }

  #step(react: () => void): void {
    const was = this.#stateText()
    react()
    this.node.flush()
    this.#noteState(was)
    if (this.autoSync) this.sync()
  }

  #start(): RaftNode {
    this.#incarnation++
    const config = { ...figure2, ...this.#options.config, nodes: this.#nodes }
    const node = raft(config, this.#options.rules)(this.#context(this.#incarnation))
    if (!(node instanceof RaftNode)) throw new Error('expected a RaftNode')
    node.start(this.disk.saved())
    node.flush()
    return node
  }

  #context(incarnation: number): Context<RaftMessage, WalEntry, SavedSnapshot> {
    const sent = (to: NodeId, message: RaftMessage): Sent => ({
      from: this.id,
      to,
      message: freeze(message),
    })
    return {
      id: this.id,
      incarnation,
      wall: () => 0,
      elapsed: () => this.now,
      random: () => this.#options.random?.() ?? 0.5,
      send: (to, message) => void this.#outbox.push(sent(to, message)),
      sendOnceSynced: (to, message) => {
        const where = this.disk.isSynced ? this.#outbox : this.#held
        where.push(sent(to, message))
      },
      setTimer: (name, after) => void this.timers.set(name, this.now + after),
      clearTimer: (name) => void this.timers.delete(name),
      append: (record) => this.disk.append(freeze(record)),
      saveSnapshot: (snapshot, keepFrom) => this.disk.save(freeze(snapshot), keepFrom),
      compact: (snapshot, keepFrom) => this.disk.compact(freeze(snapshot), keepFrom),
      mark: (name, data) => {
        this.marks.push(name)
        this.#note(`  ${this.id} ${name}${data === undefined ? '' : `: ${lineOf(data)}`}`)
      },
    }
  }

  #stateText(): string {
    if (this.#options.transcript === undefined) return ''
    const { role, term, votedFor, log, commit } = this.raft
    const vote = votedFor === undefined ? '' : `, voted ${votedFor}`
    return `${role} of term ${term}${vote}, log ${log.last}, commit ${commit}`
  }

  #noteState(was: string): void {
    const is = this.#stateText()
    if (is !== was) this.#note(`  ${this.id} = ${is}`)
  }

  #note(line: string): void {
    this.#options.transcript?.note(line)
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
