import type { Milliseconds } from '@lockstep/process'
import { IdError } from '../id-error.ts'

/** How the 63 bits of an id are divided, the time first. What is not given is as Twitter had it. */
export interface LayoutOptions {
  /** Bits of the time, counted in ticks since the epoch; 41. */
  readonly timeBits?: number
  /** Bits that tell apart the passes over a stretch of time that the clock shows again; 0. */
  readonly turnBits?: number
  /** Bits of the worker id; 10. */
  readonly workerBits?: number
  /** Bits of the number within a tick; 12. */
  readonly sequenceBits?: number
  /** How long a tick is; 1. */
  readonly tickMs?: Milliseconds
  /** When the first tick began, in milliseconds of Unix time; 1288834974657, which is 2010-11-04. */
  readonly epochMs?: Milliseconds
}

/** What an id says. */
export interface SnowflakeFields {
  /** Ticks since the epoch. */
  readonly tick: number
  /** When that tick began, in milliseconds of Unix time. */
  readonly timeMs: Milliseconds
  readonly turn: number
  readonly workerId: number
  readonly sequence: number
}

/** Which widths a field may have. */
const widths = {
  timeBits: [1, 52],
  turnBits: [0, 8],
  workerBits: [0, 31],
  sequenceBits: [1, 24],
} as const

/** Ids are positive also where numbers have 64 bits and a sign. */
const bitsMax = 63

/**
 * A division of ids into time, turn, worker and sequence, in this order from the highest bit: so ids of one worker are
 * ordered as they were made, and ids of several workers by their time.
 */
export class SnowflakeLayout {
  readonly timeBits: number
  readonly turnBits: number
  readonly workerBits: number
  readonly sequenceBits: number
  readonly tickMs: Milliseconds
  readonly epochMs: Milliseconds
  readonly tickMax: number
  readonly turnMax: number
  readonly workerMax: number
  readonly sequenceMax: number
  readonly #workerShift: bigint
  readonly #turnShift: bigint
  readonly #tickShift: bigint

  /** @throws {IdError} `invalid-layout` where no ids can be made by it. */
  constructor(options: LayoutOptions = {}) {
    this.timeBits = options.timeBits ?? 41
    this.turnBits = options.turnBits ?? 0
    this.workerBits = options.workerBits ?? 10
    this.sequenceBits = options.sequenceBits ?? 12
    this.tickMs = options.tickMs ?? 1
    this.epochMs = options.epochMs ?? 1_288_834_974_657
    this.#check()
    this.tickMax = 2 ** this.timeBits - 1
    this.turnMax = 2 ** this.turnBits - 1
    this.workerMax = 2 ** this.workerBits - 1
    this.sequenceMax = 2 ** this.sequenceBits - 1
    this.#workerShift = BigInt(this.sequenceBits)
    this.#turnShift = this.#workerShift + BigInt(this.workerBits)
    this.#tickShift = this.#turnShift + BigInt(this.turnBits)
  }

  /** In which tick a moment lies; negative before the epoch. */
  tickAt(timeMs: Milliseconds): number {
    return Math.floor((timeMs - this.epochMs) / this.tickMs)
  }

  /** When a tick begins, in milliseconds of Unix time. */
  timeOf(tick: number): Milliseconds {
    return this.epochMs + tick * this.tickMs
  }

  /** The first id of a worker in a tick: the others of that tick follow it. The fields are within their bounds. */
  firstId(tick: number, turn: number, workerId: number): bigint {
    return (
      (BigInt(tick) << this.#tickShift) |
      (BigInt(turn) << this.#turnShift) |
      (BigInt(workerId) << this.#workerShift)
    )
  }

  /**
   * What an id says, by this layout.
   *
   * @throws {IdError} `not-an-id` where it has more bits than the layout, or is negative.
   */
  fieldsOf(id: bigint): SnowflakeFields {
    const tick = Number(id >> this.#tickShift)
    if (tick < 0 || tick > this.tickMax) {
      const bits = this.timeBits + this.turnBits + this.workerBits + this.sequenceBits
      throw new IdError(
        'not-an-id',
        `${id} is no id of ${bits} bits: was it made by another layout?`,
      )
    }
    return {
      tick,
      timeMs: this.timeOf(tick),
      turn: Number(id >> this.#turnShift) & this.turnMax,
      workerId: Number((id >> this.#workerShift) & BigInt(this.workerMax)),
      sequence: Number(id & BigInt(this.sequenceMax)),
    }
  }

  #check(): void {
    for (const [name, [least, most]] of Object.entries(widths)) {
      const bits = this[name as keyof typeof widths]
      if (Number.isInteger(bits) && bits >= least && bits <= most) continue
      throw invalid(`${name} is a whole number from ${least} to ${most}, not ${bits}`)
    }
    const bits = this.timeBits + this.turnBits + this.workerBits + this.sequenceBits
    if (bits > bitsMax) {
      throw invalid(
        `the fields have ${bits} bits together, and there are ${bitsMax}: take ${bits - bitsMax} away`,
      )
    }
    if (!Number.isSafeInteger(this.tickMs) || this.tickMs < 1) {
      throw invalid(`tickMs is a whole number of milliseconds from 1, not ${this.tickMs}`)
    }
    if (!Number.isSafeInteger(this.epochMs)) {
      throw invalid(`epochMs is a whole number of milliseconds of Unix time, not ${this.epochMs}`)
    }
    if (!Number.isSafeInteger(this.epochMs + 2 ** this.timeBits * this.tickMs)) {
      throw invalid(
        'the last tick lies beyond what a date can say: take fewer timeBits or a shorter tickMs',
      )
    }
  }
}

function invalid(text: string): IdError {
  return new IdError('invalid-layout', text)
}
