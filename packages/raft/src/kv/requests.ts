import { type Context, type NodeId, unreachable } from '@lockstep/process'
import { bytesOf, type Command, type Entry, type Session } from '../command.ts'
import type { RaftConfig } from '../config.ts'
import { type Configuration, isJoint } from '../configuration.ts'
import type { Mark } from '../marks.ts'
import type {
  AdminRequest,
  ClientRead,
  ClientReply,
  ClientRequest,
  ClientResult,
  ForgetLeader,
  OpenSession,
} from '../messages.ts'
import type { Raft } from '../raft.ts'
import type { Rules } from '../rules.ts'
import { type LogIndex, noIndex } from '../term.ts'
import { Gathering } from './gathering.ts'
import { type ReadOp, readIn, type StoreOp } from './operation.ts'
import type { Machine } from './machine.ts'

/** A request whose command is proposed, or will be. A retry takes the place of the request that it repeats. */
interface Pending {
  client: NodeId
  id: number
  /** What a retry has in common with it. */
  readonly key: string
}

/** A read that is held back for others. */
interface Read {
  readonly read: Pending
  readonly op: ReadOp
}

/** The timers that end the holding back of proposals and of reads. */
export const proposalTimer = 'linger'
export const readTimer = 'linger for reads'

/** A round of questions takes a part of what an append takes. */
const readShare = 0.25

/** A change of the membership that was proposed. */
interface Changing {
  client: NodeId
  id: number
  readonly text: string
}

/**
 * The requests of clients, from their arrival to their answer.
 *
 * A leader answers once the command was applied. An answer says that something happened only when
 * it is committed, and that nothing happened only when nothing was proposed; whatever is open when
 * a leader is deposed is answered as such. What only reads needs no entry in the log: it is answered
 * from the store once the leader is confirmed (thesis §6.4), by a follower too if the client lets it.
 * Otherwise a node that does not lead names who does.
 */
export class Requests {
  readonly #context: Context<ClientReply>
  readonly #machine: Machine
  readonly #rules: Rules
  readonly #max: number
  readonly #bytesMax: number
  readonly #reads: RaftConfig['reads']
  /** By the index of the command's entry. */
  readonly #pending = new Map<LogIndex, Pending>()
  readonly #byKey = new Map<string, Pending>()
  /** The change of the membership that is under way. A retry of it takes its place. */
  #changing: Changing | undefined
  readonly #gathering: Gathering<{ readonly request: Pending; readonly command: Command }>
  readonly #gatheringReads: Gathering<Read>
  /** The newest entry that was proposed here. */
  #proposed: LogIndex = noIndex

  constructor(context: Context<ClientReply>, machine: Machine, rules: Rules, config: RaftConfig) {
    this.#context = context
    this.#machine = machine
    this.#rules = rules
    this.#max = config.pendingMax
    this.#bytesMax = config.entryBytesMax
    this.#reads = config.reads
    this.#gathering = new Gathering(context, proposalTimer, config.lingerMs)
    this.#gatheringReads = new Gathering(context, readTimer, readShare * config.lingerMs)
  }

  /** The reads that wait for the leader to be confirmed, by key. */
  readonly #reading = new Map<string, Pending>()

  /** How many requests are open. */
  get open(): number {
    return this.#pending.size + this.#gathering.size + this.#reading.size
  }

  receive(
    from: NodeId,
    request: OpenSession | ClientRequest | ClientRead | ForgetLeader | AdminRequest,
    raft: Raft,
  ): void {
    if (request.type === 'ClientRead') return this.#readHere(from, request, raft)
    if (request.type === 'ForgetLeader') return this.#reply(from, request.id, forgetLeader(raft))
    if (raft.role !== 'leader') {
      const leader = raft.leader ?? null
      return this.#reply(from, request.id, { type: 'not-leader', leader })
    }
    if (request.type !== 'OpenSession' && request.type !== 'ClientRequest') {
      const result = this.#administer(from, request, raft)
      return result === undefined ? undefined : this.#reply(from, request.id, result)
    }
    if (request.type === 'OpenSession') {
      const opening = { client: from, id: request.id, key: `open ${from}` }
      return this.#propose(opening, { type: 'open' }, raft)
    }
    const { id, session, op } = request
    const wrong = this.#machine.store.wrongWith(op)
    if (wrong !== undefined) return this.#reply(from, id, { type: 'applied', value: wrong })
    const read = readIn(op)
    if (read !== undefined && this.#rules.mayReadAlone()) {
      return this.#answerRead(from, id, read, raft)
    }
    if (read !== undefined && this.#reads !== 'log') {
      return this.#read({ client: from, id, key: keyOf(session) }, read, raft)
    }
    const settled = this.#machine.settled(session)
    if (settled?.type === 'applied') {
      this.#mark('answered a retry from the session', session)
      return this.#reply(from, id, settled)
    }
    const operation = { client: from, id, key: keyOf(session) }
    this.#propose(operation, { type: 'operate', session, op: this.#toPropose(op) }, raft)
  }

