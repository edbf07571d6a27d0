import type { Context, NodeId, Saved } from '@lockstep/process'
import type { Entry } from './command.ts'
import type { Log } from './log.ts'
import type { SavedSnapshot } from './snapshot.ts'
import { asIndex, type LogIndex, noTerm, type Term } from './term.ts'

/** What stands in the write-ahead log. */
export type WalEntry =
  | { readonly type: 'vote'; readonly term: Term; readonly votedFor: NodeId | null }
  | Entry

/**
 * What a node may not forget (figure 2, 'persistent state on all servers'): its term, its vote and
 * its log, each written down as it changes.
 *
 * The disk holds votes and entries in the order in which they were made. On replay the last vote
 * wins, and an entry at index i replaces everything from i on. A snapshot lets the log before it go.
 */
export class PersistentState {
  readonly #log: Log
  readonly #disk: Pick<Context<never, WalEntry, SavedSnapshot>, 'append'>
  #term: Term = noTerm
  #votedFor: NodeId | undefined
  #end = 0

  constructor(disk: Pick<Context<never, WalEntry, SavedSnapshot>, 'append'>, log: Log) {
    this.#disk = disk
    this.#log = log
  }

  get term(): Term {
    return this.#term
  }

  get votedFor(): NodeId | undefined {
    return this.#votedFor
  }

  /** Where the next write goes. */
  get end(): number {
    return this.#end
  }

  /**
   * Takes in what the disk kept, behind the snapshot that the log was reset to.
   *
   * @throws {Error} when entries are missing: a node that forgot them must not go on.
   */
  replay({ first, entries }: Saved<WalEntry, SavedSnapshot>): void {
    this.#end = first
    for (const record of entries) {
      if (record.type === 'vote') {
        this.#term = record.term
        this.#votedFor = record.votedFor ?? undefined
      } else if (record.index > this.#log.base) {
        if (record.index > this.#log.last + 1) throw gap(record.index, this.#log.last)
        this.#log.cutAfter(asIndex(record.index - 1))
        this.#log.append(record, this.#end)
      }
      this.#end++
    }
    this.#log.synced(this.#end - 1)
  }

  /** Writes another term and vote down, and returns where they stand. */
  adopt(term: Term, votedFor: NodeId | undefined): number {
    this.#term = term
    this.#votedFor = votedFor
    return this.writeVote()
  }

  /** Writes term and vote down once more, and returns where they stand. */
  writeVote(): number {
    return this.#write({ type: 'vote', term: this.#term, votedFor: this.#votedFor ?? null })
  }

  /** Puts an entry at the end of the log, and writes it down. */
  append(entry: Entry): void {
    this.#log.append(entry, this.#write(entry))
  }

  #write(record: WalEntry): number {
    const position = this.#disk.append(record)
    this.#end = position + 1
    return position
  }
}

function gap(found: LogIndex, last: LogIndex): Error {
  const text = `the disk holds entry ${found} behind entry ${last}: what stood between is lost`
  return new Error(`${text}, so this node must be replaced by one with an empty disk`)
}
