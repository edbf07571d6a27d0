/**
 * Log compaction (§7): a snapshot takes the place of the log up to an index, here and, piece by
 * piece, on a follower that the log has left behind.
 *
 * Taking one costs little, so in memory that happens often, and the log stays short. Writing one
 * costs as much as the state is large, so on disk the log goes on for as long as there are items.
 */
import type { Context } from '@lockstep/process'
import type { RaftConfig } from './config.ts'
import type { Configuration } from './configuration.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import type { RaftMessage } from './messages.ts'
import type { WalEntry } from './persistent-state.ts'
import type { StateMachine } from './raft.ts'
import type { Replication } from './replication.ts'
import type { Rules } from './rules.ts'
import { keysOf, sizeOf } from './kv/state.ts'
import {
  type Chunk,
  entriesBetween,
  entriesInMemory,
  type SavedSnapshot,
  type Snapshot,
} from './snapshot.ts'
import { Assembly } from './snapshot-transfer.ts'
import { asIndex, type LogIndex, noIndex, type Term } from './term.ts'

/** What stands in the write-ahead log, as far as a snapshot must know. */
export interface Wal {
  /** Writes term and vote once more. */
  writeVote(): unknown
  /** Where the next write goes. */
  readonly end: number
}

type Disk = Pick<Context<RaftMessage, WalEntry, SavedSnapshot>, 'saveSnapshot' | 'compact' | 'mark'>

/** The newest snapshot of one node, and the one that it is being sent. */
export class Compaction {
  readonly #context: Disk
  readonly #config: RaftConfig
  readonly #rules: Rules
  readonly #state: Member['state']
  readonly #machine: StateMachine
  readonly #replication: Replication
  readonly #wal: Wal
  /** The members that this node was started with. */
  readonly #initial: Configuration
  #snapshot: Snapshot | undefined
  /** The last index of the snapshot that was written last, and how many items it has. */
  #written = { index: noIndex, items: 0 }
  #assembly: Assembly | undefined

  constructor(
    context: Disk,
    config: RaftConfig,
    rules: Rules,
    parts: {
      readonly state: Member['state']
      readonly machine: StateMachine
      readonly replication: Replication
      readonly wal: Wal
      readonly initial: Configuration
    },
  ) {
    this.#context = context
    this.#config = config
    this.#rules = rules
    this.#state = parts.state
    this.#machine = parts.machine
    this.#replication = parts.replication
    this.#wal = parts.wal
    this.#initial = parts.initial
  }

  /** The newest snapshot that was taken or installed here. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** Entries were applied: takes a snapshot if enough were. */
  applied(): void {
    const since = this.#state.applied - (this.#snapshot?.index ?? 0)
    const keys = this.#snapshot === undefined ? 0 : keysOf(this.#snapshot.state)
    if (since >= entriesInMemory(this.#config.snapshotEntries, keys)) this.#take()
  }

  /** Goes on from a snapshot, whether it comes from the disk or from a leader. */
  resume({ index, term, configuration, state, base, baseTerm }: SavedSnapshot): void {
    this.#snapshot = { index, term, configuration, state }
    this.#written = { index, items: sizeOf(state) }
    this.#machine.restore(state)
    this.#state.log.reset(base, baseTerm, { index, configuration })
  }

  /** A leader's piece arrived. Returns the snapshot once it is whole, or else how many of its items are here. */
  assemble(chunk: Chunk): Snapshot | number {
    if (!this.#assembly?.isOf(chunk)) this.#assembly = new Assembly(chunk)
    const state = this.#assembly.take(chunk)
    if (state === undefined) return this.#assembly.received
    this.#assembly = undefined
    const { index, lastTerm: term, configuration } = chunk
    return { index, term, configuration, state }
  }

  /** Puts a leader's snapshot in the place of the log. What follows makes no sense without it, and waits for it. */
  install(snapshot: Snapshot): void {
    const { saved, keepFrom } = this.#toSave(snapshot)
    if (this.#rules.awaitsInstalled()) this.#context.saveSnapshot(saved, keepFrom)
    else this.#context.compact(saved, keepFrom)
  }

  /** A snapshot for the place of the log before its base; what else stood there is written again. */
  #toSave(snapshot: Snapshot): { readonly saved: SavedSnapshot; readonly keepFrom: number } {
    const { log } = this.#state
    const { base, baseTerm } = log
    const keepFrom = log.positionAt(asIndex(base + 1)) ?? this.#wal.end
    if (this.#rules.keepsVote()) this.#wal.writeVote()
    return { saved: { ...snapshot, base, baseTerm }, keepFrom }
  }

  #take(): void {
    const { log, applied: index } = this.#state
    const state = this.#machine.save()
    const configuration = this.#rules.configurationToSave(log.configurationAt(index), this.#initial)
    this.#snapshot = { index, term: log.termAt(index) as Term, configuration, state }
    log.compact(this.#baseFor(index))
    this.#mark('took a snapshot', { index, base: log.base })
    const { index: last, items } = this.#written
    if (index - last < entriesBetween(this.#config.snapshotEntries, items)) return
    this.#written = { index, items: sizeOf(state) }
    const { saved, keepFrom } = this.#toSave(this.#snapshot)
    this.#context.compact(saved, keepFrom)
  }

  /** Up to where the log may go: a tail stays for slow followers. */
  #baseFor(index: LogIndex): LogIndex {
    const tail = asIndex(index - this.#config.keepEntries)
    return asIndex(Math.max(this.#replication.keptFor(tail, index), this.#state.log.base))
  }

  #mark(name: Mark, data: unknown): void {
    this.#context.mark(name, data)
  }
}
