import type { Context, Message, NodeId, Process, Saved } from '@lockstep/process'
import type { SegmentTaken, TakeSegment } from './messages.ts'

/** What stands on the database's disk: up to where the ids of a tag are taken. */
export interface TagEntry {
  readonly tag: string
  /** The first id that is not taken. */
  readonly end: number
}

/** The decision of the database on which it rests that no segment is given twice. */
export interface DatabaseRules {
  /** When it answers: once it would remember after a crash, or at once. */
  whenToAnswer(): 'synced' | 'now'
}

export const soundDatabase: DatabaseRules = { whenToAnswer: () => 'synced' }

/** A database that counts the ids of each tag, in transactions that are durable when they are answered. */
export class Database implements Process<Message, TagEntry> {
  readonly #context: Context<Message, TagEntry>
  readonly #step: number
  readonly #rules: DatabaseRules
  readonly #ends = new Map<string, number>()

  constructor(context: Context<Message, TagEntry>, step: number, rules: DatabaseRules) {
    this.#context = context
    this.#step = step
    this.#rules = rules
  }

  start({ entries }: Saved<TagEntry, unknown>): void {
    for (const { tag, end } of entries) this.#ends.set(tag, end)
  }

  receive(from: NodeId, message: Message): void {
    if (message.type !== 'TakeSegment') return
    const { id, tag, size = this.#step } = message as TakeSegment
    const first = this.#ends.get(tag) ?? 1
    const end = first + size
    this.#ends.set(tag, end)
    this.#context.append({ tag, end })
    const taken: SegmentTaken = { type: 'SegmentTaken', re: id, first, end, step: this.#step }
    if (this.#rules.whenToAnswer() === 'synced') this.#context.sendOnceSynced(from, taken)
    else this.#context.send(from, taken)
  }

  timeout(): void {
    // It sets none.
  }

  view(): DatabaseView {
    return { is: 'database', taken: Object.fromEntries(this.#ends) }
  }
}

/** How the database stands, for people: up to where the ids of each tag are taken. */
export interface DatabaseView {
  readonly is: 'database'
  readonly taken: Readonly<Record<string, number>>
}
