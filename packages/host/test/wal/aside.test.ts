import { afterEach, expect, test, vi } from 'vitest'
import { type Pause, writeAside } from '../../src/wal/aside.ts'
import { checksum } from '../../src/wal/checksum.ts'
import { CrashFiles } from './crash-files.ts'

afterEach(() => vi.restoreAllMocks())

/** Writes a snapshot of two slices while every look at the clock is so much later than the one before. */
async function pausesAt(msPerLook: number): Promise<readonly number[]> {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += msPerLook))
  const files = new CrashFiles(() => 0)
  const took: number[] = []
  const pause: Pause = (ms) => {
    took.push(ms)
    return Promise.resolve()
  }
  const options = { counts: () => true, pause, reserve: () => undefined }
  const snapshot = ['a', 'b'].map((letter) => letter.repeat(40_000))
  const content = await writeAside(files, 'snapshot', snapshot, options)
  const written = await files.read('snapshot')
  expect(content).toEqual({ bytes: written.length, checksum: checksum(written) })
  expect(written.length).toBeGreaterThan(80_000)
  return took
}

test('a snapshot is encoded a slice at a time, and others have their turn between two', async () => {
  expect(await pausesAt(0)).toHaveLength(1)
})

test('where a slice takes long, others have their turn after every piece of it', async () => {
  expect(await pausesAt(5)).toHaveLength(3)
})
