/**
 * Keeps the high-water mark ahead of the ids, so that making them never waits for the disk: saved is a time in the
 * future, and ids stay below it. After a crash the next life begins at that time, or waits for it.
 */
import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import type { HighWaterMark } from '../high-water-mark.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'

/** What a keeper needs. */
interface Keeping {
  readonly mark: HighWaterMark
  readonly clock: Clock
  /** How far ahead of the ids the mark is saved. It is saved again when half of that is used up. */
  readonly aheadMs: Milliseconds
  readonly observer: IdObserver | undefined
}

/** The mark that a former life left, and who keeps it in this one. */
export interface MarkMemory {
  readonly keeper: MarkKeeper
  /** Milliseconds of Unix time; `undefined` where there was no former life. */
  readonly loadedMs: Milliseconds | undefined
}

/** The mark of one generator, from its opening to its closing. */
export class MarkKeeper {
  /** Up to where ids may be made: this mark would survive a crash. */
  savedMs: Milliseconds = Number.NEGATIVE_INFINITY
  readonly #keeping: Keeping
  /** Up to where ids were made, or are to be. */
  #reachedMs: Milliseconds = Number.NEGATIVE_INFINITY
  #saving: Promise<void> | undefined
  #failed = false
  #closed = false
  /** What said that the worker id is somebody else's. */
  #loss: IdError | undefined

  private constructor(keeping: Keeping) {
    this.#keeping = keeping
  }

  /**
   * Loads what the last life saved, and saves a mark for this one.
   *
   * @throws {IdError} `unavailable` where one of them fails.
   */
  static async open(keeping: Keeping): Promise<MarkMemory> {
    const keeper = new MarkKeeper(keeping)
    const loadedMs = await keeper.#timed('load', () => keeping.mark.load())
    await keeper.extend(loadedMs ?? Number.NEGATIVE_INFINITY)
    void keeper.#keepOn()
    return { keeper, loadedMs }
  }

  /** Notes that ids of this time are made, and begins to save a later mark where it is time to. */
  reached(timeMs: Milliseconds): void {
    this.#reachedMs = Math.max(this.#reachedMs, timeMs)
    if (this.#saving !== undefined || this.#failed || !this.#isDue()) return
    this.#inBackground()
  }

  /**
   * Saves a mark ahead of this time and of the clock.
   *
   * @throws {IdError} `unavailable` where it could not be saved, or will never be, since the worker id is lost.
   */
  async extend(timeMs: Milliseconds): Promise<void> {
    this.#reachedMs = Math.max(this.#reachedMs, timeMs)
    await this.#saving?.catch(() => undefined)
    if (this.#loss !== undefined) throw this.#loss
    if (!this.#closed && this.#isDue()) await (this.#saving ?? this.#save())
  }

  /**
   * Ends the keeping, and saves up to where ids were made: the next life need not wait.
   *
   * @throws {IdError} `unavailable` where that could not be saved; then the mark ahead stands, which is safe.
   */
  async close(untilMs: Milliseconds): Promise<void> {
    this.#closed = true
    await this.#saving?.catch(() => undefined)
    await this.#timed('save', () => this.#keeping.mark.save(untilMs))
  }

  /** Keeps the mark ahead of the clock also while no ids are asked for. */
  async #keepOn(): Promise<void> {
    const { clock, aheadMs } = this.#keeping
    while (!this.#closed) {
      await clock.sleep(aheadMs / 4, { background: true })
      this.#failed = false
      if (this.#saving === undefined && !this.#closed && this.#isDue()) this.#inBackground()
    }
  }

  #isDue(): boolean {
    return this.savedMs - this.#fromMs() < this.#keeping.aheadMs / 2
  }

  #fromMs(): Milliseconds {
    return Math.max(this.#reachedMs, this.#keeping.clock.wall())
  }

  /**
   * A failure is seen by whoever needs the mark; until then it is tried again now and then. Where the worker id is lost
   * nobody needs it any more.
   */
  #inBackground(): void {
    this.#save().catch((error: unknown) => {
      this.#failed = true
      if (!isLoss(error)) return
      this.#loss = error
      this.#closed = true
    })
  }

  #save(): Promise<void> {
    const markMs = Math.ceil(this.#fromMs() + this.#keeping.aheadMs)
    const saving = this.#timed('save', () => this.#keeping.mark.save(markMs)).then(
      () => {
        this.#saving = undefined
        this.savedMs = markMs
      },
      (error: unknown) => {
        this.#saving = undefined
        throw error
      },
    )
    this.#saving = saving
    return saving
  }

  async #timed<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { clock, observer } = this.#keeping
    const start = clock.elapsed()
    try {
      const result = await work()
      observer?.loaded?.(clock.elapsed() - start)
      return result
    } catch (cause) {
      const text = `the high-water mark did not ${what}: see to where it is kept, then ask again`
      throw new IdError('unavailable', text, { cause })
    }
  }
}

/** Whether a mark could not be saved since its worker id is somebody else's: that stays so. */
function isLoss(error: unknown): error is IdError {
  const cause = error instanceof IdError ? error.cause : undefined
  return cause instanceof IdError && cause.code === 'lease-lost'
}
