import { expect, test } from 'vitest'
import { systemClock } from '../../src/platform.ts'
import { Snowflake } from '../../src/snowflake/snowflake.ts'
import { LeasedWorker } from '../../src/worker/leased-worker.ts'
import type { LentWorker, WorkerLeases } from '../../src/worker/worker-leases.ts'
import { repeated } from '../uniqueness.ts'

/** Makes a lender with so many ids of its own, and short leases. */
export type OpenLeases = (workers: number) => Promise<WorkerLeases>

/** What holds of every lender. */
export function leasesHold(open: OpenLeases): void {
  const lent = async (leases: WorkerLeases): Promise<LentWorker> => {
    const one = await leases.lend()
    if (one === undefined) throw new Error('all are held')
    return one
  }

  test('every id is lent once, and again when it was given back', async () => {
    const leases = await open(4)
    const all = await Promise.all(Array.from({ length: 4 }, () => lent(leases)))
    expect(new Set(all.map(({ workerId }) => workerId))).toEqual(new Set([0, 1, 2, 3]))
    expect(await leases.lend()).toBeUndefined()
    const [first] = all as [LentWorker]
    expect(await first.renew()).toBe(true)
    await first.release()
    expect((await lent(leases)).workerId).toBe(first.workerId)
    expect(await leases.lend()).toBeUndefined()
    expect(await first.renew()).toBe(false)
    for (const one of all.slice(1)) expect(await one.renew()).toBe(true)
  })

  test('a mark outlives its holder, and only the holder of now saves it', async () => {
    const leases = await open(1)
    const first = await lent(leases)
    expect(await first.mark.load()).toBeUndefined()
    await first.mark.save(1_764_000_000_000)
    await first.mark.save(1_764_000_000_123)
    expect(await first.mark.load()).toBe(1_764_000_000_123)
    await first.release()
    const second = await lent(leases)
    expect(second.workerId).toBe(first.workerId)
    expect(await second.mark.load()).toBe(1_764_000_000_123)
    await expect(first.mark.save(1_764_000_000_456)).rejects.toMatchObject({ code: 'lease-lost' })
    await second.mark.save(1_764_000_000_789)
    expect(await second.mark.load()).toBe(1_764_000_000_789)
  })

  test('a Snowflake with a leased id goes on where the last holder stopped', async () => {
    const leases = await open(1)
    const ids: bigint[] = []
    for (let life = 0; life < 2; life++) {
      const worker = await LeasedWorker.open({ leases })
      const generator = await Snowflake.open({ worker })
      ids.push(...(await generator.nextBatch(5_000)))
      await generator.close()
      await worker.close()
    }
    expect(repeated(ids)).toEqual([])
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] as bigint))).toBe(true)
  })
}

/** A holder that falls silent stops by itself before the id is lent to another. */
export function expires(open: OpenLeases): void {
  test('an id that is not renewed is lent again, and its holder stopped before', async () => {
    const leases = await open(1)
    const silent: WorkerLeases = {
      lend: async () => {
        const one = await leases.lend()
        return one && { ...one, renew: () => Promise.reject(new Error('no way to the lender')) }
      },
    }
    const first = await LeasedWorker.open({ leases: silent })
    const again = async (): Promise<number | undefined> => (await leases.lend())?.workerId
    await expect.poll(again, { timeout: 20_000, interval: 20 }).toBe(first.workerId)
    expect(first.heldUntilMs()).toBeLessThan(systemClock.elapsed())
    await expect(first.mark.save(1)).rejects.toMatchObject({ code: 'lease-lost' })
  })
}
