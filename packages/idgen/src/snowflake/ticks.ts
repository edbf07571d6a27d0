/**
 * Which (tick, turn, sequence) the next id has. Each is handed out once, whatever the clock does:
 *
 * - within one value of the turn, (tick, sequence) only ever grows;
 * - a value of the turn is taken again only for ticks above all that it was used for.
 *
 * It decides at once and never waits: where there is no id now it says how long to wait, and why.
 */
import type { Milliseconds } from '@lockstep/process'
import { IdError } from '../id-error.ts'
import type { WaitReason } from '../observer.ts'
import { RandomPool } from '../randomness.ts'
import type { MarkKeeper, MarkMemory } from './mark-keeper.ts'
import type { SnowflakeSettings } from './options.ts'

/** No id was made: this is what it takes. */
export interface Shortage {
  readonly why: WaitReason
  /** Unknown where it is for the disk that one waits. */
  readonly forMs: Milliseconds | undefined
}

/** The place of the last id, and the way to the next. */
export class Ticks {
  /** The number within the tick of the id that was claimed last. */
  sequence: number
  /** The last number that this tick has. */
  sequenceEnd: number
  /** The id with the sequence 0 of this tick, and how many ticks were begun: it changes with them. */
  firstId = 0n
  begun = 0
  readonly #settings: SnowflakeSettings
  readonly #keeper: MarkKeeper | undefined
  readonly #pool: RandomPool
  /** The last tick of each value of the turn, and which value it is now. */
  readonly #highest: Float64Array
  #turn = 0
  /** What the clock showed when this tick was last found to be right, and the latest that it ever showed. */
  #readMs = Number.NaN
  #latestMs = Number.NEGATIVE_INFINITY
  /** Where the sequence of this tick began, less one. */
  #before: number
  #shortage: Shortage = { why: 'exhausted', forMs: 0 }
  #closed = false

  /** `memory` is where a former life may have made ids. */
  constructor(settings: SnowflakeSettings, memory: MarkMemory | undefined) {
    const { layout, rules, randomness } = settings
    const usedUntilMs = memory?.loadedMs
    this.#settings = settings
    this.#keeper = memory?.keeper
    this.#pool = new RandomPool(randomness)
    const used =
      usedUntilMs === undefined
        ? -1
        : rules.lastTickOf(Math.ceil((usedUntilMs - layout.epochMs) / layout.tickMs))
    this.#highest = new Float64Array(layout.turnMax + 1).fill(used)
    this.sequenceEnd = rules.sequenceEnd(layout.sequenceBits)
    this.sequence = this.sequenceEnd
    this.#before = this.sequence
  }

  /** Why `claim` said no. */
  get shortage(): Shortage {
    return this.#shortage
  }

  /**
   * Claims the next place: true if `firstId + sequence` is a fresh id. Where the clock is behind by `patienceMs` at
   * most, no turn is spent on it.
   *
   * @throws {IdError} where no wait would help.
   */
  claim(nowMs: Milliseconds, patienceMs: Milliseconds): boolean {
    if (nowMs === this.#readMs && this.sequence < this.sequenceEnd) {
      this.sequence++
      return true
    }
    return this.#move(nowMs, patienceMs)
  }

  /** Claims up to `count` places that follow the last one in its tick, and says how many. */
  claimMore(count: number): number {
    const more = Math.min(count, this.sequenceEnd - this.sequence)
    this.sequence += more
    return more
  }

  /** Gives no more ids, and says before which time all of them are. */
  close(): Milliseconds {
    this.#closed = true
    this.#readMs = Number.NaN
    this.#tellIssued()
    this.#before = this.sequence
    return this.#settings.layout.timeOf(Math.max(...this.#highest) + 1)
  }

  /** When the last id was made, by the clock of the ids. */
  lastMs(): Milliseconds {
    return this.#settings.layout.timeOf(this.#highest[this.#turn]! + 1)
  }

