import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import { systemClock } from '../platform.ts'
import { Ending } from '../signal.ts'
import type { WorkerLease } from '../worker-lease.ts'
import { type LeaseRules, soundLease } from './rules.ts'
import type { LentWorker, WorkerLeases } from './worker-leases.ts'

/** Whom to lease from. */
export interface LeasedWorkerOptions {
  readonly leases: WorkerLeases
  /** Its `elapsed` measures the lease. The system's unless told otherwise. */
  readonly clock?: Clock
  /** As they must be, if not given; a lab breaks them. */
  readonly rules?: LeaseRules
}

/**
 * A leased worker id that is renewed in the background, for `Snowflake.open`. Close the generator
 * first and then this, so that the mark is saved by the holder.
 */
export class LeasedWorker implements WorkerLease {
  readonly workerId: number
  readonly mark: HighWaterMark
  readonly #lent: LentWorker
  readonly #clock: Clock
  readonly #rules: LeaseRules
  readonly #ending = new Ending()
  #heldUntilMs: Milliseconds

  private constructor(
    lent: LentWorker,
    heldUntilMs: Milliseconds,
    { clock = systemClock, rules = soundLease }: LeasedWorkerOptions,
  ) {
    this.workerId = lent.workerId
    this.mark = lent.mark
    this.#lent = lent
    this.#clock = clock
    this.#rules = rules
    this.#heldUntilMs = heldUntilMs
  }

  /** Leases an id. Rejects with `exhausted` if all are held, or what the lender said. */
  static async open(options: LeasedWorkerOptions): Promise<LeasedWorker> {
    const { leases, clock = systemClock, rules = soundLease } = options
    const { asked, lent } = await lentBy(leases, clock)
    const heldUntil = rules.heldUntil(asked, clock.elapsed(), lent.forMs)
    const worker = new LeasedWorker(lent, heldUntil, options)
    void worker.#keepOn()
    return worker
  }

  heldUntilMs(): Milliseconds {
    return this.#heldUntilMs
  }

  /** Gives the id back. It must not be used any more when this is called. */
  async close(): Promise<void> {
    if (this.#ending.aborted) return
    this.#ending.end()
    this.#heldUntilMs = Number.NEGATIVE_INFINITY
    await this.#lent.release()
  }

  /** Renews three times in the life of a lease, and more often while that fails. */
  async #keepOn(): Promise<void> {
    const { forMs } = this.#lent
    const options = { signal: this.#ending, background: true }
    let pauseMs = forMs / 3
    while (!this.#ending.aborted) {
      try {
        await this.#clock.sleep(pauseMs, options)
        if (!(await this.#renew())) return
        pauseMs = forMs / 3
      } catch {
        // Closed, or the lender does not answer: it is asked again, and the lease ends meanwhile.
        pauseMs = forMs / 10
      }
    }
  }

  /** `false` when the lease is over for good. */
  async #renew(): Promise<boolean> {
    const asked = this.#clock.elapsed()
    const isRenewed = await this.#lent.renew()
    if (this.#ending.aborted) return false
    if (isRenewed) {
      const until = this.#rules.heldUntil(asked, this.#clock.elapsed(), this.#lent.forMs)
      this.#heldUntilMs = Math.max(this.#heldUntilMs, until)
    } else {
      this.#heldUntilMs = this.#rules.heldAfterLoss(this.#heldUntilMs)
    }
    return isRenewed
  }
}

/** What was lent, and when it was asked for. A lender that says when it will lend is asked again then. */
async function lentBy(
  leases: WorkerLeases,
  clock: Clock,
): Promise<{ readonly asked: Milliseconds; readonly lent: LentWorker }> {
  for (;;) {
    const asked = clock.elapsed()
    try {
      const lent = await leases.lend()
      if (lent !== undefined) return { asked, lent }
    } catch (error) {
      if (!(error instanceof IdError) || error.retryAfterMs === undefined) throw error
      await clock.sleep(error.retryAfterMs)
      continue
    }
    const text = 'all worker ids are held: have more of them, or wait until a lease expires'
    throw new IdError('exhausted', text)
  }
}
