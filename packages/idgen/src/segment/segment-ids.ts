/**
 * Leaf's segments: ids are taken from a database many at a time, and given from memory.
 *
 * Two segments are held: one in use, and the next one, which is loaded in the background once a tenth
 * of the first is used, so that nobody waits for the database while it answers in time. How many ids
 * a segment has follows how quickly they are used. Ids are unique over all who share the store. They
 * rise for one generator; those of several are mixed, and what was in memory is lost with its process.
 *
 * Where callers outrun the store they wait for it together, by one load, which asks for as many ids
 * as they need; Leaf gives them an error. While the store is down, what is left is given, and then
 * callers get an error at once.
 */
import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import { batchMax, checkBatch, type NextOptions, type SyncIdGenerator } from '../generator.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock, systemRandomness } from '../platform.ts'
import type { Randomness } from '../randomness.ts'
import { Ending, orAborted, throwIfAborted } from '../signal.ts'
import { BackOff } from './back-off.ts'
import { leaf, type SegmentRules } from './rules.ts'
import type { Segment, SegmentStore } from './segment-store.ts'

/** What every tag of a store is served with. */
export interface SegmentSettings {
  readonly store: SegmentStore
  /** The system's unless told otherwise. */
  readonly clock?: Clock
  readonly randomness?: Randomness
  readonly observer?: IdObserver
  /** A load that takes longer has failed; 5,000 unless told otherwise. */
  readonly loadTimeoutMs?: Milliseconds
  readonly rules?: SegmentRules
}

/** Which ids to give. */
export interface SegmentIdsOptions extends SegmentSettings {
  /** The name under which the store counts. */
  readonly tag: string
}

const loadTimeoutDefaultMs: Milliseconds = 5_000

/** Gives the ids of one tag. */
export class SegmentIds implements SyncIdGenerator<bigint> {
  readonly tag: string
  readonly #store: SegmentStore
  readonly #clock: Clock
  readonly #observer: IdObserver | undefined
  readonly #loadTimeoutMs: Milliseconds
  readonly #rules: SegmentRules
  readonly #backOff: BackOff

  // The segment in use: the id that is next, how many are left, and below how many the next is loaded.
  #id = 0n
  #left = 0
  #loadsBelow = 0
  #ready: Segment | undefined

  #loading: Promise<void> | undefined
  #loads = 0
  #loadedAtMs = 0
  #step = 0
  #leastStep = 0
  /** How many ids callers wait for. */
  #wanted = 0
  #closed: IdError | undefined

  constructor({
    tag,
    store,
    clock = systemClock,
    randomness = systemRandomness,
    observer,
    loadTimeoutMs = loadTimeoutDefaultMs,
    rules = leaf,
  }: SegmentIdsOptions) {
    this.tag = tag
    this.#store = store
    this.#clock = clock
    this.#observer = observer
    this.#loadTimeoutMs = loadTimeoutMs
    this.#rules = rules
    this.#backOff = new BackOff(clock, randomness)
  }

  /** How many ids can be given without asking the store. */
  get held(): number {
    const ready = this.#ready
    return this.#left + (ready === undefined ? 0 : Number(ready.end - ready.first))
  }

  /** Loads the first segment if there is none, so that `nextSync` has something to give. */
  async prepare({ signal }: NextOptions = {}): Promise<void> {
    throwIfAborted(signal)
    if (this.held === 0) await orAborted(this.#load(), signal)
  }

  next({ signal }: NextOptions = {}): Promise<bigint> {
    if (signal?.aborted !== true) {
      const id = this.#take()
      if (id !== undefined) {
        this.#observer?.issued?.(1)
        return Promise.resolve(id)
      }
    }
    return this.#collect(1, signal).then(([id]) => id as bigint)
  }

  /** Throws `exhausted` where `next` would wait for a load, which it starts. */
  nextSync(): bigint {
    const id = this.#take()
    if (id !== undefined) {
      this.#observer?.issued?.(1)
      return id
    }
    const failure = this.#closed ?? this.#backOff.failure()
    if (failure === undefined) this.#loadInBackground()
    const text = `the next segment of '${this.tag}' is not loaded yet: await prepare() or next()`
    throw this.#refused(failure ?? new IdError('exhausted', text))
  }

  async nextBatch(count: number, { signal }: NextOptions = {}): Promise<readonly bigint[]> {
    checkBatch(count)
    return this.#collect(count, signal)
  }

  /** Refuses every further id. */
  close(why: IdError): void {
    this.#closed = why
    this.#left = 0
    this.#ready = undefined
  }

  async #collect(count: number, signal: NextOptions['signal']): Promise<readonly bigint[]> {
    throwIfAborted(signal)
    const ids: bigint[] = []
    while (ids.length < count) {
      const id = this.#take()
      if (id === undefined) await this.#wait(count - ids.length, signal)
      else ids.push(id)
    }
    this.#observer?.issued?.(count)
    return ids
  }

