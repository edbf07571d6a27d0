import { expect, test } from 'vitest'
import { benchRaftCore } from '../../src/bench/raft-core.ts'

test('the protocol by itself answers every request, with fewer messages an entry in larger batches', async () => {
  const rows = await benchRaftCore({ batches: [1, 8], keys: [20], entries: 64 })
  const [single, eight] = rows
  expect(rows).toHaveLength(2 + 1 + 5)
  expect(single?.messagesPerEntry).toBe(4)
  expect(eight?.messagesPerEntry).toBe(0.5)
  for (const { entries, entriesPerCpuSecond } of rows) {
    expect([entries, entriesPerCpuSecond > 0]).toEqual([64, true])
  }
})
