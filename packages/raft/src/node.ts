import {
  type Build,
  type Context,
  type Message,
  type Milliseconds,
  type NodeId,
  type Process,
  type Saved,
  unreachable,
} from '@lockstep/process'
import type { Entry } from './command.ts'
import { completeConfig, type RaftConfig, type RaftOptions } from './config.ts'
import { LeaseWatch } from './kv/lease-watch.ts'
import { Farewell } from './farewell.ts'
import { LogBytes } from './log-bytes.ts'
import { Machine } from './kv/machine.ts'
import { Watches } from './kv/watches.ts'
import { proposalTimer, readTimer, Requests } from './kv/requests.ts'
import type { State } from './kv/state.ts'
import type { RaftMessage } from './messages.ts'
import type { WalEntry } from './persistent-state.ts'
import { Raft, type StateMachine } from './raft.ts'
import { type Refusal, Refusals } from './refusals.ts'
import { paper, type Rules } from './rules.ts'
import type { SavedSnapshot } from './snapshot.ts'
import { isWellFormed } from './validate.ts'
import { type RaftView, viewOf } from './view.ts'

/** A node of a replicated key-value store: Raft, the store over it, and the clients' requests. */
export class RaftNode implements Process<Message, WalEntry, SavedSnapshot>, StateMachine {
  readonly id: NodeId
  readonly raft: Raft
  readonly machine: Machine
  readonly requests: Requests
  readonly leases: LeaseWatch
  readonly watches: Watches
  readonly refusals: Refusals = new Refusals()
  readonly logBytes: LogBytes
  readonly #context: Context<RaftMessage, WalEntry, SavedSnapshot>
  /** Set once the node was asked to stop. */
  #farewell: Farewell | undefined

  constructor(
    context: Context<RaftMessage, WalEntry, SavedSnapshot>,
    config: RaftConfig & RaftOptions,
    rules: Rules,
  ) {
    this.id = context.id
    this.#context = context
    this.machine = new Machine(rules, config)
    this.requests = new Requests(context, this.machine, rules, config)
    this.leases = new LeaseWatch(context, this.machine.store)
    this.watches = new Watches(context, this.machine.store, rules, config)
    this.raft = new Raft(context, config, rules, this)
    this.logBytes = new LogBytes(this.raft.log)
  }

  start(saved: Saved<WalEntry, SavedSnapshot>): void {
    this.raft.start(saved)
  }

  receive(from: NodeId, message: Message): void {
    this.#receive(from, message)
    this.#farewell?.look()
  }

  #receive(from: NodeId, message: Message): void {
    if (!isWellFormed(message)) return this.refused('malformed')
    switch (message.type) {
      case 'OpenSession':
      case 'ClientRequest':
      case 'ClientRead':
      case 'TransferLeadership':
      case 'ChangeMembership':
      case 'Members':
      case 'ForgetLeader':
        return this.requests.receive(from, message, this.raft)
      case 'Watch':
        return this.watches.receive(from, message)
      case 'TimeoutNow':
      case 'RequestPreVote':
      case 'PreVote':
      case 'RequestVote':
      case 'Vote':
      case 'AppendEntries':
      case 'AppendResult':
      case 'InstallSnapshot':
      case 'SnapshotResult':
      case 'ConfirmLeader':
      case 'LeaderConfirmed':
      case 'ReadIndex':
      case 'ReadIndexResult':
        return this.raft.receive(from, message)
      default:
        return unreachable(message)
    }
  }

  timeout(timer: string): void {
    if (timer === proposalTimer || timer === readTimer) this.requests.lingered(timer)
    else if (timer === 'lease') this.leases.timedOut(this.raft)
    else if (timer === 'watch') this.watches.timedOut()
    else this.raft.timeout(timer)
    this.#farewell?.look()
  }

  hungUp(peer: NodeId): void {
    this.raft.hungUp(peer)
    this.#farewell?.look()
  }

  synced(position: number): void {
    this.raft.synced(position)
  }

  flush(): void {
    this.requests.flush(this.raft)
    this.raft.flush()
  }

  /** Hands over what it leads, and has finished once somebody else leads. */
  stop(finished: () => void): void {
    this.#farewell = new Farewell(this.raft, finished)
    this.#farewell.look()
  }

  foresee(entries: readonly Entry[]): void {
    this.machine.foresee(entries)
  }

  apply(entry: Entry): void {
    this.requests.applied(entry)
    this.leases.await(this.raft)
    this.watches.applied()
  }

  get time(): Milliseconds {
    return this.machine.time
  }

  save(): State {
    return this.machine.save()
  }

  restore(state: State): void {
    this.machine.restore(state)
    this.watches.restored()
  }

  deposed(): void {
    this.requests.deposed()
    this.leases.deposed()
  }

  refused(reason: Refusal): void {
    this.refusals.count(reason)
    this.#context.mark('refused a message', { reason })
  }

  view(): RaftView {
    return viewOf(this)
  }
}

/**
 * How to build the nodes of one cluster.
 *
 * @throws {RangeError} when the settings cannot work.
 */
export function raft(
  options: RaftOptions,
  rules: Rules = paper,
): Build<Message, WalEntry, SavedSnapshot> {
  const config = completeConfig(options)
  return (context) => new RaftNode(context, config, rules)
}
