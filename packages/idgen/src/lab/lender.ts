import type { Context, Message, Milliseconds, NodeId, Process, Saved } from '@lockstep/process'
import type { LenderReply, LenderRequest } from './messages.ts'

/** What stands on the lender's disk: the newest entry of a worker id counts. */
export interface LoanEntry {
  readonly workerId: number
  readonly token: number
  readonly holder: string
  readonly ttlMs: Milliseconds
  /** Whether it was given back. */
  readonly over: boolean
  readonly markMs: Milliseconds | null
}

/** A loan, as the lender sees it. */
interface Lent extends LoanEntry {
  /** By the `elapsed` of this life. */
  readonly untilMs: Milliseconds
}

/** The end of a loan that was given back: before all times. */
const ended = Number.NEGATIVE_INFINITY

/** The decisions of the lender on which it rests that no two hold one worker id. */
export interface LenderRules {
  /** Whether a worker id may be lent that was lent until some time. */
  mayLend(untilMs: Milliseconds, nowMs: Milliseconds): boolean
  /** Until when a loan lasts that a former life made: that one's clock is not known any more. */
  untilAfterRestart(nowMs: Milliseconds, ttlMs: Milliseconds): Milliseconds
  /** Which mark counts: marks of one worker id only rise. */
  newerMark(known: Milliseconds | null, saved: Milliseconds): Milliseconds
}

export const soundLender: LenderRules = {
  mayLend: (untilMs, nowMs) => untilMs < nowMs,
  untilAfterRestart: (nowMs, ttlMs) => nowMs + ttlMs,
  newerMark: (known, saved) => Math.max(known ?? saved, saved),
}

/** A coordination service of one node: it lends worker ids for a time, and remembers it on its disk. */
export class Lender implements Process<Message, LoanEntry> {
  readonly #context: Context<Message, LoanEntry>
  readonly #workers: number
  readonly #rules: LenderRules
  readonly #lent = new Map<number, Lent>()
  #tokens = 0

  constructor(context: Context<Message, LoanEntry>, workers: number, rules: LenderRules) {
    this.#context = context
    this.#workers = workers
    this.#rules = rules
  }

  start({ entries }: Saved<LoanEntry, unknown>): void {
    const now = this.#context.elapsed()
    for (const entry of entries) {
      const untilMs = entry.over ? ended : this.#rules.untilAfterRestart(now, entry.ttlMs)
      this.#lent.set(entry.workerId, { ...entry, untilMs })
      this.#tokens = Math.max(this.#tokens, entry.token)
    }
  }

  receive(from: NodeId, message: Message): void {
    const request = message as LenderRequest
    switch (request.type) {
      case 'Lend':
        return this.#lend(from, request)
      case 'Renew': {
        const { ttlMs } = request
        const untilMs = this.#context.elapsed() + ttlMs
        return this.#change(from, request, (lent) => ({ ...lent, ttlMs, untilMs }))
      }
      case 'Release':
        return this.#change(from, request, (lent) => ({ ...lent, over: true, untilMs: ended }))
      case 'SaveMark':
        return this.#change(from, request, (lent) => ({
          ...lent,
          markMs: this.#rules.newerMark(lent.markMs, request.markMs),
        }))
      default:
        return undefined
    }
  }

  timeout(): void {
    // It sets none: a loan ends when somebody asks and its time is over.
  }

  view(): LenderView {
    const now = this.#context.elapsed()
    const loans = [...this.#lent.values()].filter(({ untilMs }) => untilMs >= now)
    return {
      is: 'lender',
      loans: loans.map(({ workerId, holder, untilMs }) => ({
        workerId,
        holder,
        leftMs: untilMs - now,
      })),
    }
  }

  #lend(from: NodeId, { id, holder, ttlMs }: Extract<LenderRequest, { type: 'Lend' }>): void {
    const now = this.#context.elapsed()
    for (let workerId = 0; workerId < this.#workers; workerId++) {
      const lent = this.#lent.get(workerId)
      if (lent !== undefined && !this.#rules.mayLend(lent.untilMs, now)) continue
      const markMs = lent?.markMs ?? null
      const token = ++this.#tokens
      const untilMs = now + ttlMs
      this.#write({ workerId, token, holder, ttlMs, over: false, markMs, untilMs })
      this.#context.mark('lent a worker id', { workerId, holder })
      return this.#reply(from, { type: 'Lent', re: id, workerId, token, markMs })
    }
    this.#reply(from, { type: 'AllLent', re: id })
  }

  /** Changes a loan, if it is still the asker's. */
  #change(
    from: NodeId,
    request: Exclude<LenderRequest, { type: 'Lend' }>,
    changed: (lent: Lent) => Lent,
  ): void {
    const { id, workerId, token } = request
    const lent = this.#lent.get(workerId)
    const isOurs = lent?.token === token && lent.untilMs >= this.#context.elapsed()
    if (isOurs) this.#write(changed(lent))
    this.#reply(from, { type: 'Kept', re: id, isOurs })
  }

  #write(lent: Lent): void {
    const { untilMs: _, ...entry } = lent
    this.#lent.set(lent.workerId, lent)
    this.#context.append(entry)
  }

  #reply(to: NodeId, reply: LenderReply): void {
    this.#context.sendOnceSynced(to, reply)
  }
}

/** How the lender stands, for people. */
export interface LenderView {
  readonly is: 'lender'
  readonly loans: readonly {
    readonly workerId: number
    readonly holder: string
    readonly leftMs: Milliseconds
  }[]
}
