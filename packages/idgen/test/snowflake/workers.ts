/** Workers that make ids while their clocks jump, their disks fail and they crash: drawn, run, and judged. */
import { FieldTruth, Order, Uniqueness } from '@lockstep/check'
import type { Verdict } from '@lockstep/process'
import fc from 'fast-check'
import { IdError } from '../../src/id-error.ts'
import type { ClockBack } from '../../src/snowflake/clock-back.ts'
import { type LayoutOptions, SnowflakeLayout } from '../../src/snowflake/layout.ts'
import type { SnowflakeRules } from '../../src/snowflake/rules.ts'
import { Snowflake } from '../../src/snowflake/snowflake.ts'
import { settled, TestClock } from '../test-clock.ts'
import { type SaveFate, TestDisk } from '../test-mark.ts'

/** What happens to one worker. */
type Event =
  | { readonly do: 'take'; readonly count: number; readonly by: 'one' | 'batch' | 'array' }
  | { readonly do: 'takeSync'; readonly count: number; readonly by: 'one' | 'array' }
  | { readonly do: 'pass' | 'step'; readonly ms: number }
  | { readonly do: 'restart'; readonly how: 'crash' | 'close' }
  | { readonly do: 'disk'; readonly fates: readonly SaveFate[] }

/** What is run. */
export interface Plan {
  readonly layout: LayoutOptions
  readonly clockBack: ClockBack
  readonly randomStartMax: number
  readonly markAheadMs: number
  readonly events: readonly (Event & { readonly worker: number })[]
}

/** What the judges say, and what was seen on the way. */
export interface Outcome {
  readonly unique: Verdict
  readonly ordered: Verdict
  readonly true: Verdict
  /** An attempt that failed although the time was over that it was told to wait. */
  readonly brokenPromises: readonly string[]
  readonly refused: Readonly<Record<string, number>>
  readonly count: number
}

const workerCount = 3
const startMs = 1_700_000_000_000

const anyPolicy: fc.Arbitrary<ClockBack> = fc.oneof(
  fc.constantFrom<ClockBack>({ policy: 'wait' }, { policy: 'throw' }, { policy: 'reserve' }),
  fc
    .integer({ min: 3, max: 40 })
    .map((aheadMaxMs): ClockBack => ({ policy: 'borrow', aheadMaxMs })),
)

const fate: fc.Arbitrary<SaveFate> = fc.record({
  takesMs: fc.constantFrom(0, 1, 10, 60),
  is: fc.constantFrom('saved', 'failed', 'saved-and-failed'),
})

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('take'),
      count: fc.nat(9),
      by: fc.constantFrom('one', 'batch', 'array'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('takeSync'),
      count: fc.nat(9),
      by: fc.constantFrom('one', 'array'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(0.4, 1, 2, 5, 30) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('step'),
      ms: fc.constantFrom(-90, -20, -6, -3, -1, 2, 40),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart'), how: fc.constantFrom('crash', 'close') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('disk'),
      fates: fc.array(fate, { minLength: 1, maxLength: 8, size: 'max' }),
    }),
  },
)

/** Short sequences and few turns, so that they run out all the time. */
export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  layout: fc.record({
    timeBits: fc.constant(41),
    turnBits: fc.integer({ min: 1, max: 2 }),
    workerBits: fc.constant(2),
    sequenceBits: fc.integer({ min: 1, max: 4 }),
    tickMs: fc.constantFrom(1, 3),
    epochMs: fc.constant(startMs - 1000),
  }),
  clockBack: anyPolicy,
  randomStartMax: fc.constantFrom(0, 0, 1),
  markAheadMs: fc.constantFrom(32, 80),
  events: fc.array(
    fc.tuple(anyEvent, fc.nat(workerCount - 1)).map(([each, worker]) => ({ ...each, worker })),
    { minLength: 10, maxLength: 80, size: 'max' },
  ),
})

/** One worker over all of its lives. */
class Worker {
  readonly name: string
  readonly #id: number
  readonly #clock = new TestClock(startMs, 0.1)
  readonly #disk = new TestDisk(this.#clock)
  readonly #plan: Plan
  readonly #rules: SnowflakeRules
  readonly #judges: Judges
  #snowflake: Snowflake | undefined

  constructor(id: number, plan: Plan, rules: SnowflakeRules, judges: Judges) {
    this.#id = id
    this.name = `w${id}`
    this.#plan = plan
    this.#rules = rules
    this.#judges = judges
  }

  async happens(event: Event): Promise<void> {
    switch (event.do) {
      case 'pass':
        this.#clock.pass(event.ms)
        break
      case 'step':
        this.#clock.step(event.ms)
        break
      case 'disk':
        this.#disk.fate(...event.fates)
        break
      case 'restart':
        await this.#refusable(() => this.#end(event.how))
        break
      case 'take':
      case 'takeSync':
        await this.#refusable(() => this.#take(event))
    }
    await settled()
  }