  #move(nowMs: Milliseconds, patienceMs: Milliseconds): boolean {
    const { layout, rules, clockBack } = this.#settings
    this.#mustBeOurs()
    const clockTick = layout.tickAt(nowMs)
    if (clockTick < 0) return this.#short('clock-behind', layout.epochMs - nowMs)
    const lastTick = this.#highest[this.#turn]!
    const standing = rules.standing(clockTick, lastTick)
    if (standing === 'later') return this.#begin(clockTick, this.#turn, nowMs)
    if (standing === 'same' && this.sequence < this.sequenceEnd) return this.#goOn(nowMs)
    if (clockBack.policy === 'borrow') return this.#borrow(nowMs, clockTick)
    const nextTick = this.sequence < this.sequenceEnd ? lastTick : lastTick + 1
    const forMs = layout.timeOf(nextTick) - nowMs
    if (standing === 'same') return this.#short('exhausted', forMs)
    if (clockBack.policy === 'reserve' && forMs > patienceMs)
      return this.#turnBack(nowMs, clockTick, nextTick)
    return this.#short('clock-behind', forMs)
  }

  /** Goes on ahead of the clock. */
  #borrow(nowMs: Milliseconds, clockTick: number): boolean {
    const { layout, rules, aheadTicksMax } = this.#settings
    const lastTick = this.#highest[this.#turn]!
    const isLeft = this.sequence < this.sequenceEnd
    const next = isLeft ? lastTick : lastTick + 1
    if (rules.mayBorrow(next - clockTick, aheadTicksMax)) {
      return isLeft ? this.#goOn(nowMs) : this.#begin(next, this.#turn, nowMs)
    }
    const why = nowMs < this.#latestMs ? 'clock-behind' : 'exhausted'
    return this.#short(why, layout.timeOf(next - aheadTicksMax) - nowMs)
  }

  /** Goes back with the clock, by the value of the turn that was used least far. */
  #turnBack(nowMs: Milliseconds, clockTick: number, nextTick: number): boolean {
    const { layout, rules } = this.#settings
    const highest = this.#highest
    let turn = (this.#turn + 1) % highest.length
    for (let other = 0; other < highest.length; other++) {
      if (highest[other]! < highest[turn]!) turn = other
    }
    if (rules.isTurnFree(highest[turn]!, clockTick)) return this.#begin(clockTick, turn, nowMs)
    // In the last tick itself there is no turn to take: it is the same tick, and not an earlier one.
    const freeTick = highest[turn]! + 1
    const atTick = freeTick < highest[this.#turn]! ? freeTick : nextTick
    return this.#short('clock-behind', layout.timeOf(atTick) - nowMs)
  }

  #goOn(nowMs: Milliseconds): boolean {
    this.sequence++
    this.#read(nowMs)
    return true
  }

  #begin(tick: number, turn: number, nowMs: Milliseconds): boolean {
    const { layout, workerId, rules } = this.#settings
    const keeper = this.#keeper
    if (tick > layout.tickMax) {
      const end = new Date(layout.timeOf(layout.tickMax + 1)).toISOString()
      throw this.#refusal(
        'time-exhausted',
        `the layout ends at ${end}: use more timeBits or a later epoch`,
      )
    }
    if (keeper !== undefined && !rules.isBelowMark(layout.timeOf(tick + 1), keeper.savedMs)) {
      return this.#short('unavailable', undefined)
    }
    this.#tellIssued()
    this.#turn = turn
    this.#highest[turn] = tick
    this.#before = this.#randomStart() - 1
    this.sequence = this.#before + 1
    this.firstId = layout.firstId(tick, turn, workerId)
    this.begun++
    this.#read(nowMs)
    keeper?.reached(layout.timeOf(tick + 1))
    return true
  }

  #randomStart(): number {
    const { randomStartMax } = this.#settings
    if (randomStartMax === 0) return 0
    return Math.floor((this.#pool.word() * (randomStartMax + 1)) / 2 ** 16)
  }

  #read(nowMs: Milliseconds): void {
    this.#readMs = nowMs
    this.#latestMs = Math.max(this.#latestMs, nowMs)
  }

  #short(why: WaitReason, forMs: Milliseconds | undefined): boolean {
    this.sequence = this.#settings.rules.sequenceAfterRefusal(this.sequence)
    this.#shortage = { why, forMs }
    return false
  }

  #mustBeOurs(): void {
    const { lease, clock, rules } = this.#settings
    if (this.#closed) {
      throw this.#refusal('unavailable', 'this generator was closed: open another one')
    }
    if (lease !== undefined && !rules.isHeld(clock.elapsed(), lease.heldUntilMs())) {
      const text = `worker id ${lease.workerId} is not ours any more: lease another one, and open a generator with it`
      throw this.#refusal('lease-lost', text)
    }
  }

  #refusal(code: IdError['code'], text: string): IdError {
    this.#settings.observer?.refused?.(code)
    return new IdError(code, text)
  }

  #tellIssued(): void {
    const issued = this.sequence - this.#before
    if (issued > 0) this.#settings.observer?.issued?.(issued)
  }
}
