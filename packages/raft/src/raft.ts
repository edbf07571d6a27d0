// Over 450 lines: what all parts of the algorithm share, mostly methods of one line. What can stand alone has a file of its own.
/**
 * Raft: what all roles share, and how the parts of the algorithm work together. The parts have files
 * of their own: `elections.ts`, `replication.ts` for a leader and `following.ts` for its followers,
 * `compaction.ts`, `reads.ts`, `transfer.ts`, `membership.ts`.
 *
 * The problem: several nodes agree on one growing sequence of commands, although nodes crash and
 * messages are lost, doubled, late and out of order; an agreed command is never lost as long as
 * the disks keep what they synced, and the nodes go on agreeing while a majority is up and connected.
 *
 * The source: Ongaro and Ousterhout, 'In Search of an Understandable Consensus Algorithm (Extended
 * Version)', 2014. Here stand leader election (§5.2, §5.4.1), log replication (§5.3), commitment
 * (§5.4.2), log compaction (§7) and restart; from Ongaro's thesis, of the same year, the pre-vote
 * (§9.6), the quorum check (§6.2), reads without the log (§6.4), leadership transfer (§3.10), and changes of
 * the membership (§4). The decisions that keep it safe are in `rules.ts`.
 *
 * The host must guarantee, besides the contract of `Context`:
 * - `start` first, with what the disk kept: at least everything up to the last `synced`;
 * - `sendOnceSynced` holds a message back until everything appended before it is durable;
 * - a node whose disk lost synced entries never comes back under its old name.
 */
import {
  type Context,
  type Milliseconds,
  type NodeId,
  type Saved,
  unreachable,
} from '@lockstep/process'
import type { Command, Entry } from './command.ts'
import type { RaftConfig, RaftOptions } from './config.ts'
import { type ChangeRefusal, configurationOf, type MembershipChange } from './configuration.ts'
import { Backlog } from './backlog.ts'
import { Compaction } from './compaction.ts'
import { Contact } from './contact.ts'
import { Elections, hurryTimer } from './elections.ts'
import { Following } from './following.ts'
import type { State } from './kv/state.ts'
import { Log } from './log.ts'
import { LogTime } from './log-time.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import { Membership } from './membership.ts'
import type { PeerMessage, RaftMessage } from './messages.ts'
import { PersistentState, type WalEntry } from './persistent-state.ts'
import type { Progress } from './progress.ts'
import { ForwardedReads, readIndexTimer } from './forwarded-reads.ts'
import { confirmTimer, type Reader, Reads } from './reads.ts'
import { type Ballot, quorumIndex } from './quorum.ts'
import type { Refusal } from './refusals.ts'
import type { Rules, When } from './rules.ts'
import { commitTimer, Replication } from './replication.ts'
import type { SavedSnapshot, Snapshot } from './snapshot.ts'
import { asIndex, type LogIndex, noIndex, type Term } from './term.ts'
import { Transfer } from './transfer.ts'

/** What a node is in its term (figure 4); a pre-candidate asks whether it could win the next one. */
export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader'

/** What Raft replicates, and who hears how its proposals end. */
export interface StateMachine {
  /** These entries are applied next. It may look at what they will need, and changes nothing. */
  foresee(entries: readonly Entry[]): void
  /** Called for every committed entry once, in order. */
  apply(entry: Entry): void
  /** The log's time when the last entry was applied. */
  readonly time: Milliseconds
  /** The state as it is now, as plain data that later calls of `apply` leave alone. */
  save(): State
  /** Goes on from a state that was saved, here or elsewhere. */
  restore(state: State): void
  /** This node stopped leading: what it proposed and has not applied may or may not come. */
  deposed(): void
  /** A message was refused. */
  refused(reason: Refusal): void
}

/** One node of the consensus: it turns messages, timeouts and syncs into a log that all nodes share. */
export class Raft {
  readonly log: Log
  readonly #persistent: PersistentState
  readonly #context: Context<RaftMessage, WalEntry, SavedSnapshot>
  readonly #config: RaftConfig
  readonly #rules: Rules
  readonly #machine: StateMachine
  readonly #contact: Contact
  readonly #elections: Elections
  readonly #reads: Reads
  readonly #forwarded: ForwardedReads
  readonly #transfer: Transfer
  readonly #time: LogTime = new LogTime()
  readonly #membership: Membership
  readonly #replication: Replication
  readonly #compaction: Compaction
  readonly #backlog: Backlog
  readonly #following: Following

