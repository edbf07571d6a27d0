import { test as propertyTest } from '@fast-check/vitest'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WriteAheadLog } from '../../src/wal/log.ts'
import { recover } from '../../src/wal/recover.ts'
import { type WalRules, walRules } from '../../src/wal/rules.ts'
import { decodeSegmentHeader, segmentHeaderBytes } from '../../src/wal/segment.ts'
import { CrashFiles } from './crash-files.ts'

const segmentBytes = 2048

/**
 * A log of so many frames with one entry each. Where segments are used again, entries that a snapshot
 * let go stood in them before.
 */
async function written(frames: number, entryBytes: number, isReused = false) {
  const files = new CrashFiles(() => 0)
  let wake = (): void => undefined
  const { log } = await WriteAheadLog.open(files, {
    segmentBytes,
    bytesMax: Number.POSITIVE_INFINITY,
    onSynced: () => wake(),
    onFailed: (error) => {
      throw error
    },
  })
  const durable = async (write: () => void): Promise<void> => {
    const synced = new Promise<void>((resolve) => {
      wake = resolve
    })
    write()
    await synced
  }
  const earlier = isReused ? 60 : 0
  for (let i = 0; i < earlier; i++) await durable(() => log.append(`${i} ${'o'.repeat(90)}`))
  if (isReused) await durable(() => log.saveSnapshot('earlier', earlier))
  for (let i = 0; i < frames; i++) await durable(() => log.append(`${i} ${'x'.repeat(entryBytes)}`))
  await log.close()
  const names = (await files.list()).filter((name) => name.endsWith('.log')).sort()
  return { files, names, last: names.at(-1) ?? '' }
}

/** Where the frames of a segment end, found by its own lengths. */
async function frameEnds(files: CrashFiles, name: string): Promise<number[]> {
  const bytes = Buffer.from(await files.read(name))
  const ends: number[] = []
  let offset = segmentHeaderBytes
  const mark = bytes.readUInt32LE(16)
  while (offset + 24 <= bytes.length && bytes.readUInt32LE(offset) === mark) {
    offset += 24 + bytes.readUInt32LE(offset + 8)
    ends.push(offset)
  }
  return ends
}

async function isReusedSegment(files: CrashFiles, name: string): Promise<boolean> {
  const header = decodeSegmentHeader(await files.read(name))
  return typeof header !== 'string' && header.isReused
}

/** Changes one byte of a log, then recovers it. */
async function checkBadByte(
  frames: number,
  which: number,
  where: number,
  flip: number,
  isReused: boolean,
  rules: WalRules,
): Promise<void> {
  const { files, names, last } = await written(frames, 100, isReused)
  const before = (await recover(files, walRules)).saved.entries
  const name = names[which % names.length] ?? last
  const ends = await frameEnds(files, name)
  const at = where % (ends.at(-1) ?? segmentHeaderBytes)
  files.damage(name, (bytes) => {
    bytes[at] = (bytes[at] ?? 0) ^ flip
    return bytes
  })
  const lastFrameFrom = ends.at(-2) ?? segmentHeaderBytes
  const mayBeTorn = name === last && at >= lastFrameFrom && ends.length > 0
  const outcome = await recover(files, rules).catch((error: unknown) => error)
  // Without its mark the last frame cannot be told from what stood in the segment before.
  const looksOlder = (await isReusedSegment(files, last)) && at < lastFrameFrom + 4
  const torn = looksOlder ? undefined : { file: last, offset: lastFrameFrom }
  expect(outcome).toMatchObject(
    mayBeTorn
      ? { saved: { entries: before.slice(0, -1) }, torn }
      : { code: 'wal-corrupt', file: name },
  )
}

describe('a log that is cut off at any byte of its last segment', () => {
  propertyTest.prop([fc.integer({ min: 1, max: 25 }), fc.integer({ min: 0, max: 200 }), fc.nat()])(
    'keeps every frame before the cut, and reports what was torn',
    async (frames, entryBytes, cutAt) => {
      const { files, last } = await written(frames, entryBytes)
      const before = (await recover(files, walRules)).saved.entries
      const ends = await frameEnds(files, last)
      const cut = cutAt % segmentBytes
      files.damage(last, (bytes) => bytes.slice(0, cut))
      const found = await recover(files, walRules)
      const lost = ends.filter((end) => end > cut).length
      expect(found.saved.entries).toEqual(before.slice(0, before.length - lost))
      // What begins with zeros and was cut within them looks like space that nothing was written to.
      const whole = Math.max(segmentHeaderBytes, ...ends.filter((end) => end <= cut))
      const rest = (await files.read(last)).slice(whole)
      const clean = cut >= segmentHeaderBytes && rest.every((byte) => byte === 0)
      expect(found.torn === undefined).toBe(clean)
    },
  )
})