  /** The next id, or none when the segment in use is used up and no other lies ready. */
  #take(): bigint | undefined {
    if (this.#rules.mustSwitch(this.#left, this.#ready !== undefined)) this.#switch()
    if (!this.#rules.hasId(this.#left)) return undefined
    const id = this.#id
    this.#id = id + 1n
    this.#left--
    if (this.#left < this.#loadsBelow) this.#loadInBackground()
    return id
  }

  #switch(): void {
    const next = this.#ready
    if (next === undefined) return
    this.#ready = this.#rules.readyAfter(next)
    this.#id = next.first
    this.#left = Number(next.end - next.first)
    this.#loadsBelow = this.#rules.loadsBelow(this.#left)
  }

  /** Waits for a load, together with whoever else does. */
  async #wait(wanted: number, signal: NextOptions['signal']): Promise<void> {
    const began = this.#clock.elapsed()
    this.#wanted += wanted
    try {
      await orAborted(this.#load(), signal)
    } catch (error) {
      throw error instanceof IdError ? this.#refused(error) : error
    } finally {
      this.#wanted -= wanted
      this.#observer?.waited?.(this.#clock.elapsed() - began, 'exhausted')
    }
  }

  #loadInBackground(): void {
    if (this.#ready !== undefined || this.#loading !== undefined) return
    // Whoever finds nothing left is told of the failure.
    this.#load().catch(() => {})
  }

  /** Loads one segment; whoever asks meanwhile gets the same load. */
  #load(): Promise<void> {
    const failure = this.#closed ?? this.#backOff.failure()
    if (failure !== undefined) return Promise.reject(failure)
    this.#loading ??= this.#loadOnce().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  async #loadOnce(): Promise<void> {
    const began = this.#clock.elapsed()
    const step = this.#nextStep(began)
    try {
      // Callers of this very turn are counted in what they want.
      await Promise.resolve()
      const segment = await this.#inTime(this.#store.load(this.tag, this.#size(step)))
      if (this.#closed !== undefined) throw this.#closed
      const now = this.#clock.elapsed()
      this.#loads++
      this.#loadedAtMs = now
      this.#step = step ?? segment.step
      this.#leastStep = segment.step
      this.#ready = segment
      this.#backOff.succeeded()
      this.#observer?.loaded?.(now - began)
    } catch (error) {
      throw this.#backOff.failed(error, `segments of '${this.tag}'`)
    }
  }

  #nextStep(now: Milliseconds): number | undefined {
    return this.#rules.nextStep({
      loads: this.#loads,
      step: this.#step,
      leastStep: this.#leastStep,
      sinceMs: now - this.#loadedAtMs,
    })
  }

  /** The step, or as many as callers wait for if that is more. */
  #size(step: number | undefined): number | undefined {
    const wanted = Math.min(this.#wanted, batchMax)
    return wanted > (step ?? this.#leastStep) && this.#loads > 0 ? wanted : step
  }

  async #inTime(load: Promise<Segment>): Promise<Segment> {
    const ending = new Ending()
    const late = this.#clock
      .sleep(this.#loadTimeoutMs, { signal: ending, background: true })
      .then(() => {
        const text = `the store did not answer within ${this.#loadTimeoutMs} ms`
        throw new IdError('unavailable', text)
      })
    // It is ended, or nobody hears of it any more.
    late.catch(() => {})
    try {
      return await Promise.race([load, late])
    } finally {
      ending.end()
    }
  }

  #refused(error: IdError): IdError {
    this.#observer?.refused?.(error.code)
    return error
  }
}