  #role: Role = 'follower'
  #leader: NodeId | undefined
  #commit: LogIndex = noIndex
  #applied: LogIndex = noIndex
  #electionTimeout: Milliseconds = 0

  constructor(
    context: Context<RaftMessage, WalEntry, SavedSnapshot>,
    config: RaftConfig & RaftOptions,
    rules: Rules,
    machine: StateMachine,
  ) {
    this.#context = context
    this.#config = config
    this.#rules = rules
    this.#machine = machine
    this.#contact = new Contact(context, config.electionTimeoutMinMs)
    this.#backlog = new Backlog(config.uncommittedBytesMax)
    const initial = configurationOf(config.nodes)
    this.log = new Log(initial)
    this.#persistent = new PersistentState(context, this.log)
    const member = this.#member()
    this.#reads = new Reads(context, config, rules, this.#contact, member)
    this.#forwarded = new ForwardedReads(context, rules, member, config.electionTimeoutMinMs)
    this.#transfer = new Transfer(context, config, this.#contact, member)
    this.#elections = new Elections(context, config, rules, this.#contact, member)
    this.#replication = new Replication(context, config, this.#contact, this.#transfer, member)
    this.#compaction = new Compaction(context, config, rules, {
      state: this,
      machine,
      replication: this.#replication,
      wal: this.#persistent,
      initial,
    })
    this.#following = new Following(context, rules, this.#contact, this.#compaction, member)
    this.#membership = new Membership({
      context,
      config,
      rules,
      contact: this.#contact,
      replication: this.#replication,
      transfer: this.#transfer,
      member,
    })
  }

  get term(): Term {
    return this.#persistent.term
  }

  get votedFor(): NodeId | undefined {
    return this.#persistent.votedFor
  }

  get role(): Role {
    return this.#role
  }

  /** Who leads this node's term, as far as it knows. */
  get leader(): NodeId | undefined {
    return this.#leader
  }

  /** Everything up to here is committed, as far as this node knows. `0 <= applied <= commit <= last`. */
  get commit(): LogIndex {
    return this.#commit
  }

  get applied(): LogIndex {
    return this.#applied
  }

  /** The votes of the election that this node stands in, or won. */
  get ballot(): Ballot | undefined {
    return this.#elections.ballot
  }

  get followers(): readonly Progress[] {
    return this.#replication.followers
  }

  /** The newest snapshot that was taken or installed here. */
  get snapshot(): Snapshot | undefined {
    return this.#compaction.snapshot
  }

  /** The log's time by this leader's oscillator; without meaning on the others. */
  get time(): Milliseconds {
    return this.#time.at(this.#context.elapsed())
  }

  start(saved: Saved<WalEntry, SavedSnapshot>): void {
    if (saved.snapshot !== undefined) this.#resume(saved.snapshot)
    this.#persistent.replay(saved)
    this.#drawElectionTimeout()
    this.#awaitLeader()
  }

  receive(from: NodeId, message: PeerMessage): void {
    if (!this.#membership.mayHear(from, message)) return this.#machine.refused('not a member')
    switch (message.type) {
      case 'TimeoutNow':
      case 'RequestPreVote':
      case 'PreVote':
      case 'RequestVote':
      case 'Vote':
        return this.#elections.receive(from, message)
      case 'AppendEntries':
        return this.#following.onAppendEntries(from, message)
      case 'AppendResult':
        return this.#replication.onAppendResult(from, message)
      case 'InstallSnapshot':
        return this.#following.onInstallSnapshot(from, message)
      case 'SnapshotResult':
        return this.#replication.onSnapshotResult(from, message)
      case 'ConfirmLeader':
      case 'LeaderConfirmed':
      case 'ReadIndex':
        return this.#reads.receive(from, message)
      case 'ReadIndexResult':
        return this.#forwarded.receive(message)
      default:
        return unreachable(message)
    }
  }

  timeout(timer: string): void {
    if (timer === 'election') this.#elections.timedOut()
    else if (timer === hurryTimer) this.#elections.hurried()
    else if (timer === 'heartbeat') this.#beat()
    else if (timer === commitTimer) this.#replication.timedOut()
    else if (timer === confirmTimer) this.#reads.timedOut()
    else if (timer === 'transfer') this.#transfer.timedOut()
    else if (timer === readIndexTimer) this.#forwarded.timedOut()
  }

  hungUp(peer: NodeId): void {
    this.#elections.hungUp(peer)
  }

  synced(position: number): void {
    this.log.synced(position)
    if (this.#role === 'leader') this.#advanceCommit()
    else this.#elections.synced(position)
  }

  /** Whether this leader can append a command now, or has too much that is not committed. */
  hasRoomFor(command: Command): boolean {
    return this.#backlog.hasRoomFor(command)
  }

  /** Appends a command as the leader and returns its index; `undefined` when this node does not lead, or hands over. */
  propose(command: Command): LogIndex | undefined {
    if (this.#role !== 'leader' || this.#transfer.target !== undefined) return undefined
    return this.#appendOwn(command)
  }

  /**
   * As the leader, begins to change the membership (thesis §4). Returns why not, if it is refused.
   * It is done once an entry is applied whose configuration is not joint.
   */
  change(change: MembershipChange): ChangeRefusal | undefined {
    return this.#membership.change(change)
  }

  /** Sends on what was proposed and asked in the steps since the last call, together. */
  flush(): void {
    this.#replication.flush()
    this.#reads.advance()
  }

  /** Whom this leader hands over to; `undefined` while it does not. */
  get transferee(): NodeId | undefined {
    return this.#transfer.target
  }

  /** As the leader, hands over to another member (thesis §3.10). Returns `false` if there is no voter of that name. */
  transfer(to: NodeId): boolean {
    return this.#transfer.begin(to)
  }

  /** As the leader, hands over to the member that is up and has most of the log. Returns `false` if there is none. */
  handOver(): boolean {
    return this.#role === 'leader' && this.#transfer.beginWithBest()
  }

  /** As a follower, forgets who leads, and votes although a leader was heard. Returns `false` if it may not. */
  forgetLeader(): boolean {
    return this.#elections.forgetLeader()
  }

  /**
   * Lets the reader know once this node's state holds all that was committed before now, without
   * an entry in the log (thesis §6.4); a follower asks its leader. Returns `false` when this node
   * knows of no leader.
   */
  read(reader: Reader): boolean {
    if (this.#role !== 'leader') return this.#forwarded.ask(reader)
    this.#reads.ask(reader)
    return true
  }

  // Elections (§5.2) are in `elections.ts`; this is what they do to the node

  #member(): Member {
    return {
      state: this,
      adopt: (term, votedFor) => this.#adopt(term, votedFor),
      become: (role, leader) => this.#become(role, leader),
      follow: (term, leader) => this.#follow(term, leader),
      awaitLeader: () => this.#awaitLeader(),
      append: (entry) => this.#append(entry),
      appendOwn: (command) => this.#appendOwn(command),
      commitUpTo: (index) => this.#commitUpTo(index),
      advanceCommit: () => this.#advanceCommit(),
      tellCommit: (id) => this.#replication.tellCommit(id),
      resume: (saved) => this.#resume(saved),
      promise: (when, to, message) => this.#promise(when, to, message),
      lead: (votes) => this.#lead(votes),
      endLease: () => this.#reads.endLease(),
      refused: (reason) => this.#machine.refused(reason),
    }
  }

  #lead(votes: readonly NodeId[]): void {
    this.#become('leader', this.#context.id)
    this.#context.clearTimer('election')
    this.#context.setTimer('heartbeat', this.#config.heartbeatMs)
    this.#mark('became leader', { term: this.term, votes })
    this.#contact.lead(this.#membership.targets())
    this.#reads.lead()
    this.#transfer.lead()
    this.#time.lead(this.log.at(this.log.last)?.time ?? this.#machine.time, this.#context.elapsed())
    this.#membership.lead()
    const { configuration, configurationIndex } = this.log
    this.propose(
      configurationIndex === noIndex ? { type: 'configure', configuration } : { type: 'noop' },
    )
  }

  // Replication (§5.3)

  /** A leader that nobody hears lets its clients go elsewhere (thesis §6.2). */
  #checkQuorum(): boolean {
    if (!this.#config.checkQuorum || this.#contact.silence(this.log.groups) < this.#electionTimeout)
      return true
    this.#mark('heard no majority', { term: this.term })
    this.#become('follower', undefined)
    return false
  }

  #beat(): void {
    if (!this.#checkQuorum()) return
    this.#transfer.watchDisk()
    this.#context.setTimer('heartbeat', this.#config.heartbeatMs)
    this.#replication.beat()
    this.#reads.again()
  }

  // Commitment (§5.3, §5.4.2)

  #advanceCommit(): void {
    if (this.#role !== 'leader') return
    const groups = this.#rules.mustAgree(this.log.groups)
    const index = quorumIndex(groups, (id) => this.#matchOf(id), noIndex)
    if (index <= this.#commit) return
    if (!this.#rules.mayCommit(this.log.termAt(index) as Term, this.term)) return
    if (this.log.termAt(asIndex(this.#commit + 1)) !== this.term) {
      this.#mark('committed an older term through its own', { index, term: this.term })
    }
    this.#commitUpTo(index)
    this.#replication.replicateAll()
    this.#reads.advance()
    this.#membership.settle()
  }

  /** Up to where a member's durable log equals this leader's; its own counts like any other's. */
  #matchOf(member: NodeId): LogIndex {
    if (member === this.#context.id) return this.#rules.countsOwn(this.log.durable, this.log.last)
    return this.#replication.matchOf(member)
  }

  #commitUpTo(index: LogIndex): void {
    if (index <= this.#commit) return
    this.#commit = index
    this.#machine.foresee(this.log.between(this.#applied, index))
    while (this.#applied < index) {
      this.#applied = asIndex(this.#applied + 1)
      const entry = this.log.at(this.#applied) as Entry
      this.#backlog.committed(entry)
      this.#machine.apply(entry)
    }
    this.#forwarded.applied()
    this.#compaction.applied()
  }

  // Log compaction (§7)

  /** Goes on from a snapshot, whether it comes from the disk or from a leader. */
  #resume(saved: SavedSnapshot): void {
    this.#compaction.resume(saved)
    this.#commit = saved.index
    this.#applied = saved.index
    this.#forwarded.applied()
  }

  /** Follows in a term: a new one, or the own one of a candidate. */
  #follow(term: Term, leader: NodeId | undefined): void {
    if (term > this.term) {
      this.#adopt(term, undefined)
      this.#become('follower', leader)
    } else if (this.#role !== 'follower') this.#become('follower', leader)
    else this.#hear(leader)
  }

  /** Whom this node takes for the leader. */
  #hear(leader: NodeId | undefined): void {
    if (leader === this.#leader) return
    this.#leader = leader
    this.#forwarded.close()
  }

  /** Changes the role, after term and vote. */
  #become(role: Role, leader: NodeId | undefined): void {
    const was = this.#role
    this.#role = role
    this.#hear(leader)
    if (role === 'leader') return
    this.#elections.close()
    if (was !== 'leader') return
    this.#replication.close()
    this.#backlog.clear()
    this.#context.clearTimer('heartbeat')
    this.#mark('stepped down', { term: this.term })
    this.#awaitLeader()
    this.#transfer.close()
    this.#reads.close()
    this.#machine.deposed()
  }

  /** Writes term and vote down, and returns where they stand. Every term has an election timeout of its own. */
  #adopt(term: Term, votedFor: NodeId | undefined): number {
    if (term > this.term) this.#drawElectionTimeout()
    return this.#persistent.adopt(term, votedFor)
  }

  /** As the leader, appends a command of its term, to be sent on at the next `flush`. */
  #appendOwn(command: Command): LogIndex {
    const index = asIndex(this.log.last + 1)
    const entry: Entry = { type: 'entry', index, term: this.term, time: this.time, command }
    this.#append(entry)
    this.#backlog.appended(entry)
    this.#replication.appended()
    return index
  }

  #append(entry: Entry): void {
    const { configuration } = this.log
    this.#persistent.append(entry)
    if (entry.command.type === 'configure') this.#membership.reconfigured(configuration)
  }

  #promise(when: When, to: NodeId, message: PeerMessage): void {
    if (when === 'synced') this.#context.sendOnceSynced(to, message)
    else this.#context.send(to, message)
  }

  #drawElectionTimeout(): void {
    const { electionTimeoutMinMs: min, electionTimeoutMaxMs: max } = this.#config
    this.#electionTimeout = min + (max - min) * this.#context.random('election')
  }

  /** Starts the election timeout anew: the leader spoke, or a candidate deserves its chance. */
  #awaitLeader(): void {
    this.#context.setTimer('election', this.#electionTimeout)
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}
