import type { Clock } from '../../src/clock.ts'
import { IdError } from '../../src/id-error.ts'
import { leaseLost } from '../../src/worker/lease-settings.ts'
import type { LentWorker, WorkerLeases } from '../../src/worker/worker-leases.ts'

interface Row {
  holder: number
  untilMs: number
  mark: number | undefined
}

/** A lender on virtual time that can be slow on either way, or down. */
export class SimLeases implements WorkerLeases {
  isDown = false
  askingMs = 1
  answeringMs = 1
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #rows: Row[]
  #holders = 0

  constructor(clock: Clock, workers: number, leaseMs: number) {
    this.#clock = clock
    this.#leaseMs = leaseMs
    this.#rows = Array.from({ length: workers }, () => ({ holder: 0, untilMs: 0, mark: undefined }))
  }

  async lend(): Promise<LentWorker | undefined> {
    const holder = ++this.#holders
    const workerId = await this.#asked(() => {
      const free = this.#rows.findIndex(({ untilMs }) => untilMs <= this.#clock.elapsed())
      this.#hold(free, holder)
      return free
    })
    return workerId === -1 ? undefined : this.#lent(workerId, holder)
  }

  #lent(workerId: number, holder: number): LentWorker {
    const row = this.#rows[workerId] as Row
    return {
      workerId,
      forMs: this.#leaseMs,
      renew: () =>
        this.#asked(() => {
          if (row.holder !== holder) return false
          this.#hold(workerId, holder)
          return true
        }),
      release: () =>
        this.#asked(() => {
          if (row.holder === holder) row.untilMs = 0
        }),
      mark: {
        load: () => this.#asked(() => row.mark),
        save: (markMs) =>
          this.#asked(() => {
            if (row.holder !== holder) throw leaseLost(workerId)
            row.mark = markMs
          }),
      },
    }
  }

  #hold(workerId: number, holder: number): void {
    const row = this.#rows[workerId]
    if (row === undefined) return
    row.holder = holder
    row.untilMs = this.#clock.elapsed() + this.#leaseMs
  }

  async #asked<T>(work: () => T): Promise<T> {
    const { answeringMs } = this
    await this.#clock.sleep(this.askingMs)
    if (this.isDown) throw new IdError('unavailable', 'the lender is down')
    const answer = work()
    await this.#clock.sleep(answeringMs)
    return answer
  }
}