describe('a log with one bad byte', () => {
  const where = [
    fc.integer({ min: 3, max: 25 }),
    fc.nat(),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    fc.boolean(),
  ] as const
  propertyTest.prop([...where])(
    'is refused, unless the byte is in the last frame, which a crash may have torn',
    (frames, which, at, flip, isReused) =>
      checkBadByte(frames, which, at, flip, isReused, walRules),
  )

  test('is believed by a recovery that ignores checksums, and this test notices', async () => {
    const ignorant = { ...walRules, isIntact: () => true }
    const property = fc.asyncProperty(...where, (frames, which, at, flip, isReused) =>
      checkBadByte(frames, which, at, flip, isReused, ignorant),
    )
    expect((await fc.check(property, { numRuns: 100, endOnFailure: true })).failed).toBe(true)
  })

  test('says which file, where, what it found and how to mend it', async () => {
    const { files, names } = await written(5, 100)
    const [name = ''] = names
    const [end = 0] = await frameEnds(files, name)
    files.damage(name, (bytes) => bytes.fill(255, end - 10, end - 5))
    await expect(recover(files, walRules)).rejects.toMatchObject({
      code: 'wal-corrupt',
      file: name,
      offset: segmentHeaderBytes,
      found: expect.stringContaining('the checksum does not match'),
      message: expect.stringContaining('wipe it and let the node rejoin'),
    })
  })
})

test('what stood in a segment before it was used again is neither read nor taken for torn', async () => {
  const frames = 100
  const { files, last } = await written(frames, 20, true)
  expect(await isReusedSegment(files, last)).toBe(true)
  const { saved, torn } = await recover(files, walRules)
  const entries = Array.from({ length: frames }, (_, i) => `${i} ${'x'.repeat(20)}`)
  expect(saved.entries).toEqual(entries)
  expect(torn).toBeUndefined()
})

test('a missing segment is refused', async () => {
  const { files, names } = await written(60, 100)
  expect(names.length).toBeGreaterThan(3)
  await files.remove(names[1] ?? '')
  await expect(recover(files, walRules)).rejects.toMatchObject({
    code: 'wal-corrupt',
    found: expect.stringContaining('a segment is missing'),
  })
})

test('an entry that holds a copy of the log is not taken for a frame', async () => {
  const { files, last } = await written(3, 100)
  const copy = await files.read(last)
  const { log } = await WriteAheadLog.open(files, {
    segmentBytes: 1 << 16,
    bytesMax: Number.POSITIVE_INFINITY,
    onSynced: () => undefined,
    onFailed: () => undefined,
  })
  log.append(copy)
  await log.close()
  const names = (await files.list()).filter((name) => name.endsWith('.log')).sort()
  const torn = names.at(-1) ?? ''
  files.damage(torn, (bytes) => bytes.slice(0, segmentHeaderBytes + 24 + copy.length))
  const found = await recover(files, walRules)
  expect(found.saved.entries).toHaveLength(3)
  expect(found.torn).toMatchObject({ file: torn, offset: segmentHeaderBytes })
})

test('a damaged or missing snapshot is refused', async () => {
  const files = new CrashFiles(() => 0)
  const options = {
    segmentBytes,
    bytesMax: Number.POSITIVE_INFINITY,
    onSynced: () => undefined,
    onFailed: () => undefined,
  }
  const { log } = await WriteAheadLog.open(files, options)
  log.append('a')
  log.saveSnapshot({ state: 'x'.repeat(100) }, 1)
  await log.close()
  const name = (await files.list()).find((file) => file.endsWith('.snapshot')) ?? ''
  const content = await files.read(name)
  files.damage(name, (bytes) => bytes.fill(0, 20, 30))
  await expect(recover(files, walRules)).rejects.toMatchObject({ code: 'wal-corrupt', file: name })
  files.damage(name, () => content)
  await expect(recover(files, walRules)).resolves.toMatchObject({
    saved: { first: 1, entries: [] },
  })
  await files.remove(name)
  await expect(recover(files, walRules)).rejects.toMatchObject({ code: 'wal-corrupt', file: name })
})
