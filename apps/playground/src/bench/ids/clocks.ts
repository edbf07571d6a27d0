/** What generators do when the clock misbehaves: five courses of it, the same for all. */
import { Order, Uniqueness } from '@lockstep/check'
import { type Clock, Snowflake, type SnowflakeOptions, Ulid, UuidV7 } from '@lockstep/idgen'
import { monotonicFactory } from 'ulid'
import { v7 } from 'uuid'
import { peers } from './peers.ts'

/** How a generator fared: nothing, or what went wrong in words. */
export interface ClockRow {
  readonly generator: string
  readonly overflow: string
  readonly 'back 5 ms': string
  readonly 'back 200 ms': string
  readonly 'back 10 s': string
  readonly storm: string
}

/** A course of the clock. */
interface Course {
  readonly name: Exclude<keyof ClockRow, 'generator'>
  /** How often the clock is read while one millisecond passes. */
  readonly readsAMs: number
  /** How many ids are asked for before each step back, and how far each goes; then as many more. */
  readonly steps: readonly { readonly after: number; readonly backMs: number }[]
  readonly atLast: number
}

/** So many ids over more time than the clock goes back. */
function back(name: Course['name'], backMs: number): Course {
  return {
    name,
    readsAMs: 20_000 / (1.2 * backMs),
    steps: [{ after: 20_000, backMs }],
    atLast: 40_000,
  }
}

const courses: readonly Course[] = [
  { name: 'overflow', readsAMs: 6000, steps: [], atLast: 60_000 },
  back('back 5 ms', 5),
  back('back 200 ms', 200),
  back('back 10 s', 10_000),
  {
    name: 'storm',
    readsAMs: 100,
    steps: Array.from({ length: 50 }, () => ({ after: 500, backMs: 3 })),
    atLast: 5000,
  },
]

/** Later than now: some generators have one state a process, which has seen the real time. */
const startMs = Date.UTC(2030, 0)

/** A clock that passes when it is read, or slept on. */
class CourseClock implements Clock {
  #elapsedMs = 0
  #offsetMs: number
  readonly #readMs: number

  constructor(fromMs: number, readsAMs: number) {
    this.#offsetMs = fromMs
    this.#readMs = 1 / readsAMs
  }

  wall(): number {
    this.#elapsedMs += this.#readMs
    return Math.floor(this.#offsetMs + this.#elapsedMs)
  }

  elapsed(): number {
    return this.#elapsedMs
  }

  async sleep(ms: number): Promise<void> {
    this.#elapsedMs += Math.max(ms, this.#readMs)
  }

  back(ms: number): void {
    this.#offsetMs -= ms
  }
}

type Id = bigint | string

/** Makes a generator on a clock: one that is asked, or one that is waited for. */
type Make = (clock: Clock) => () => Id | Promise<Id>

function ours(options: Partial<SnowflakeOptions>, how: 'next' | 'nextSync'): Make {
  return (clock) => {
    const ids = new Snowflake({ worker: 1, clock, ...options })
    return () => ids[how]()
  }
}

const turns = { timeBits: 39, turnBits: 2, epochMs: Date.UTC(2025, 0) }

const generators: readonly (readonly [name: string, make: Make])[] = [
  ['Snowflake of ours, wait, next()', ours({}, 'next')],
  ['Snowflake of ours, wait, nextSync()', ours({}, 'nextSync')],
  ['Snowflake of ours, throw, nextSync()', ours({ clockBack: { policy: 'throw' } }, 'nextSync')],
  [
    'Snowflake of ours, borrow 1 s, nextSync()',
    ours({ clockBack: { policy: 'borrow' } }, 'nextSync'),
  ],
  ['Snowflake of ours, borrow 1 s, next()', ours({ clockBack: { policy: 'borrow' } }, 'next')],
  [
    'Snowflake of ours, reserve 4 turns, nextSync()',
    ours({ clockBack: { policy: 'reserve' }, layout: turns }, 'nextSync'),
  ],
  [
    'Snowflake of ours, reserve 4 turns, next()',
    ours({ clockBack: { policy: 'reserve' }, layout: turns }, 'next'),
  ],
  [
    'UuidV7 of ours',
    (clock) => {
      const ids = new UuidV7({ clock })
      return () => ids.nextSync()
    },
  ],
  [
    'Ulid of ours',
    (clock) => {
      const ids = new Ulid({ clock })
      return () => ids.nextSync()
    },
  ],
  ['uuid v7', () => () => v7()],
  ['ulid monotonicFactory', () => monotonicFactory()],
  ['nodejs-snowflake', () => peers['nodejs-snowflake']()],
  ['@sapphire/snowflake', () => peers['@sapphire/snowflake']()],
  ['snowyflake', () => peers.snowyflake()],
  ['simple-flakeid (Yitter)', () => peers['simple-flakeid (Yitter)']()],
  [
    'flake-idgen',
    () => {
      const next = peers['flake-idgen']()
      return () => next().readBigUInt64BE()
    },
  ],
  [
    '@akashrajpurohit/snowflake-id',
    () => {
      const next = peers['@akashrajpurohit/snowflake-id']()
      return () => BigInt(next())
    },
  ],
]

/** Runs every course with every generator. */
export async function benchClocks(): Promise<readonly ClockRow[]> {
  const rows: ClockRow[] = []
  let fromMs = startMs
  for (const [generator, make] of generators) {
    const fared: [string, string][] = []
    for (const course of courses) {
      fared.push([course.name, await fareIn(course, make, fromMs)])
      fromMs += 3_600_000
    }
    rows.push({ generator, ...Object.fromEntries(fared) } as ClockRow)
  }
  return rows
}

/** What a generator gives in a course. The published ones read `Date`, so that is the clock meanwhile. */
async function fareIn(course: Course, make: Make, fromMs: number): Promise<string> {
  const clock = new CourseClock(fromMs, course.readsAMs)
  const RealDate = globalThis.Date
  globalThis.Date = dateOf(clock)
  try {
    const taker = new Taker(make(clock))
    for (const { after, backMs } of course.steps) {
      await taker.take(after)
      clock.back(backMs)
    }
    await taker.take(course.atLast)
    return taker.fared()
  } finally {
    globalThis.Date = RealDate
  }
}

/** A `Date` whose present is what the clock shows. */
function dateOf(clock: Clock): DateConstructor {
  return new Proxy(Date, {
    construct: (target, given) =>
      Reflect.construct(target, given.length === 0 ? [clock.wall()] : given),
    get: (target, name) => (name === 'now' ? () => clock.wall() : Reflect.get(target, name)),
  })
}

/** Takes ids and judges them. */
class Taker {
  readonly #next: () => Id | Promise<Id>
  readonly #unique = new Uniqueness()
  readonly #order = new Order<Id>()
  #refused = 0

  constructor(next: () => Id | Promise<Id>) {
    this.#next = next
  }

  async take(count: number): Promise<void> {
    const ids: Id[] = []
    for (let asked = 0; asked < count; asked += 1) {
      try {
        const next = this.#next()
        ids.push(next instanceof Promise ? await next : next)
      } catch {
        this.#refused += 1
      }
    }
    this.#unique.add('it', ids as readonly bigint[] | readonly string[])
    this.#order.add('it', ids)
  }

  fared(): string {
    const wrong = [
      [this.#unique.duplicates(), 'twice'],
      [this.#order.inversions(), 'not in order'],
      [this.#refused, 'refused'],
    ] as const
    const said = wrong.filter(([count]) => count > 0)
    return said.map(([count, what]) => `${count.toLocaleString('en')} ${what}`).join(', ') || 'ok'
  }
}