  /** The disk takes its time, which passes while somebody waits for it. */
  async #whileTimePasses(work: Promise<void>): Promise<void> {
    const waiting = { isOver: false }
    const done = work.finally(() => {
      waiting.isOver = true
    })
    done.catch(() => undefined)
    for (await settled(); !waiting.isOver; await settled()) this.#clock.pass(1)
    await done
  }

  /** A refusal that names a time is a promise: it is kept. */
  async #refusable(work: () => Promise<void>): Promise<void> {
    try {
      await this.#whileTimePasses(work())
    } catch (error) {
      if (!(error instanceof IdError)) throw error
      this.#judges.refusals.push(error.code)
      const { retryAfterMs } = error
      if (retryAfterMs === undefined || retryAfterMs > 1000) return
      this.#clock.pass(retryAfterMs)
      await settled()
      try {
        const fromMs = this.#clock.shows
        this.#note([this.#snowflake!.nextSync()], fromMs)
      } catch (again) {
        // The mark may not be saved in time: nothing was promised of that.
        if (again instanceof IdError && again.code === 'unavailable') return
        this.#judges.brokenPromises.push(`${this.name}: ${error.message}, then ${String(again)}`)
      }
    }
  }

  async #take(event: Extract<Event, { do: 'take' | 'takeSync' }>): Promise<void> {
    this.#snowflake ??= await this.#open()
    const snowflake = this.#snowflake
    const array = new BigUint64Array(event.count)
    if (event.by === 'array') {
      const fromMs = this.#clock.shows
      if (event.do === 'take') await snowflake.nextInto(array)
      const count = event.do === 'take' ? event.count : snowflake.nextIntoSync(array)
      this.#note([...array.subarray(0, count)], fromMs)
    } else if (event.by === 'batch') {
      const fromMs = this.#clock.shows
      this.#note(await snowflake.nextBatch(event.count), fromMs)
    } else {
      for (let taken = 0; taken < event.count; taken++) {
        const fromMs = this.#clock.shows
        this.#note([event.do === 'take' ? await snowflake.next() : snowflake.nextSync()], fromMs)
      }
    }
  }

  async #open(): Promise<Snowflake> {
    const { layout, clockBack, randomStartMax, markAheadMs } = this.#plan
    return Snowflake.open({
      worker: this.#id,
      layout,
      clockBack,
      randomStartMax,
      markAheadMs,
      waitMaxMs: 50,
      clock: this.#clock,
      mark: this.#disk.mark(),
      rules: this.#rules,
    })
  }

  async #end(how: 'crash' | 'close'): Promise<void> {
    const snowflake = this.#snowflake
    this.#snowflake = undefined
    if (how === 'crash') {
      // Whatever the dead life still does reaches the disk no more.
      this.#disk.mark()
      return
    }
    await snowflake?.close()
  }

  #note(ids: readonly bigint[], fromMs: number): void {
    const toMs = this.#clock.shows
    this.#judges.unique.add(this.name, ids)
    if (this.#plan.clockBack.policy !== 'reserve') this.#judges.order.add(this.name, ids)
    for (const id of ids) {
      this.#judges.truth.add(id, {
        fromMs: Math.min(fromMs, toMs),
        toMs: Math.max(fromMs, toMs),
        workerId: this.#id,
      })
    }
  }
}

interface Judges {
  readonly unique: Uniqueness
  readonly order: Order<bigint>
  readonly truth: FieldTruth<bigint>
  readonly refusals: string[]
  readonly brokenPromises: string[]
}

/** Runs a plan and judges all ids of all lives of all workers. */
export async function run(plan: Plan, rules: SnowflakeRules): Promise<Outcome> {
  const layout = new SnowflakeLayout(plan.layout)
  const { clockBack } = plan
  const aheadMs = clockBack.policy === 'borrow' ? (clockBack.aheadMaxMs ?? 0) : 0
  const judges: Judges = {
    unique: new Uniqueness(),
    order: new Order(),
    truth: new FieldTruth((id: bigint) => layout.fieldsOf(id), {
      behindMs: layout.tickMs,
      aheadMs,
    }),
    refusals: [],
    brokenPromises: [],
  }
  const workers = Array.from(
    { length: workerCount },
    (_, id) => new Worker(id, plan, rules, judges),
  )
  for (const event of plan.events) await workers[event.worker]!.happens(event)
  return {
    unique: judges.unique.verdict(),
    ordered: judges.order.verdict(),
    true: judges.truth.verdict(),
    brokenPromises: judges.brokenPromises,
    refused: Object.fromEntries(
      Object.entries(Object.groupBy(judges.refusals, (code) => code)).map(([code, all = []]) => [
        code,
        all.length,
      ]),
    ),
    count: judges.unique.count,
  }
}
