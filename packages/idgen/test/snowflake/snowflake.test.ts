import { Uniqueness } from '@lockstep/check'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { IdError } from '../../src/id-error.ts'
import type { WaitReason } from '../../src/observer.ts'
import { snowflakeFlaws } from '../../src/snowflake/flaws.ts'
import { snowflakeForms } from '../../src/snowflake/forms.ts'
import { type SnowflakeRules, sound } from '../../src/snowflake/rules.ts'
import type { SnowflakeOptions } from '../../src/snowflake/options.ts'
import { Snowflake } from '../../src/snowflake/snowflake.ts'
import type { WorkerLease } from '../../src/worker-lease.ts'
import { settled, TestClock } from '../test-clock.ts'
import { TestDisk } from '../test-mark.ts'
import { VirtualTime } from '../virtual-time.ts'

const startMs = 1_700_000_000_000
/** Four ids a tick. */
const small = { timeBits: 41, workerBits: 2, sequenceBits: 2, epochMs: startMs - 1000 }

function refusedBy(work: () => unknown): Partial<IdError> {
  try {
    work()
  } catch (error) {
    return error as IdError
  }
  throw new Error('it was not refused')
}

/** A generator of four ids a tick, on a clock of its own. */
function made(options: Partial<SnowflakeOptions> = {}): { ids: Snowflake; clock: TestClock } {
  const clock = new TestClock(startMs)
  return { clock, ids: new Snowflake({ worker: 1, layout: small, clock, ...options }) }
}

