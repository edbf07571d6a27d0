import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdError } from '../../src/id-error.ts'
import { LeasedWorker } from '../../src/worker/leased-worker.ts'
import { leaseSettings } from '../../src/worker/lease-settings.ts'
import { type LeaseRules, leaseFlaws, soundLease } from '../../src/worker/rules.ts'
import { VirtualTime } from '../virtual-time.ts'
import { SimLeases } from './sim-leases.ts'

const leaseMs = 1_000

async function opened(
  time: VirtualTime,
  leases: SimLeases,
  rules: LeaseRules = soundLease,
): Promise<LeasedWorker | undefined> {
  const opening = LeasedWorker.open({ leases, clock: time, rules }).catch(() => undefined)
  await time.run(leases.askingMs + leases.answeringMs)
  return opening
}

const happening = fc.record({
  what: fc.constantFrom('open', 'open', 'down', 'up', 'close'),
  which: fc.nat(10),
  askingMs: fc.constantFrom(1, 5, 300),
  answeringMs: fc.constantFrom(1, 5, 900),
  forMs: fc.integer({ min: 1, max: 700 }),
})

/** At no time are there two who may use one id, however slow or dead the lender is. */
const exclusive = (rules: LeaseRules): fc.IAsyncProperty<[unknown[]]> =>
  fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 15 }), async (plan) => {
    const time = new VirtualTime()
    const leases = new SimLeases(time, 2, leaseMs)
    const held: LeasedWorker[] = []
    for (const { what, which, askingMs, answeringMs, forMs } of plan) {
      Object.assign(leases, { askingMs, answeringMs })
      if (what === 'open') {
        const worker = await opened(time, leases, rules)
        if (worker !== undefined) held.push(worker)
      } else if (what === 'close') void held[which % (held.length || 1)]?.close().catch(() => {})
      else leases.isDown = what === 'down'
      for (let passed = 0; passed < forMs; passed += 20) {
        await time.run(20)
        const now = time.elapsed()
        const ids = held.filter((one) => one.heldUntilMs() > now).map(({ workerId }) => workerId)
        expect(new Set(ids).size).toBe(ids.length)
      }
    }
  })

describe('a leased worker id', () => {
  test('is used by one at a time', async () => {
    await fc.assert(exclusive(soundLease), { numRuns: 60 })
  })

  test.for(leaseFlaws.map((flaw) => [flaw.name, flaw] as const))(
    'is found out: %s',
    async ([, { breaks }]) => {
      const rules = { ...soundLease, ...breaks }
      const result = await fc.check(exclusive(rules), { numRuns: 2_000, endOnFailure: true })
      expect(result.failed).toBe(true)
    },
  )

  test('is held for as long as it is renewed, and no longer than the lender said', async () => {
    const time = new VirtualTime()
    const leases = new SimLeases(time, 1, leaseMs)
    const worker = (await opened(time, leases)) as LeasedWorker
    expect(worker.heldUntilMs()).toBe(900)
    await time.run(10_000)
    expect(worker.heldUntilMs()).toBeGreaterThan(10_000)
    leases.isDown = true
    await time.run(2_000)
    expect(worker.heldUntilMs()).toBeLessThan(time.elapsed())
    // Nobody took it meanwhile, so it is ours again.
    leases.isDown = false
    await time.run(2_000)
    expect(worker.heldUntilMs()).toBeGreaterThan(time.elapsed())
  })

  test('that somebody else has is lost for good', async () => {
    const time = new VirtualTime()
    const leases = new SimLeases(time, 1, leaseMs)
    const first = (await opened(time, leases)) as LeasedWorker
    leases.askingMs = 3_000
    await time.run(2_000)
    leases.askingMs = 1
    const second = (await opened(time, leases)) as LeasedWorker
    expect(second.workerId).toBe(first.workerId)
    await time.run(5_000)
    expect(first.heldUntilMs()).toBe(Number.NEGATIVE_INFINITY)
    expect(second.heldUntilMs()).toBeGreaterThan(time.elapsed())
    const saving = first.mark.save(1)
    saving.catch(() => {})
    await time.run(10)
    await expect(saving).rejects.toMatchObject({ code: 'lease-lost' })
  })

  test('that was given back is held by nobody, and the next one need not wait', async () => {
    const time = new VirtualTime()
    const leases = new SimLeases(time, 1, leaseMs)
    const first = (await opened(time, leases)) as LeasedWorker
    expect(await opened(time, leases)).toBeUndefined()
    const closing = first.close()
    expect(first.heldUntilMs()).toBe(Number.NEGATIVE_INFINITY)
    await time.run(10)
    await closing
    await first.close()
    expect((await opened(time, leases))?.workerId).toBe(0)
  })

  test('a lender that says when it will lend is asked again then', async () => {
    const time = new VirtualTime()
    const leases = new SimLeases(time, 1, leaseMs)
    let asked = 0
    const patient = LeasedWorker.open({
      clock: time,
      leases: {
        lend: async () => {
          if (++asked === 1) throw new IdError('unavailable', 'new here', { retryAfterMs: 700 })
          return leases.lend()
        },
      },
    })
    await time.run(800)
    expect((await patient).heldUntilMs()).toBe(700 + 900)
  })

  test('settings that cannot be are refused', () => {
    const wrong = expect.objectContaining({ code: 'invalid-option' })
    expect(() => leaseSettings({ workers: 0 })).toThrow(wrong)
    expect(() => leaseSettings({ leaseMs: 1 })).toThrow(wrong)
    expect(leaseSettings({})).toEqual({ workers: 1024, leaseMs: 10_000 })
  })
})
