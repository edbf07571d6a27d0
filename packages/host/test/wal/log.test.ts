import { test as propertyTest } from '@fast-check/vitest'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { codecOf, plain } from '../../src/codec.ts'
import { shapesFrame } from '../../src/wal/frame.ts'
import { type LogOptions, WriteAheadLog } from '../../src/wal/log.ts'
import type { WalRules } from '../../src/wal/rules.ts'
import { segmentHeaderBytes } from '../../src/wal/segment.ts'
import { CrashFiles, turn } from './crash-files.ts'
import { checkSteps, steps } from './log-model.ts'

const numRuns = process.env['LOCKSTEP_LONG'] === undefined ? 150 : 5_000

describe('a log that loses power at any moment', () => {
  propertyTest.prop([steps, fc.nat()], { numRuns })(
    'recovers a prefix of what was written, at least as far as it reported',
    (plan, seed) => checkSteps(plan, seed),
  )

  const mutants: Readonly<Record<string, Partial<WalRules>>> = {
    'reports entries as durable before they are': {
      makeDurable: (file, parts, at) => {
        void file.write(parts, at)
        return Promise.resolve()
      },
    },
    'ignores checksums': { isIntact: () => true },
    'believes a snapshot that no marker names': {
      snapshotToBelieve: (_, present) => present.at(-1),
    },
  }
  test.each(Object.entries(mutants))('is caught when it %s', async (_, rules) => {
    const details = await fc.check(
      fc.asyncProperty(steps, fc.nat(), (plan, seed) => checkSteps(plan, seed, rules)),
      { numRuns: 2_000, endOnFailure: true },
    )
    expect(details.failed).toBe(true)
  })
})

async function open(options: Partial<LogOptions> = {}, files = new CrashFiles(() => 0)) {
  const reported: number[] = []
  const opened = await WriteAheadLog.open(files, {
    segmentBytes: 4096,
    bytesMax: Number.POSITIVE_INFINITY,
    onSynced: (position) => reported.push(position),
    onFailed: (error) => {
      throw error
    },
    ...options,
  })
  return { ...opened, reported, files }
}

test('appends of one turn share a sync, and those made during a sync share the next', async () => {
  const { log } = await open()
  for (let i = 0; i < 100; i++) log.append(i)
  await turn()
  for (let i = 0; i < 100; i++) log.append(i)
  await log.close()
  expect(log.syncs).toBe(2)
  expect(log.durableWrites).toBe(200)
})

test('what is encoded already is written as it is, and comes back', async () => {
  const encoded = vi.fn<(entries: readonly unknown[]) => Uint8Array>((entries) =>
    plain.encode(entries),
  )
  const { log, files } = await open({ encoded })
  log.append({ key: 'a' })
  log.append({ key: 'b' })
  await log.close()
  expect(encoded.mock.lastCall).toEqual([[{ key: 'a' }, { key: 'b' }]])
  const { saved } = await open({}, files)
  expect(saved.entries).toEqual([{ key: 'a' }, { key: 'b' }])
})

test('a log is read by the shapes that each of its segments was written by', async () => {
  const entry = (i: number) => ({ key: `k${i}`, value: i })
  let files = new CrashFiles(() => 0)
  for (const [i, shapes] of [[], [['key', 'value']], [['value'], ['key', 'value']]].entries()) {
    const opened = await open({ codec: codecOf(shapes), segmentBytes: 300 }, files)
    expect(opened.saved.entries).toEqual(Array.from({ length: 9 * i }, (_, at) => entry(at)))
    for (let at = 9 * i; at < 9 * i + 9; at++) {
      opened.log.append(entry(at))
      await turn()
      await turn()
    }
    await opened.log.close()
    files = files.crash()
  }
  const names = await files.list()
  expect(names.length).toBeGreaterThan(3)
})

test('a segment whose shapes make no sense is refused', async () => {
  const { log, files } = await open({ codec: codecOf([['key', 'value']]) })
  log.append({ key: 'a', value: 1 })
  await log.close()
  const [name = ''] = await files.list()
  files.damage(name, (bytes) => {
    const mark = Buffer.from(bytes).readUInt32LE(16)
    bytes.set(shapesFrame([['no plain name']], mark, 0), segmentHeaderBytes)
    return bytes
  })
  await expect(open({}, files)).rejects.toMatchObject({
    code: 'wal-corrupt',
    message: expect.stringContaining('shapes that make no sense'),
  })
})

