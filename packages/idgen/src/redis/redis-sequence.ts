/**
 * Counters in Redis, one for each name and day: `INCR`, or `INCRBY` for a batch, in one round trip.
 * An id is the day and that day's number, such as 20261124_0000000001, so ids rise and fit 63 bits.
 *
 * Redis acknowledges before it is durable, so a restart or a replica that takes over may know less
 * than was given. Therefore:
 *
 * 1. A script takes ids only on the server process that the counter was last found whole on, only if
 *    the two places that hold it agree, and not below what the caller knows.
 * 2. No id is given that is not below a bound in the `RedisFloor`, which is raised ahead of the
 *    counter, once for many ids.
 * 3. What fails (1) begins a new era: the floor fences the old one off, so that its bound is raised
 *    no more, and the counter goes on behind that bound. Ids in between are given to nobody.
 *
 * Should an old master live on, its clients have ids up to the old bound and no further, and those of
 * the new one begin behind it.
 */
import type { Milliseconds } from '@lockstep/process'
import type { Clock } from '../clock.ts'
import { checkBatch, type IdGenerator, type NextOptions } from '../generator.ts'
import { IdError } from '../id-error.ts'
import type { IdObserver } from '../observer.ts'
import { systemClock } from '../platform.ts'
import { orAborted, throwIfAborted } from '../signal.ts'
import { dayOf } from './day.ts'
import type { RedisCommands } from './redis-commands.ts'
import type { FloorEra, RedisFloor } from './redis-floor.ts'
import { adopt, take } from './scripts.ts'

/** Which counter to take from. */
export interface RedisSequenceOptions {
  readonly redis: RedisCommands
  /** Where it is remembered, in something durable, up to where ids were given. */
  readonly floor: RedisFloor
  readonly name: string
  /** Keys begin with it; `lockstep:ids` unless told otherwise. */
  readonly prefix?: string
  /** How far ahead of the counter the floor is raised, and so how many ids a lost Redis costs; 10,000 unless told otherwise. */
  readonly ahead?: number
  /** How long the counter of a day is kept after its last id; two days unless told otherwise. */
  readonly keepForMs?: Milliseconds
  /** The wall clock says what day it is. The system's unless told otherwise. */
  readonly clock?: Pick<Clock, 'wall' | 'elapsed'>
  readonly observer?: IdObserver
}

/** Numbers of a day have ten digits. */
const perDay = 10n ** 10n
const twoDaysMs: Milliseconds = 2 * 24 * 3_600_000
/** Changes of the server, of the day and of the era in one call; more is a fault elsewhere. */
const attemptsMax = 10

/** What a script took. */
interface Taken {
  readonly day: number
  readonly last: number
  readonly era: number
}

/** Takes the ids of a counter in Redis. */
export class RedisSequence implements IdGenerator<bigint> {
  readonly #redis: RedisCommands
  readonly #floor: RedisFloor
  readonly #name: string
  readonly #prefix: string
  readonly #ahead: bigint
  readonly #keepForSeconds: string
  readonly #clock: Pick<Clock, 'wall' | 'elapsed'>
  readonly #observer: IdObserver | undefined
  /** The highest that was taken here. */
  #known: Taken = { day: 0, last: 0, era: 0 }
  /** Up to where the floor is known to be raised, and in which era. */
  #raised: FloorEra = { era: 0, bound: 0n }
  #raising: Promise<FloorEra | undefined> | undefined

  constructor({
    redis,
    floor,
    name,
    prefix = 'lockstep:ids',
    ahead = 10_000,
    keepForMs = twoDaysMs,
    clock = systemClock,
    observer,
  }: RedisSequenceOptions) {
    if (!Number.isInteger(ahead) || ahead < 1 || ahead > 1_000_000) {
      throw new IdError(
        'invalid-option',
        `the floor cannot be ${ahead} ids ahead: take 1 to 1,000,000`,
      )
    }
    if (!(keepForMs >= 1_000)) {
      throw new IdError(
        'invalid-option',
        `a counter cannot be kept for ${keepForMs} ms: take a day or more`,
      )
    }
    this.#redis = redis
    this.#floor = floor
    this.#name = name
    this.#prefix = prefix
    this.#ahead = BigInt(ahead)
    this.#keepForSeconds = String(Math.ceil(keepForMs / 1000))
    this.#clock = clock
    this.#observer = observer
  }

  async next(options: NextOptions = {}): Promise<bigint> {
    const [id] = await this.nextBatch(1, options)
    return id as bigint
  }

