import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock, systemRandomness } from '../platform.ts'
import type { Randomness } from '../randomness.ts'
import type { WorkerLease } from '../worker-lease.ts'
import { aheadTicksMax, type ClockBack } from './clock-back.ts'
import { type LayoutOptions, SnowflakeLayout } from './layout.ts'
import type { Patience } from './pace.ts'
import { type SnowflakeRules, sound } from './rules.ts'

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

/** Options that were looked at, and what stands for those that were not given. */
export interface SnowflakeSettings {
  readonly layout: SnowflakeLayout
  readonly workerId: number
  readonly lease: WorkerLease | undefined
  readonly clockBack: ClockBack
  /** How many ticks ids may be ahead of the clock: none where they do not borrow. */
  readonly aheadTicksMax: number
  readonly patience: Patience
  readonly randomStartMax: number
  readonly clock: Clock
  readonly randomness: Randomness
  readonly observer: IdObserver | undefined
  readonly rules: SnowflakeRules
}

/**
 * Looks at options.
 *
 * @throws {IdError} `invalid-layout` or `invalid-option`.
 */
export function settingsOf(options: SnowflakeOptions): SnowflakeSettings {
  const { worker, clockBack = { policy: 'wait' } } = options
  const layout =
    options.layout instanceof SnowflakeLayout ? options.layout : new SnowflakeLayout(options.layout)
  const lease = typeof worker === 'number' ? undefined : worker
  const workerId = typeof worker === 'number' ? worker : worker.workerId
  const smallStepMs = duration('smallStepMs', options.smallStepMs ?? 5)
  const waitMaxMs = duration('waitMaxMs', options.waitMaxMs ?? 10_000)
  return {
    layout,
    workerId: within('the worker id', workerId, layout.workerMax),
    lease,
    clockBack,
    aheadTicksMax: aheadTicksMax(clockBack, layout),
    patience: { smallStepMs, waitMaxMs: clockBack.policy === 'throw' ? smallStepMs : waitMaxMs },
    randomStartMax: within('randomStartMax', options.randomStartMax ?? 0, layout.sequenceMax),
    clock: options.clock ?? systemClock,
    randomness: options.randomness ?? systemRandomness,
    observer: options.observer,
    rules: { ...sound, ...options.rules },
  }
}

function within(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value
  throw new IdError('invalid-option', `${name} is a whole number from 0 to ${most}, not ${value}`)
}

function duration(name: string, ms: Milliseconds): Milliseconds {
  if (ms >= 0) return ms
  throw new IdError('invalid-option', `${name} is a number of milliseconds from 0, not ${ms}`)
}
