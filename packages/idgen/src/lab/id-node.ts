/** A node that gives ids: the generators of this package, in a process, over the lab's network. */
import {
  type Context,
  type Message,
  type Milliseconds,
  type NodeId,
  type Process,
  ProcessPort,
  type Saved,
} from '@lockstep/process'
import type { Clock } from '../clock.ts'
import type { IdGenerator } from '../generator.ts'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import type { Randomness } from '../randomness.ts'
import { RedisSequence } from '../redis/redis-sequence.ts'
import { SegmentIds } from '../segment/segment-ids.ts'
import type { ClockBack } from '../snowflake/clock-back.ts'
import type { LayoutOptions } from '../snowflake/layout.ts'
import { Snowflake } from '../snowflake/snowflake.ts'
import { UuidV4 } from '../uuid/v4.ts'
import { UuidV7 } from '../uuid/v7.ts'
import { LeasedWorker } from '../worker/leased-worker.ts'
import type { IdLabConfig } from './config.ts'
import type { LabRules } from './flaws.ts'
import { refusals, waits } from './marks.ts'
import type { Given, IdKind, Insert, Inserted, Next, NextReply } from './messages.ts'
import { insertKeys, RemoteFloor, RemoteLeases, RemoteRedis, RemoteStore } from './remote.ts'

/** What stands on a node's disk: the mark of its worker id, where that is its own. */
export interface MarkEntry {
  readonly markMs: Milliseconds
}

/** A generator that is open, with the lease that it rests on. */
interface Opened {
  readonly ids: Snowflake
  readonly workerId: number
  readonly lease: LeasedWorker | undefined
}

/** How long a node waits before it asks for a worker id again. */
const againMs: Milliseconds = 100
/** So far ahead of a counter its floor is raised. */
const counterAhead = 50
/** So many of the last answers are shown. */
const shownMax = 12

export class IdNode implements Process<Message, MarkEntry> {
  readonly leavesPromises = true
  readonly #context: Context<Message, MarkEntry>
  readonly #config: IdLabConfig
  readonly #rules: LabRules
  readonly #port: ProcessPort
  readonly #own: number
  readonly #segment: SegmentIds
  readonly #counter: RedisSequence
  readonly #v4: UuidV4
  readonly #v7: UuidV7
  readonly #observer: IdObserver
  #snowflake: Promise<Opened> | undefined
  #opened: Opened | undefined
  #markMs: Milliseconds | undefined
  /** The answers under way, with the earliest and the latest time that the clock showed meanwhile. */
  readonly #reading = new Set<{ fromMs: Milliseconds; toMs: Milliseconds }>()
  readonly #clock: Clock
  #serial = 0
  #given: Given[] = []