test('nothing is written inside the step that appends', async () => {
  const { log, reported } = await open()
  log.append('a')
  await Promise.resolve()
  expect(log.syncs).toBe(0)
  await log.close()
  expect(reported).toEqual([0])
})

test('a log fails as a full disk does when it would grow beyond its limit', async () => {
  let failure: Error | undefined
  const { log, reported } = await open({
    bytesMax: 1_000,
    onFailed: (error) => {
      failure = error
    },
  })
  log.append('x'.repeat(500))
  while (reported.length === 0) await turn()
  log.append('x'.repeat(500))
  await log.close()
  expect(failure).toMatchObject({ code: 'disk-full', message: /^the disk is full/ })
  expect(reported).toEqual([0])
})

test("an entry that is no plain data is the process's mistake, not the disk's", async () => {
  const failed = new Promise<Error>((resolve) => {
    void open({ onFailed: resolve }).then(({ log }) => log.append(Symbol('no data')))
  })
  expect(await failed).toMatchObject({ code: 'step-failed' })
})

test('segments and snapshots that are not needed any more are removed', async () => {
  const { log, files } = await open()
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 10; i++) log.append('x'.repeat(300))
    log.saveSnapshot({ round }, (round + 1) * 10)
  }
  await log.close()
  const names = await files.list()
  expect(names.filter((name) => name.endsWith('.snapshot'))).toHaveLength(1)
  expect(names.filter((name) => name.endsWith('.log')).length).toBeLessThan(4)
})

/** What was written to snapshots, in what pieces. */
function watchSnapshots(files: CrashFiles): { bytes: number; writes: number } {
  const largest = { bytes: 0, writes: 0 }
  const openFile = files.open.bind(files)
  files.open = async (name) => {
    const file = await openFile(name)
    return {
      ...file,
      write: (parts, at) => {
        const bytes = parts.reduce((sum, part) => sum + part.length, 0)
        if (name.includes('snapshot')) {
          largest.writes++
          largest.bytes = Math.max(largest.bytes, bytes)
        }
        return file.write(parts, at)
      },
    }
  }
  return largest
}

const large = {
  keys: Array.from({ length: 20_000 }, (_, i) => ({ key: `key-${i}`, value: 'v'.repeat(256) })),
}
const sliceBytes = 64 * 1024

test('a large snapshot is encoded in slices and written in pieces, and others have their turns in between', async () => {
  const { log, files } = await open()
  const largest = watchSnapshots(files)
  log.saveSnapshot(large, 0)
  let turns = 0
  while (log.durableWrites === 0) {
    await turn()
    turns++
  }
  await log.close()
  expect(largest.bytes).toBeLessThanOrEqual((1 << 20) + sliceBytes)
  expect(largest.writes).toBeGreaterThan(2)
  expect(turns).toBeGreaterThan((20_000 * 256) / sliceBytes)
  expect((await open({}, files)).saved.snapshot).toEqual(large)
})

test('the log waits for a snapshot that is saved, and not for one that compacts it', async () => {
  const { log, files, reported } = await open()
  const largest = watchSnapshots(files)
  log.append('before')
  log.compact(large, 1)
  log.append('after')
  while (log.durableWrites < 2) await turn()
  expect(largest.writes).toBe(0)
  while (log.bytes.snapshotBytes === 0) await turn()
  log.append('last')
  await log.close()
  expect(largest.bytes).toBeLessThanOrEqual((1 << 20) + sliceBytes)
  expect(reported.at(-1)).toBe(2)
  const { saved } = await open({}, files)
  expect(saved).toEqual({ snapshot: large, first: 1, entries: ['after', 'last'] })
})

test('a snapshot that is saved takes the place of one that is still being written beside the log', async () => {
  const { log, files } = await open()
  for (let k = 0; k < 4; k++) log.append(k)
  log.compact(large, 1)
  for (let k = 0; k < 20; k++) await turn()
  log.saveSnapshot('saved', 3)
  await log.close()
  expect((await files.list()).filter((name) => name.includes('snapshot'))).toHaveLength(1)
  const { saved } = await open({}, files)
  expect(saved).toEqual({ snapshot: 'saved', first: 3, entries: [3] })
})

test('a log that is closed does not wait for a snapshot beside it', async () => {
  const { log, files } = await open()
  log.append('kept')
  log.compact(large, 1)
  await log.close()
  const { saved } = await open({}, files)
  expect(saved).toEqual({ snapshot: undefined, first: 0, entries: ['kept'] })
})
