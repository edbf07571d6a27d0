import type { Context, Message, NodeId, Process, Saved } from '@lockstep/process'
import { IndexPages } from './index-pages.ts'
import type {
  FloorReply,
  FloorRequest,
  Inserted,
  InsertKeys,
  SegmentTaken,
  TakeSegment,
} from './messages.ts'

/** A floor of a counter; `bound` is a whole number in decimal. */
interface Floor {
  readonly era: number
  readonly bound: string
}

/** What stands on the database's disk: the newest row of each tag and of each name counts. */
export type DatabaseEntry =
  /** `end` is the first id of the tag that is not taken. */
  | { readonly type: 'tag'; readonly tag: string; readonly end: number }
  | ({ readonly type: 'floor'; readonly name: string } & Floor)
  | { readonly type: 'keys'; readonly index: string; readonly keys: readonly string[] }

/** The decisions of the database on which it rests that no segment and no number of a counter is given twice. */
export interface DatabaseRules {
  /** Up to where a counter may have given ids, as who begins an era behind that is told. */
  boundToTell(bound: string): string
  /** When it answers: once it would remember after a crash, or at once. */
  whenToAnswer(): 'synced' | 'now'
}

export const soundDatabase: DatabaseRules = {
  boundToTell: (bound) => bound,
  whenToAnswer: () => 'synced',
}

/** A database that counts the ids of each tag and keeps floors, in transactions that are durable when they are answered. */
export class Database implements Process<Message, DatabaseEntry> {
  readonly #context: Context<Message, DatabaseEntry>
  readonly #step: number
  readonly #rules: DatabaseRules
  readonly #ends = new Map<string, number>()
  readonly #floors = new Map<string, Floor>()
  readonly #indexes = new Map<string, IndexPages>()

  constructor(context: Context<Message, DatabaseEntry>, step: number, rules: DatabaseRules) {
    this.#context = context
    this.#step = step
    this.#rules = rules
  }

  start({ entries }: Saved<DatabaseEntry, unknown>): void {
    for (const entry of entries) this.#apply(entry)
  }

  receive(from: NodeId, message: Message): void {
    const request = message as TakeSegment | FloorRequest | InsertKeys
    switch (request.type) {
      case 'TakeSegment':
        return this.#take(from, request)
      case 'InsertKeys': {
        const { id: re, index, keys } = request
        const cost = this.#indexOf(index).insert(keys)
        this.#context.append({ type: 'keys', index, keys })
        return this.#answer(from, { type: 'Inserted', re, cost })
      }
      case 'BeginEra': {
        const { id: re, name } = request
        const { era, bound } = this.#floorOf(name)
        this.#write({ type: 'floor', name, era: era + 1, bound })
        const told = this.#rules.boundToTell(bound)
        return this.#answer(from, { type: 'EraBegun', re, era: era + 1, bound: told })
      }
      case 'RaiseFloor': {
        const { id: re, name, era, bound } = request
        const floor = this.#floorOf(name)
        const isRaised = floor.era === era
        const isHigher = BigInt(bound) > BigInt(floor.bound)
        if (isRaised && isHigher) this.#write({ type: 'floor', name, era, bound })
        return this.#answer(from, { type: 'FloorRaised', re, isRaised })
      }
      default:
        return undefined
    }
  }

  timeout(): void {
    // It sets none.
  }

  view(): DatabaseView {
    return { is: 'database', taken: Object.fromEntries(this.#ends) }
  }

  #take(from: NodeId, { id, tag, size = this.#step }: TakeSegment): void {
    const first = this.#ends.get(tag) ?? 1
    const end = first + size
    this.#write({ type: 'tag', tag, end })
    this.#answer(from, { type: 'SegmentTaken', re: id, first, end, step: this.#step })
  }

  #floorOf(name: string): Floor {
    return this.#floors.get(name) ?? { era: 0, bound: '0' }
  }

  #indexOf(name: string): IndexPages {
    const index = this.#indexes.get(name) ?? new IndexPages()
    this.#indexes.set(name, index)
    return index
  }

  #write(entry: DatabaseEntry): void {
    this.#apply(entry)
    this.#context.append(entry)
  }

  #apply(entry: DatabaseEntry): void {
    if (entry.type === 'tag') this.#ends.set(entry.tag, entry.end)
    else if (entry.type === 'floor') this.#floors.set(entry.name, entry)
    else this.#indexOf(entry.index).insert(entry.keys)
  }

  #answer(to: NodeId, answer: SegmentTaken | FloorReply | Inserted): void {
    if (this.#rules.whenToAnswer() === 'synced') this.#context.sendOnceSynced(to, answer)
    else this.#context.send(to, answer)
  }
}

/** How the database stands, for people: up to where the ids of each tag are taken. */
export interface DatabaseView {
  readonly is: 'database'
  readonly taken: Readonly<Record<string, number>>
}
