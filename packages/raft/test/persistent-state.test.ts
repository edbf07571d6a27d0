import { expect, test } from 'vitest'
import { Log } from '../src/log.ts'
import { PersistentState } from '../src/persistent-state.ts'
import { entryOf } from '../src/testing/disk.ts'

test('a disk that lost entries is refused, and one that was cut and went on is not', () => {
  const replayed = (indices: readonly number[]): number => {
    const log = new Log()
    const state = new PersistentState({ append: () => 0 }, log)
    state.replay({
      snapshot: undefined,
      first: 0,
      entries: indices.map((index) => entryOf(index, 1)),
    })
    return log.last
  }
  expect(replayed([1, 2, 3, 2])).toBe(2)
  expect(() => replayed([1, 2, 4])).toThrow(
    'the disk holds entry 4 behind entry 2: what stood between is lost, so this node must be replaced',
  )
})
