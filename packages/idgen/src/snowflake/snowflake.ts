/**
 * Snowflake ids (Twitter, 2010): a time, the worker that made the id, and a number within that tick, in 63 bits.
 *
 * Ids of one worker are unique because the place of the last one is remembered, whatever the clock does (`ticks.ts`),
 * and over restarts by a high-water mark (`mark-keeper.ts`). Ids of several workers are unique because no two have the
 * same worker id at the same time, which is for the caller to see to, or for a lease.
 */
import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import { checkBatch, type NextOptions, type SyncIdGenerator } from '../generator.ts'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock, systemRandomness } from '../platform.ts'
import type { Randomness } from '../randomness.ts'
import { throwIfAborted } from '../signal.ts'
import type { WorkerLease } from '../worker-lease.ts'
import { aheadTicksMax, type ClockBack } from './clock-back.ts'
import type { SnowflakeForms } from './forms.ts'
import { type LayoutOptions, SnowflakeLayout } from './layout.ts'
import { MarkKeeper, type MarkMemory } from './mark-keeper.ts'
import { Pace } from './pace.ts'
import { type SnowflakeRules, sound } from './rules.ts'
import { Ticks } from './ticks.ts'
import { Words } from './words.ts'
import { type Writers, writersOf } from './writers.ts'
import { Written } from './written.ts'

/** Who makes ids, and how. */
export interface SnowflakeOptions {
  /** A number that no other generator has at the same time, or a lease that sees to it. */
  readonly worker: number | WorkerLease
  /** 1 + 41 + 10 + 12 bits since 2010-11-04, if not given. */
  readonly layout?: LayoutOptions | SnowflakeLayout
  /** What happens when the clock goes back; `wait` if not given. */
  readonly clockBack?: ClockBack
  /** A clock that is behind by so little is waited for, whatever the policy; 5 if not given. Ids that borrow never wait for it. */
  readonly smallStepMs?: Milliseconds
  /** So long `next` waits for the clock at most; 10,000 if not given. With the policy `throw` it is `smallStepMs`. */
  readonly waitMaxMs?: Milliseconds
  /** A tick's sequence begins at a random number from 0 to this, so that ids of quiet times spread over shards; 0 if not given. */
  readonly randomStartMax?: number
  /** This machine's clock if not given. */
  readonly clock?: Clock
  /** The platform's secure source if not given. It is used for `randomStartMax` only. */
  readonly randomness?: Randomness
  readonly observer?: IdObserver
  /** Those that are not given are as they must be; a lab breaks one of them. */
  readonly rules?: Partial<SnowflakeRules>
}

/** What a generator needs that remembers over restarts. */
export interface OpenSnowflakeOptions extends SnowflakeOptions {
  /** Where the mark of this worker is kept; that of the lease if not given. */
  readonly mark?: HighWaterMark
  /** How far ahead of the ids the mark is saved: so long a restart after a crash may have to wait. 1000 if not given. */
  readonly markAheadMs?: Milliseconds
}

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
    const { worker, clock = systemClock, observer } = options
    const { clockBack = { policy: 'wait' }, smallStepMs = 5, waitMaxMs = 10_000 } = options
    const lease = typeof worker === 'number' ? undefined : worker
    if (lease?.mark !== undefined && memory === undefined) {
      const text = 'the lease of this worker id has a mark: use Snowflake.open, which keeps it'
      throw new IdError('invalid-option', text)
    }
    if (lease !== undefined && clockBack.policy === 'borrow' && memory === undefined) {
      const text =
        'ids that borrow may be ahead of the next holder of this worker id: open the generator with a mark'
      throw new IdError('invalid-option', text)
    }
    this.layout = layoutOf(options.layout)
    this.#keeper = memory?.keeper
    this.#ticks = new Ticks({
      layout: this.layout,
      workerId: within(
        'the worker id',
        lease?.workerId ?? (worker as number),
        this.layout.workerMax,
      ),
      lease,
      clock,
      randomness: options.randomness ?? systemRandomness,
      policy: clockBack.policy,
      aheadTicksMax: aheadTicksMax(clockBack, this.layout),
      randomStartMax: within(
        'randomStartMax',
        options.randomStartMax ?? 0,
        this.layout.sequenceMax,
      ),
      keeper: this.#keeper,
      usedUntilMs: memory?.loadedMs,
      observer,
      rules: { ...sound, ...options.rules },
    })
    const patience = {
      smallStepMs,
      waitMaxMs: clockBack.policy === 'throw' ? smallStepMs : waitMaxMs,
    }
    this.#pace = new Pace(this.#ticks, { clock, keeper: this.#keeper }, patience, observer)
    this.#words = new Words(this.#ticks)
    this.#writers = writersOf(this.#ticks, this.#words)
  }

  /**
   * For a worker that remembers over restarts: loads the mark of its last life, and keeps one ahead of its ids.
   *
   * @throws {IdError} `invalid-layout`, `invalid-option`, or `unavailable` where the mark cannot be kept.
   */
  static async open(options: OpenSnowflakeOptions): Promise<Snowflake> {
    const { worker, clock = systemClock, observer, markAheadMs = 1000 } = options
    const mark = options.mark ?? (typeof worker === 'number' ? undefined : worker.mark)
    const { tickMs } = layoutOf(options.layout)
    if (mark === undefined)
      throw new IdError('invalid-option', 'to open a generator give it a mark')
    if (!(markAheadMs >= tickMs * 8)) {
      throw new IdError('invalid-option', `markAheadMs is ${tickMs * 8} at least: eight ticks`)
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

function layoutOf(options: LayoutOptions | SnowflakeLayout = {}): SnowflakeLayout {
  return options instanceof SnowflakeLayout ? options : new SnowflakeLayout(options)
}

function within(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new IdError('invalid-option', `${name} is a whole number from 0 to ${most}, not ${value}`)
}