describe('a Snowflake generator', () => {
  test('gives ids in order, on the real clock too, through many ticks', async () => {
    const ids = new Snowflake({ worker: 1023 })
    const unique = new Uniqueness()
    const array = new BigUint64Array(10_000)
    await ids.nextInto(array)
    unique.add('array', array)
    const single = Array.from({ length: 10_000 }, () => ids.nextSync())
    unique.add('single', single)
    unique.add('batch', await ids.nextBatch(5_000))
    unique.add('next', [await ids.next()])
    expect(unique.verdict()).toMatchObject({ is: 'holds', text: 'Unique: 25,001 ids of 4 sources' })
    expect(single).toEqual(single.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(ids.layout.fieldsOf(single[0]!).workerId).toBe(1023)
  })

  test('all forms draw from the same ids, and each reads back what it wrote', () => {
    const form = fc.constantFrom('bigint', 'decimal', 'base62', 'bytes')
    const layout = fc.record({
      timeBits: fc.constant(35),
      // Carries over the digits that come out of a table need a long sequence.
      sequenceBits: fc.integer({ min: 2, max: 18 }),
      epochMs: fc.integer({ min: 0, max: 2 }).map((back) => startMs - back),
    })
    const skips = fc.array(fc.nat(20_000), { maxLength: 60 })
    fc.assert(
      fc.property(
        layout,
        fc.nat(1),
        fc.array(form, { minLength: 60 }),
        skips,
        (each, worker, forms, skip) => {
          const clock = new TestClock(startMs, 0.02)
          const clockBack = { policy: 'borrow', aheadMaxMs: 1e6 } as const
          const ids = new Snowflake({ worker, layout: each, clock, clockBack })
          const views = Object.fromEntries(forms.map((name) => [name, ids.as(name)] as const))
          let last = -1n
          for (const [at, name] of forms.entries()) {
            ids.nextIntoSync(new BigUint64Array(skip[at] ?? 0))
            const written = views[name]!.nextSync()
            const id = (snowflakeForms[name].read as (written: unknown) => bigint)(written)
            expect((snowflakeForms[name].write as (id: bigint) => unknown)(id)).toEqual(written)
            expect(id).toBeGreaterThan(last)
            last = id
          }
        },
      ),
    )
  })

  test('a view waits, and makes batches, as the generator does', async () => {
    const { ids, clock } = made()
    const texts = ids.as('decimal')
    const batch = await texts.nextBatch(9)
    expect(batch.map((text) => ids.layout.fieldsOf(BigInt(text)).tick)).toEqual([
      1000, 1000, 1000, 1000, 1001, 1001, 1001, 1001, 1002,
    ])
    expect(BigInt(await texts.next())).toBe(BigInt(batch[8]!) + 1n)
    expect(clock.shows).toBe(startMs + 2)
  })

  test('a tick that has run out: async callers sleep, sync ones spin to the next millisecond', async () => {
    const waits: [ms: number, why: WaitReason][] = []
    const { ids, clock } = made({
      observer: { waited: (ms, why) => waits.push([Math.round(ms), why]) },
    })
    await ids.nextBatch(5)
    clock.readMs = 0.15
    for (let taken = 0; taken < 8; taken++) ids.nextSync()
    expect(waits.length).toBeGreaterThan(1)
    expect(new Set(waits.map(([, why]) => why))).toEqual(new Set(['exhausted']))
    expect(waits.every(([ms]) => ms <= 1)).toBe(true)
  })

  test('a sync caller does not spin for longer than a millisecond, nor on a clock that stands', () => {
    const { ids, clock } = made({ layout: { ...small, tickMs: 10 } })
    for (let taken = 0; taken < 4; taken++) ids.nextSync()
    expect(refusedBy(() => ids.nextSync())).toMatchObject({ code: 'exhausted', retryAfterMs: 10 })
    clock.pass(9.5)
    expect(refusedBy(() => ids.nextSync())).toMatchObject({ code: 'exhausted', retryAfterMs: 1 })
    clock.readMs = 0.01
    expect(ids.layout.fieldsOf(ids.nextSync()).sequence).toBe(0)
  })

  test('a spin ends after a millisecond of real time, whatever the wall clock shows', () => {
    let elapsedMs = 0
    let reads = 0
    const stuck: Clock = {
      wall: () => {
        reads++
        elapsedMs += 0.001
        return startMs
      },
      elapsed: () => elapsedMs,
      sleep: () => Promise.resolve(),
    }
    const ids = new Snowflake({ worker: 1, layout: small, clock: stuck })
    for (let taken = 0; taken < 4; taken++) ids.nextSync()
    expect(refusedBy(() => ids.nextSync())).toMatchObject({ code: 'exhausted', retryAfterMs: 1 })
    expect(elapsedMs).toBeLessThan(1.1)
    expect(reads).toBeLessThan(1100)
  })

  test('ends with its last tick, and says what to do', () => {
    const { ids, clock } = made({ layout: { ...small, timeBits: 10 } })
    clock.step(23)
    expect(ids.layout.fieldsOf(ids.nextSync()).tick).toBe(1023)
    clock.step(1)
    expect(refusedBy(() => ids.nextSync())).toMatchObject({
      code: 'time-exhausted',
      message: expect.stringContaining(new Date(startMs + 24).toISOString()) as string,
    })
  })

  test('a clock before the epoch has no ids', () => {
    const { ids, clock } = made()
    clock.step(-5000)
    expect(refusedBy(() => ids.nextSync())).toMatchObject({
      code: 'clock-behind',
      retryAfterMs: 4000,
    })
  })

  test('a sequence may begin at random, within its bound', () => {
    const { ids, clock } = made({ layout: { epochMs: startMs }, randomStartMax: 99 })
    const starts = Array.from({ length: 500 }, () => {
      clock.pass(1)
      return ids.layout.fieldsOf(ids.nextSync()).sequence
    })
    expect(Math.max(...starts)).toBeLessThanOrEqual(99)
    expect(new Set(starts).size).toBeGreaterThan(60)
  })

  test('tells whoever counts how many it gave, and what it refused', async () => {
    let issued = 0
    const refused: string[] = []
    const { ids, clock } = made({
      observer: { issued: (count) => (issued += count), refused: (code) => refused.push(code) },
    })
    await ids.nextBatch(11)
    clock.step(-100)
    refusedBy(() => ids.nextSync())
    await ids.close()
    refusedBy(() => ids.nextSync())
    expect(issued).toBe(11)
    expect(refused).toEqual(['clock-behind', 'unavailable'])
  })

  test.for<[what: string, options: Partial<SnowflakeOptions>, says: RegExp]>([
    [
      'a worker that the layout has no bits for',
      { worker: 4 },
      /worker id is a whole number from 0 to 3, not 4/,
    ],
    ['half a worker', { worker: 0.5 }, /worker id/],
    ['a start beyond the sequence', { randomStartMax: 4 }, /randomStartMax .* 0 to 3/],
    ['turns without bits', { clockBack: { policy: 'reserve' } }, /turnBits, such as 2/],
    ['a step of no length', { smallStepMs: Number.NaN }, /smallStepMs .* from 0, not NaN/],
    ['less than no time to wait', { waitMaxMs: -1 }, /waitMaxMs .* from 0, not -1/],
    [
      'less than a tick to borrow',
      { clockBack: { policy: 'borrow', aheadMaxMs: 0.5 } },
      /one tick/,
    ],
  ])('%s is refused', ([, options, says]) => {
    expect(refusedBy(() => made(options))).toMatchObject({
      code: 'invalid-option',
      message: expect.stringMatching(says) as string,
    })
  })
})

describe('a clock that goes back', () => {
  test('wait: sync callers learn for how long, async ones wait, and times stay true', async () => {
    const { ids, clock } = made()
    const before = ids.nextSync()
    clock.step(-200)
    expect(refusedBy(() => ids.nextSync())).toMatchObject({
      code: 'clock-behind',
      retryAfterMs: 200,
    })
    const id = await ids.next()
    expect(id).toBe(before + 1n)
    expect(clock.shows).toBe(startMs)
  })

  test('wait: not longer than a caller may, and not after its signal', async () => {
    const { ids, clock } = made({ waitMaxMs: 50 })
    ids.nextSync()
    clock.step(-51)
    await expect(ids.next()).rejects.toMatchObject({ code: 'clock-behind', retryAfterMs: 51 })
    clock.step(1)
    const leaving = new AbortController()
    const left = ids.next({ signal: leaving.signal })
    leaving.abort(new Error('enough'))
    await expect(left).rejects.toThrow('enough')
  })

  test('throw: only a small step is waited for', async () => {
    const { ids, clock } = made({ clockBack: { policy: 'throw' } })
    ids.nextSync()
    clock.step(-6)
    await expect(ids.next()).rejects.toMatchObject({ code: 'clock-behind', retryAfterMs: 6 })
    clock.step(1)
    await ids.next()
    expect(clock.shows).toBe(startMs)
  })

  test('borrow: goes on at once, ahead of the clock by so much and no more', async () => {
    const { ids, clock } = made({ clockBack: { policy: 'borrow', aheadMaxMs: 10 } })
    ids.nextSync()
    clock.step(-8)
    const borrowed = Array.from({ length: 11 }, () => ids.nextSync())
    expect(ids.layout.fieldsOf(borrowed.at(-1)!).tick).toBe(1002)
    expect(refusedBy(() => ids.nextSync())).toMatchObject({ code: 'clock-behind', retryAfterMs: 1 })
    const [waited] = await ids.nextBatch(1)
    expect(waited).toBeGreaterThan(borrowed.at(-1)!)
    expect(clock.shows).toBe(startMs - 7)
  })

  test('reserve: follows the clock back, and never repeats through a storm', async () => {
    const { ids, clock } = made({
      layout: { ...small, turnBits: 2 },
      clockBack: { policy: 'reserve' },
      smallStepMs: 0,
    })
    clock.readMs = 0.05
    const unique = new Uniqueness()
    const turns = new Set<number>()
    for (let step = 0; step < 200; step++) {
      for (let taken = 0; taken < 20; taken++) {
        const id = await ids.next()
        unique.add('w1', [id])
        turns.add(ids.layout.fieldsOf(id).turn)
      }
      clock.step(-3)
    }
    expect(unique.verdict().is).toBe('holds')
    expect(turns).toEqual(new Set([0, 1, 2, 3]))
    const long = made({ layout: { ...small, turnBits: 1 }, clockBack: { policy: 'reserve' } })
    const first = long.ids.nextSync()
    long.clock.step(-200)
    const back = long.ids.layout.fieldsOf(long.ids.nextSync())
    expect(back).toMatchObject({ tick: 800, turn: 1 })
    long.clock.step(-100)
    expect(refusedBy(() => long.ids.nextSync())).toMatchObject({
      code: 'clock-behind',
      retryAfterMs: 100,
    })
    expect(long.ids.layout.fieldsOf(first)).toMatchObject({ tick: 1000, turn: 0 })
  })
})

describe('a high-water mark', () => {
  const opened = async (clock: TestClock, disk: TestDisk): Promise<Snowflake> =>
    Snowflake.open({ worker: 1, layout: small, clock, mark: disk.mark(), markAheadMs: 100 })

  test('after a crash ids begin above all that may have been given, and after a close right away', async () => {
    const clock = new TestClock(startMs)
    const disk = new TestDisk(clock)
    const first = await opened(clock, disk)
    first.nextSync()
    clock.step(-50)
    const second = await opened(clock, disk)
    expect(refusedBy(() => second.nextSync())).toMatchObject({
      code: 'clock-behind',
      retryAfterMs: 150,
    })
    const id = await second.next()
    expect(second.layout.fieldsOf(id).timeMs).toBe(startMs + 100)
    await second.close()
    expect(disk.markMs).toBe(startMs + 101)
    clock.pass(1)
    const third = await opened(clock, disk)
    expect(third.layout.fieldsOf(third.nextSync()).timeMs).toBe(startMs + 101)
  })

  test('is saved ahead while time passes, so that making ids never waits for the disk', async () => {
    const clock = new TestClock(startMs)
    const disk = new TestDisk(clock)
    const ids = await opened(clock, disk)
    for (let ms = 0; ms < 1000; ms += 20) {
      clock.pass(20)
      await settled()
      ids.nextSync()
      expect(disk.markMs).toBeGreaterThan(clock.shows)
    }
    expect(disk.saves).toBeLessThan(25)
    clock.pass(5000)
    await settled()
    ids.nextSync()
  })

  test('that cannot be saved stops ids before they reach it, until it can', async () => {
    const clock = new TestClock(startMs)
    const disk = new TestDisk(clock)
    const ids = await opened(clock, disk)
    const failed = { takesMs: 0, is: 'failed' } as const
    disk.fate(...Array.from({ length: 9 }, () => failed))
    for (let ms = 0; ms < 100; ms++) {
      ids.nextSync()
      clock.pass(1)
      await settled()
    }
    expect(refusedBy(() => ids.nextSync())).toMatchObject({ code: 'unavailable' })
    await expect(ids.next()).rejects.toMatchObject({
      code: 'unavailable',
      cause: new Error('the disk is full'),
    })
    disk.fate()
    expect(ids.layout.fieldsOf(await ids.next()).timeMs).toBe(startMs + 100)
  })

  test('is left alone where the options are wrong', async () => {
    const disk = new TestDisk(new TestClock(startMs))
    const opening = Snowflake.open({ worker: 4, layout: small, mark: disk.mark() })
    await expect(opening).rejects.toMatchObject({ code: 'invalid-option' })
    expect(disk.saves).toBe(0)
  })

  test('that cannot be loaded, or is not given, opens nothing', async () => {
    const mark = { load: () => Promise.reject(new Error('no disk')), save: () => Promise.resolve() }
    await expect(Snowflake.open({ worker: 1, mark })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(Snowflake.open({ worker: 1 })).rejects.toMatchObject({ code: 'invalid-option' })
    await expect(Snowflake.open({ worker: 1, mark, markAheadMs: 7 })).rejects.toMatchObject({
      code: 'invalid-option',
    })
  })
})

describe('a leased worker id', () => {
  /** Lends worker id 1 to one after the other, each as soon as the lease before it has ended. */
  async function lent(rules: SnowflakeRules, pauseMs: number): Promise<Uniqueness> {
    const clock = new TestClock(startMs)
    const disk = new TestDisk(clock)
    const lease = (heldUntilMs: number): WorkerLease => ({
      workerId: 1,
      heldUntilMs: () => heldUntilMs,
      mark: disk.mark(),
    })
    const unique = new Uniqueness()
    const take = (name: string, ids: Snowflake): void => {
      try {
        unique.add(name, [ids.nextSync()])
      } catch (error) {
        if ((error as IdError).code !== 'lease-lost') throw error
      }
    }
    const first = await Snowflake.open({ worker: lease(100), layout: small, clock, rules })
    take('first', first)
    clock.pass(pauseMs)
    const second = await Snowflake.open({ worker: lease(10_000), layout: small, clock, rules })
    unique.add('second', [await second.next()])
    clock.pass(1500)
    await settled()
    take('second', second)
    take('first', first)
    return unique
  }

  test('that has ended gives no more ids, so that the next holder is alone', async () => {
    expect((await lent(sound, 150)).verdict()).toMatchObject({ is: 'holds' })
    const [flaw] = snowflakeFlaws.filter(({ name }) => name === 'lease-not-fenced')
    const broken = await lent({ ...sound, ...flaw?.breaks }, 150)
    expect(broken.verdict()).toMatchObject({ is: 'violated' })
  })

  test('brings its mark, which only an opened generator keeps', () => {
    const mark = new TestDisk(new TestClock(0)).mark()
    const worker: WorkerLease = { workerId: 1, heldUntilMs: () => 1, mark }
    expect(refusedBy(() => new Snowflake({ worker }))).toMatchObject({ code: 'invalid-option' })
    const clockBack = { policy: 'borrow' } as const
    const unmarked: WorkerLease = { workerId: 1, heldUntilMs: () => 1 }
    expect(refusedBy(() => new Snowflake({ worker: unmarked, clockBack }))).toMatchObject({
      code: 'invalid-option',
    })
  })

  test('that is lost asks nobody to keep its mark any more, and refuses who asks for an id', async () => {
    const clock = new VirtualTime()
    let asked = 0
    const save = (): Promise<void> => {
      if (++asked === 1) return Promise.resolve()
      return Promise.reject(new IdError('lease-lost', 'it is held by somebody else'))
    }
    const mark = { load: () => Promise.resolve(undefined), save }
    const worker: WorkerLease = { workerId: 1, heldUntilMs: () => 10_000, mark }
    const layout = { ...small, epochMs: 0 }
    const ids = await Snowflake.open({ worker, layout, clock, markAheadMs: 100 })
    await clock.run(5_000)
    await expect(ids.next()).rejects.toMatchObject({
      code: 'unavailable',
      cause: expect.objectContaining({ code: 'lease-lost' }),
    })
    expect(asked).toBe(2)
  })
})
