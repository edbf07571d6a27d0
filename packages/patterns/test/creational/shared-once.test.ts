import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { sharedOnce, sharedOnceCells } from '../../src/creational/shared-once.ts'
import type { Race } from './shared-once-worker.ts'

const shared = (cells: number) => new Int32Array(new SharedArrayBuffer(cells * 4))

/** Lets threads race for one initialisation: how often it ran, and whether all saw it whole. */
async function race(threads: number, singleCheck: boolean) {
  const made = shared(1025)
  const workerData: Race = {
    cells: shared(sharedOnceCells),
    made,
    gates: shared(2),
    threads,
    singleCheck,
  }
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('shared-once-worker.ts', import.meta.url), { workerData }),
  )
  const sawAll = await Promise.all(
    workers.map(async (worker) => {
      const [code] = (await once(worker, 'exit')) as [number]
      return code === 0
    }),
  )
  return { runs: made[0], sawAll: sawAll.every(Boolean) }
}

test('threads that race initialise once, and all of them see the whole', async () => {
  for (let round = 0; round < 5; round++)
    expect(await race(4, false)).toEqual({ runs: 1, sawAll: true })
})

test('without the second check every thread initialises', async () => {
  expect((await race(3, true)).runs).toBe(3)
})

test('an initialisation that throws is tried again, and the lock is free', () => {
  const cells = shared(sharedOnceCells)
  const failing = () => {
    throw new Error('no memory')
  }
  expect(() => sharedOnce(cells, failing)).toThrow('no memory')
  expect(sharedOnce(cells, () => {})).toBe(true)
  expect(sharedOnce(cells, failing)).toBe(false)
})