  #toPropose(op: StoreOp): StoreOp {
    if (op.type !== 'txn') return op
    return this.#rules.txnToPropose(op, (txn) => this.#machine.store.succeeds(txn))
  }

  /** What the leader answers at once; `undefined` where the answer must wait for a commit. */
  #administer(client: NodeId, request: AdminRequest, raft: Raft): ClientResult | undefined {
    const { configuration, configurationIndex } = raft.log
    switch (request.type) {
      case 'Members':
        return { type: 'members', configuration, committed: configurationIndex <= raft.commit }
      case 'TransferLeadership': {
        const { to } = request
        return raft.transfer(to) ? { type: 'transferring', to } : { type: 'unknown-member' }
      }
      case 'ChangeMembership': {
        const text = JSON.stringify(request.change)
        if (this.#changing?.client === client && this.#changing.text === text) {
          this.#changing.id = request.id
          return undefined
        }
        const to = raft.transferee
        if (to !== undefined) return { type: 'transferring', to }
        const refusal = raft.change(request.change)
        if (refusal !== undefined) return { type: 'change-refused', ...refusal }
        this.#changing = { client, id: request.id, text }
        return undefined
      }
      default:
        return unreachable(request)
    }
  }

  /** Tells whoever asked for a change that it is done. */
  #configured(configuration: Configuration): void {
    if (this.#changing === undefined || isJoint(configuration)) return
    const { client, id } = this.#changing
    this.#changing = undefined
    this.#reply(client, id, { type: 'changed', configuration })
  }

  /** Proposes and asks what was gathered, if it is time for it. */
  flush(raft: Raft): void {
    this.#proposeGathered(raft)
    const reads = this.#gatheringReads.take()
    for (const [index, { read, op }] of reads.entries()) {
      this.#ask(read, op, raft, () => {
        if (index === reads.length - 1) this.#gatheringReads.done()
      })
    }
  }

  #proposeGathered(raft: Raft): void {
    for (const { request, command } of this.#gathering.take()) {
      const index = raft.propose(command)
      if (index === undefined) {
        this.#byKey.delete(request.key)
        this.#reply(request.client, request.id, refusalOf(raft))
        continue
      }
      this.#pending.set(index, request)
      this.#proposed = index
    }
  }

  /** What was gathered has waited long enough. */
  lingered(timer: typeof proposalTimer | typeof readTimer): void {
    if (timer === proposalTimer) this.#gathering.timedOut()
    else this.#gatheringReads.timedOut()
  }

  /** Answers a read from this node's own state: at once, or once it knows all that was committed. */
  #readHere(from: NodeId, { id, op, from: when }: ClientRead, raft: Raft): void {
    const wrong = this.#machine.store.wrongWith(op)
    if (wrong !== undefined) return this.#reply(from, id, { type: 'applied', value: wrong })
    if (when === 'stale') return this.#answerRead(from, id, op, raft)
    if (raft.leader === undefined) {
      return this.#reply(from, id, { type: 'not-leader', leader: null })
    }
    this.#read({ client: from, id, key: `read ${from}/${id}` }, op, raft)
  }

  /** Applies a committed entry and answers whoever waits for it here. */
  applied(entry: Entry): void {
    if (entry.command.type === 'configure') this.#configured(entry.command.configuration)
    if (entry.index === this.#proposed) this.#gathering.done()
    const result = this.#machine.apply(entry, this.#context.elapsed())
    if (result === undefined) return
    if (result.type === 'session-expired') {
      this.#mark('refused an expired session', { index: entry.index })
    }
    const pending = this.#pending.get(entry.index)
    if (pending === undefined) return
    this.#pending.delete(entry.index)
    this.#byKey.delete(pending.key)
    this.#reply(pending.client, pending.id, result)
  }

  /** Answers everything that is open: what was proposed may come or not. */
  deposed(): void {
    if (this.#changing !== undefined) {
      const { client, id } = this.#changing
      this.#changing = undefined
      this.#reply(client, id, { type: 'deposed' })
    }
    for (const { request } of this.#gathering.clear())
      this.#reply(request.client, request.id, { type: 'not-leader', leader: null })
    for (const { read } of this.#gatheringReads.clear()) {
      this.#reading.delete(read.key)
      this.#reply(read.client, read.id, { type: 'not-leader', leader: null })
    }
    this.#byKey.clear()
    if (this.#pending.size === 0) return
    this.#mark('left requests open', { open: this.#pending.size })
    for (const { client, id } of this.#pending.values())
      this.#reply(client, id, { type: 'deposed' })
    this.#pending.clear()
  }

  /**
   * Gathers the command to be proposed, unless the same request is under way already: retries must
   * not add to the load that made them wait.
   */
  #propose(request: Pending, command: Command, raft: Raft): void {
    const { client, id, key } = request
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      known.client = client
      known.id = id
      return
    }
    const to = raft.transferee
    if (to !== undefined) return this.#reply(client, id, { type: 'transferring', to })
    const bytes = bytesOf({ command })
    if (bytes > this.#bytesMax) {
      this.#mark('refused a large entry', { bytes })
      return this.#reply(client, id, { type: 'too-large', bytes, bytesMax: this.#bytesMax })
    }
    if (this.#isFull(client, id, raft.hasRoomFor(command))) return
    this.#gathering.add({ request, command })
    this.#byKey.set(key, request)
  }

  /** Answers a read once this node knows that it has applied all that was committed. A retry takes the place of the read that it repeats. */
  #read(read: Pending, op: ReadOp, raft: Raft): void {
    const { client, id, key } = read
    const known = this.#reading.get(key)
    if (known !== undefined) {
      known.client = client
      known.id = id
      return
    }
    if (this.#isFull(client, id)) return
    this.#reading.set(key, read)
    // What a lease or a leader elsewhere answers needs no round of this node's.
    if (raft.role === 'leader' && this.#reads === 'index') this.#gatheringReads.add({ read, op })
    else this.#ask(read, op, raft)
  }

  #ask(read: Pending, op: ReadOp, raft: Raft, onAnswered?: () => void): void {
    raft.read((mayRead) => {
      this.#reading.delete(read.key)
      onAnswered?.()
      if (mayRead) this.#answerRead(read.client, read.id, op, raft)
      else this.#reply(read.client, read.id, { type: 'deposed' })
    })
  }

  #answerRead(client: NodeId, id: number, op: ReadOp, raft: Raft): void {
    const value = this.#machine.store.read(op, raft.role === 'leader' ? raft.time : undefined)
    this.#reply(client, id, { type: 'applied', value })
  }

  #isFull(client: NodeId, id: number, hasRoom = true): boolean {
    if (hasRoom && this.open < this.#max) return false
    this.#mark('refused an overload', { open: this.open })
    this.#reply(client, id, { type: 'overloaded' })
    return true
  }

  #reply(to: NodeId, re: number, result: ClientResult): void {
    this.#context.send(to, { type: 'ClientReply', re, result })
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}

/** Why a leader that was is none any more, or takes no proposals. */
function refusalOf(raft: Raft): ClientResult {
  const to = raft.transferee
  if (to !== undefined) return { type: 'transferring', to }
  return { type: 'not-leader', leader: raft.leader ?? null }
}

function keyOf({ client, seq }: Session): string {
  return `${client}/${seq}`
}

/** Lets a follower forget its leader, and says why not where it may not. */
function forgetLeader(raft: Raft): ClientResult {
  if (raft.forgetLeader()) return { type: 'leader-forgotten' }
  if (raft.role === 'leader') {
    const text = 'this node leads: ask it to hand over, or ask its followers'
    return { type: 'forget-refused', code: 'leads', text }
  }
  const text = "reads 'lease' rely on followers that keep to their leader: wait an election timeout"
  return { type: 'forget-refused', code: 'reads-by-lease', text }
}
