import { test } from '@fast-check/vitest'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { SimDisk } from '../src/disk.ts'

type Action =
  | { readonly do: 'append' }
  | { readonly do: 'save'; readonly keep: number }
  | { readonly do: 'begin' | 'finish' }

const actions = fc.array(
  fc.oneof<fc.Arbitrary<Action>[]>(
    fc.constant({ do: 'append' }),
    fc.record({ do: fc.constant('save' as const), keep: fc.nat(10) }),
    fc.record({ do: fc.constantFrom('begin' as const, 'finish' as const) }),
  ),
  { maxLength: 40 },
)

interface Write {
  readonly entry: number | undefined
  readonly keepFrom: number
}

/** What a disk holds after a list of writes, told naively. */
function replay(writes: readonly Write[]): { snapshot: unknown; first: number; entries: number[] } {
  let first = 0
  let snapshot: unknown
  let entries: number[] = []
  for (const { entry, keepFrom } of writes) {
    if (entry === undefined) {
      snapshot = keepFrom
      while (first < keepFrom && entries.length > 0) {
        entries = entries.slice(1)
        first++
      }
    } else entries = [...entries, entry]
  }
  return { snapshot, first, entries }
}

function play(disk: SimDisk, script: readonly Action[]): { writes: Write[]; synced: number } {
  const writes: Write[] = []
  let synced = 0
  let covered: number | undefined
  for (const action of script) {
    if (action.do === 'append') {
      const position = disk.append(writes.length)
      expect(position).toBe(writes.filter(({ entry }) => entry !== undefined).length)
      writes.push({ entry: writes.length, keepFrom: 0 })
    } else if (action.do === 'save') {
      disk.save(action.keep, action.keep)
      writes.push({ entry: undefined, keepFrom: action.keep })
    } else if (action.do === 'begin' && covered === undefined) {
      disk.beginSync()
      covered = writes.length
    } else if (action.do === 'finish' && covered !== undefined) {
      disk.finishSync()
      synced = covered
      covered = undefined
    }
    expect(disk.durableWrites).toBe(synced)
    expect(disk.writes).toBe(writes.length)
  }
  return { writes, synced }
}

describe('disk', () => {
  test.prop([actions, fc.nat(40)])(
    'a crash keeps a prefix of the writes that holds all that was synced',
    (script, more) => {
      const disk = new SimDisk()
      const { writes, synced } = play(disk, script)
      const kept = Math.min(more, disk.unsynced)
      disk.crash(kept)
      expect(disk.saved()).toEqual(replay(writes.slice(0, synced + kept)))
      expect(disk.unsynced).toBe(0)
    },
  )

  test('a sync covers only what was written before it began', () => {
    const disk = new SimDisk()
    disk.append('a')
    disk.beginSync()
    disk.append('b')
    disk.finishSync()
    disk.crash(0)
    expect(disk.saved().entries).toEqual(['a'])
  })

  test.prop([fc.integer({ min: 1, max: 4 }), fc.nat(6), fc.boolean()])(
    'a snapshot beside the log is durable after so many syncs, and what was appended meanwhile stays',
    (takes, syncs, isReplaced) => {
      const disk = new SimDisk()
      disk.append('a')
      disk.append('b')
      disk.compact('s', 1, takes)
      const { writes } = disk
      if (isReplaced) disk.save('saved', 0)
      for (let sync = 0; sync < syncs; sync++) {
        disk.beginSync()
        disk.append(sync)
        disk.finishSync()
      }
      const behind = Array.from({ length: Math.max(0, syncs - 1) }, (_, sync) => sync)
      const kept = syncs === 0 ? [] : ['a', 'b', ...behind]
      disk.crash(0)
      const isThere = !isReplaced && syncs >= takes
      expect(writes).toBe(2)
      expect(disk.saved()).toEqual({
        snapshot: isReplaced && syncs > 0 ? 'saved' : isThere ? 's' : undefined,
        first: isThere ? 1 : 0,
        entries: isThere ? kept.slice(1) : kept,
      })
    },
  )

  test('a sync that began before a snapshot beside the log does not count for it', () => {
    const disk = new SimDisk()
    disk.append('a')
    disk.beginSync()
    disk.compact('s', 1, 1)
    disk.finishSync()
    disk.crash(0)
    expect(disk.saved()).toEqual({ snapshot: undefined, first: 0, entries: ['a'] })
  })

  test('a wiped disk starts at position 0', () => {
    const disk = new SimDisk()
    disk.append('a')
    disk.save('s', 1)
    disk.crash(2)
    disk.wipe()
    expect(disk.saved()).toEqual({ snapshot: undefined, first: 0, entries: [] })
    expect(disk.append('b')).toBe(0)
  })
})