  /** `own` is the worker id of a node that leases none. */
  constructor(
    context: Context<Message, MarkEntry>,
    own: number,
    config: IdLabConfig,
    rules: LabRules,
  ) {
    this.#context = context
    this.#own = own
    this.#config = config
    this.#rules = rules
    const port = new ProcessPort(context)
    this.#port = port
    this.#clock = {
      wall: () => this.#wall(),
      elapsed: () => port.elapsed(),
      sleep: (after, options) => port.sleep(after, options),
    }
    this.#observer = {
      waited: (_, why) => context.mark(waits[why]),
      refused: (code) => this.#refused(code),
    }
    const randomness = randomnessOf(context)
    this.#segment = new SegmentIds({
      tag: 'orders',
      store: new RemoteStore(this.#port, config.step),
      clock: this.#port,
      randomness,
      observer: { loaded: () => context.mark('loaded a segment') },
      rules: rules.segment,
    })
    this.#v4 = new UuidV4({ randomness })
    this.#v7 = new UuidV7({ clock: port, randomness })
    this.#counter = new RedisSequence({
      redis: new RemoteRedis(port),
      floor: new RemoteFloor(port),
      name: 'orders',
      ahead: counterAhead,
      clock: port,
    })
  }

  start({ entries }: Saved<MarkEntry, unknown>): void {
    this.#markMs = entries.at(-1)?.markMs
    void this.#open().catch(() => undefined)
  }

  receive(from: NodeId, message: Message): void {
    if (this.#port.received(from, message)) return
    if (message.type === 'Next') void this.#answer(from, message as Next)
    if (message.type === 'Insert') void this.#insert(from, message as Insert)
  }

  timeout(timer: string): void {
    this.#port.timedOut(timer)
  }

  synced(position: number): void {
    this.#port.reached(position)
  }

  view(): IdNodeView {
    return {
      is: 'node',
      workerId: this.#opened?.workerId ?? null,
      held: this.#segment.held,
      given: this.#given,
    }
  }

  async #answer(from: NodeId, { id: re, kind, count }: Next): Promise<void> {
    this.#context.send(from, await this.#reply(re, kind, count))
  }

  /** Says nothing where the database does not: whether the keys were inserted is not known then. */
  async #insert(from: NodeId, { id: re, version, count }: Insert): Promise<void> {
    const ids = version === 4 ? this.#v4 : this.#v7
    const cost = await insertKeys(this.#port, `v${version}`, await ids.nextBatch(count))
    if (cost === undefined) return
    const inserted: Inserted = { type: 'Inserted', re, cost }
    this.#context.send(from, inserted)
  }

  async #reply(re: number, kind: IdKind, count: number): Promise<NextReply> {
    const now = this.#context.wall()
    const times = { fromMs: now, toMs: now }
    this.#reading.add(times)
    try {
      const known = kind === 'snowflake' ? await this.#open() : { ids: this.#shared(kind) }
      const generator: IdGenerator<bigint> = known.ids
      const ids = (await generator.nextBatch(count)).map(String)
      const of = 'workerId' in known ? this.#saying(known.workerId) : {}
      const made = { ids, node: this.#context.id, life: this.#context.incarnation, ...of }
      const given: Given = { type: 'ids', kind, serial: ++this.#serial, ...made, ...times }
      this.#given = [...this.#given.slice(1 - shownMax), given]
      return { type: 'Ids', re, given }
    } catch (error) {
      if (!(error instanceof IdError)) throw error
      if (error.code === 'lease-lost') this.#lost()
      else this.#refused(error.code)
      return { type: 'NoIds', re, code: error.code, text: error.message }
    } finally {
      this.#reading.delete(times)
    }
  }

  #shared(kind: Exclude<IdKind, 'snowflake'>): IdGenerator<bigint> {
    return kind === 'segment' ? this.#segment : this.#counter
  }

  #wall(): Milliseconds {
    const now = this.#context.wall()
    for (const times of this.#reading) {
      times.fromMs = Math.min(times.fromMs, now)
      times.toMs = Math.max(times.toMs, now)
    }
    return now
  }

  /** What Snowflake ids say, and how truly. */
  #saying(workerId: number): Partial<Given> {
    const { aheadMaxMs, clockBack } = this.#config
    return {
      workerId,
      layout: this.#layout,
      aheadMs: clockBack === 'borrow' ? aheadMaxMs : 0,
      goesBack: clockBack === 'reserve',
    }
  }

  get #layout(): LayoutOptions {
    const { turnBits, workerBits, sequenceBits } = this.#config
    return { turnBits, workerBits, sequenceBits }
  }

  /** The generator of Snowflake ids, which needs a worker id first. */
  #open(): Promise<Opened> {
    this.#snowflake ??= this.#openSnowflake().catch((error: unknown) => {
      this.#snowflake = undefined
      throw error
    })
    return this.#snowflake
  }

  async #openSnowflake(): Promise<Opened> {
    const { smallStepMs, waitMaxMs, markAheadMs } = this.#config
    const lease = this.#config.workerIds === 'own' ? undefined : await this.#lease()
    const worker = lease ?? this.#own
    const workerId = typeof worker === 'number' ? worker : worker.workerId
    const opening = Snowflake.open({
      worker,
      mark: lease?.mark ?? this.#ownMark(),
      layout: this.#layout,
      clockBack: this.#clockBack(),
      clock: this.#clock,
      observer: this.#observer,
      rules: this.#rules.snowflake,
      smallStepMs,
      waitMaxMs,
      markAheadMs,
    })
    const ids = await opening.catch((error: unknown) => {
      // A worker id that is of no use is not kept from the others.
      giveBack(lease)
      throw error
    })
    this.#opened = { ids, workerId, lease }
    this.#context.mark('has a worker id', { workerId })
    return this.#opened
  }

  #lease(): Promise<LeasedWorker> {
    return LeasedWorker.open({
      leases: new RemoteLeases(this.#port, this.#config),
      clock: this.#port,
      rules: this.#rules.lease,
    })
  }

  /** The worker id is not ours any more: the next caller, or a moment, gets another one. */
  #lost(): void {
    const open = this.#opened
    if (open === undefined) return
    this.#opened = undefined
    this.#snowflake = undefined
    const { ids, workerId, lease } = open
    this.#context.mark('lost its worker id', { workerId })
    void ids.close().catch(() => undefined)
    giveBack(lease)
    void this.#port.sleep(againMs).then(() => this.#open().catch(() => undefined))
  }

  #ownMark(): HighWaterMark {
    return {
      load: () => Promise.resolve(this.#markMs),
      save: (markMs) => this.#port.synced(this.#context.append({ markMs })),
    }
  }

  #clockBack(): ClockBack {
    const { clockBack, aheadMaxMs } = this.#config
    return clockBack === 'borrow' ? { policy: 'borrow', aheadMaxMs } : { policy: clockBack }
  }

  #refused(code: IdError['code']): void {
    const mark = refusals[code]
    if (mark !== undefined) this.#context.mark(mark)
  }
}

/** Where the lender does not hear of it, the lease ends by itself. */
function giveBack(lease: LeasedWorker | undefined): void {
  void lease?.close().catch(() => undefined)
}

/** How a node stands, for people. */
export interface IdNodeView {
  readonly is: 'node'
  readonly workerId: number | null
  /** How many ids of segments it has in memory. */
  readonly held: number
  /** What it gave last. */
  readonly given: readonly Given[]
}

/** Bytes of the run's own draws: a run must be the same again. */
function randomnessOf(context: Pick<Context, 'random'>): Randomness {
  return {
    draw(bytes) {
      for (let at = 0; at < bytes.length; at++)
        bytes[at] = Math.floor(context.random('bytes') * 256)
    },
  }
}
