/**
 * Snowflake ids (Twitter, 2010): a time, the worker that made the id, and a number within that tick, in 63 bits.
 *
 * Ids of one worker are unique because the place of the last one is remembered, whatever the clock does (`ticks.ts`),
 * and over restarts by a high-water mark (`mark-keeper.ts`). Ids of several workers are unique because no two have the
 * same worker id at the same time, which is for the caller to see to, or for a lease.
 */
import { checkBatch, type NextOptions, type SyncIdGenerator } from '../generator.ts'
import { IdError } from '../id-error.ts'
import { throwIfAborted } from '../signal.ts'
import type { WorkerLease } from '../worker-lease.ts'
import type { ClockBack } from './clock-back.ts'
import type { SnowflakeForms } from './forms.ts'
import type { SnowflakeLayout } from './layout.ts'
import { MarkKeeper, type MarkMemory } from './mark-keeper.ts'
import { type OpenSnowflakeOptions, settingsOf, type SnowflakeOptions } from './options.ts'
import { Pace } from './pace.ts'
import { Ticks } from './ticks.ts'
import { Words } from './words.ts'
import { type Writers, writersOf } from './writers.ts'
import { Written } from './written.ts'

/** Makes ids of 63 bits, ordered by time, without asking anybody. */
export class Snowflake implements SyncIdGenerator<bigint> {
  readonly layout: SnowflakeLayout
  readonly #ticks: Ticks
  readonly #pace: Pace
  readonly #keeper: MarkKeeper | undefined
  readonly #words: Words
  readonly #writers: Writers

  /**
   * For a worker that need not remember over restarts, since its id is never used again or its clock never goes back
   * by more than a restart takes. A `memory` comes with `open`.
   *
   * @throws {IdError} `invalid-layout` or `invalid-option`.
   */
  constructor(options: SnowflakeOptions, memory?: MarkMemory) {
    const settings = settingsOf(options)
    const { clock, observer, lease } = settings
    if (lease !== undefined && memory === undefined) mayDoWithoutMark(lease, settings.clockBack)
    this.layout = settings.layout
    this.#keeper = memory?.keeper
    this.#ticks = new Ticks(settings, memory)
    this.#pace = new Pace(this.#ticks, { clock, keeper: this.#keeper }, settings.patience, observer)
    this.#words = new Words(this.#ticks)
    this.#writers = writersOf(this.#ticks, this.#words)
  }

  /**
   * For a worker that remembers over restarts: loads the mark of its last life, and keeps one ahead of its ids.
   *
   * @throws {IdError} `invalid-layout`, `invalid-option`, or `unavailable` where the mark cannot be kept.
   */
  static async open(options: OpenSnowflakeOptions): Promise<Snowflake> {
    const { clock, observer, lease, layout } = settingsOf(options)
    const { mark = lease?.mark, markAheadMs = 1000 } = options
    if (mark === undefined) {
      throw new IdError('invalid-option', 'to open a generator give it a mark')
    }
    if (!(markAheadMs >= layout.tickMs * 8)) {
      throw new IdError(
        'invalid-option',
        `markAheadMs is ${layout.tickMs * 8} at least: eight ticks`,
      )
    }
    const memory = await MarkKeeper.open({ mark, clock, aheadMs: markAheadMs, observer })
    return new Snowflake(options, memory)
  }

  nextSync(): bigint {
    this.#pace.claim()
    return this.#words.id()
  }

  next(options?: NextOptions): Promise<bigint> {
    return this.#pace.next(() => this.#words.id(), options)
  }

  async nextBatch(count: number, options?: NextOptions): Promise<readonly bigint[]> {
    checkBatch(count)
    const ids = new BigUint64Array(count)
    await this.nextInto(ids, options)
    return [...ids]
  }

  /**
   * Fills an array from its start with as many ids as are to be had now, and says how many.
   *
   * @throws {IdError} where there is none and waiting would not help.
   */
  nextIntoSync(ids: BigUint64Array): number {
    return this.#fillFrom(ids, 0, false)
  }

  /**
   * Fills all of an array, and waits for that where it must.
   *
   * @throws {IdError} as `next`.
   */
  async nextInto(ids: BigUint64Array, { signal }: NextOptions = {}): Promise<void> {
    throwIfAborted(signal)
    for (let filled = this.#fillFrom(ids, 0, true); filled < ids.length; ) {
      await this.#pace.wait(signal)
      filled = this.#fillFrom(ids, filled, true)
    }
  }

  /** The same generator, whose ids come in another form. What one of them gives none of the others gives. */
  as<Name extends keyof SnowflakeForms>(form: Name): SyncIdGenerator<SnowflakeForms[Name]> {
    return new Written(this.#pace, this.#writers[form]())
  }

  /**
   * Makes no more ids, and leaves a mark by which the next life need not wait.
   *
   * @throws {IdError} `unavailable` where that could not be saved; the next life then waits for some moments.
   */
  async close(): Promise<void> {
    const untilMs = this.#ticks.close()
    await this.#keeper?.close(untilMs)
  }

  #fillFrom(ids: BigUint64Array, from: number, patiently: boolean): number {
    let at = from
    while (at < ids.length && this.#pace.tryClaim(patiently)) {
      const first = this.#ticks.sequence
      const count = 1 + this.#ticks.claimMore(ids.length - at - 1)
      this.#words.write(ids, at, first, count)
      at += count
    }
    return at
  }
}

/** A generator without a mark must not hide from the next holder of its worker id how far it went. */
function mayDoWithoutMark({ mark }: WorkerLease, { policy }: ClockBack): void {
  if (mark !== undefined) {
    const text = 'the lease of this worker id has a mark: use Snowflake.open, which keeps it'
    throw new IdError('invalid-option', text)
  }
  if (policy === 'borrow') {
    const text =
      'ids that borrow may be ahead of the next holder of this worker id: open the generator with a mark'
    throw new IdError('invalid-option', text)
  }
}