  async nextBatch(count: number, { signal }: NextOptions = {}): Promise<readonly bigint[]> {
    checkBatch(count)
    throwIfAborted(signal)
    if (count === 0) return []
    try {
      const last = await orAborted(this.#take(count), signal)
      this.#observer?.issued?.(count)
      const first = last - BigInt(count - 1)
      return Array.from({ length: count }, (_, index) => first + BigInt(index))
    } catch (error) {
      if (error instanceof IdError) this.#observer?.refused?.(error.code)
      throw error
    }
  }

  /** Takes so many ids and gives the last of them. */
  async #take(count: number): Promise<bigint> {
    let day = Math.max(dayOf(this.#clock.wall()), this.#known.day)
    let overEra: number | undefined
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const [said, first = '', second = ''] = await this.#ask(day, count)
      if (said === 'taken') {
        const taken = { day, last: Number(first), era: Number(second) }
        if (await this.#isBelowBound(taken)) return idOf(taken.day, taken.last)
        // Whoever began a later era is about to set it up, unless something happened to them.
        if (taken.era === overEra) day = await this.#beginEra(day)
        overEra = taken.era
      } else if (said === 'later') day = Number(first)
      else if (said === 'unknown') day = await this.#beginEra(day)
      else {
        const text = `'${this.#name}' has no ${count} ids left on day ${day}: tomorrow has more`
        throw new IdError('exhausted', text)
      }
    }
    const text = `Redis changed under the counter of '${this.#name}' ${attemptsMax} times in one call`
    throw new IdError('unavailable', text)
  }

  async #ask(day: number, count: number): Promise<readonly string[]> {
    const known = this.#known.day === day ? this.#known : { last: 0, era: 0 }
    const began = this.#clock.elapsed()
    const answer = await this.#run(take, day, [
      String(count),
      String(perDay - 1n),
      this.#keepForSeconds,
      String(known.last),
      String(known.era),
    ])
    this.#observer?.loaded?.(this.#clock.elapsed() - began)
    return answer
  }

  /** Whether ids that were taken may be given: they stay behind the bound if their era is over. */
  async #isBelowBound(taken: Taken): Promise<boolean> {
    const { day, last, era } = taken
    const id = idOf(day, last)
    if (era > this.#known.era || id > idOf(this.#known.day, this.#known.last)) this.#known = taken
    let raised = this.#raised
    while (raised.era !== era || raised.bound < id) {
      const now = await this.#raise(era, id)
      if (now === undefined) return false
      raised = now
    }
    if (this.#raised.bound - id < this.#ahead / 2n && this.#boundAheadOf(id) > this.#raised.bound) {
      // Whoever needs it raises it again, and is told.
      this.#raise(era, id).catch(() => {})
    }
    return true
  }

  /**
   * Raises the floor ahead of an id, and says how far, or `undefined` if the era is over. One such
   * call is under way at a time, so it may be another's.
   */
  #raise(era: number, id: bigint): Promise<FloorEra | undefined> {
    this.#raising ??= this.#raiseNow({ era, bound: this.#boundAheadOf(id) }).finally(() => {
      this.#raising = undefined
    })
    return this.#raising
  }

  async #raiseNow(to: FloorEra): Promise<FloorEra | undefined> {
    if (!(await this.#floor.raise(this.#name, to.era, to.bound))) return undefined
    this.#raised = to
    return to
  }

  /** Ahead of an id, within its day. */
  #boundAheadOf(id: bigint): bigint {
    const bound = id + this.#ahead
    const endOfDay = (id / perDay) * perDay + perDay - 1n
    return bound < endOfDay ? bound : endOfDay
  }

  /** Sets the counter up behind all that may have been given, and says for which day. */
  async #beginEra(wantedDay: number): Promise<number> {
    const { era, bound } = await this.#floor.begin(this.#name)
    const day = Math.max(wantedDay, Number(bound / perDay))
    const behind = bound / perDay === BigInt(day) ? bound % perDay : 0n
    await this.#run(adopt, day, [String(era), String(behind), this.#keepForSeconds])
    return day
  }

  async #run(script: string, day: number, values: readonly string[]): Promise<readonly string[]> {
    // The braces keep both keys on one node of a cluster.
    const keys = [`${this.#prefix}:{${this.#name}}`, `${this.#prefix}:{${this.#name}}:${day}`]
    try {
      return await this.#redis.eval(script, keys, [String(day), ...values])
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      const text = `Redis did not give ids of '${this.#name}': ${said}`
      throw new IdError('unavailable', text, { cause: error })
    }
  }
}

function idOf(day: number, number: number): bigint {
  return BigInt(day) * perDay + BigInt(number)
}
