import { describe, expect, test } from 'vitest'
import { idContenders } from '../../src/bench/ids/contenders.ts'
import { benchIds, duplicatesOf } from '../../src/bench/ids/rates.ts'

describe('the bench of the generators', () => {
  test('times each of them, and counts what they give twice: of ours nothing', async () => {
    const rows = await benchIds({ rounds: 3, roundMs: 0.5, burst: 20_000 })
    expect(rows.map(({ generator }) => generator)).toEqual(idContenders().map(({ name }) => name))
    for (const row of rows) {
      expect(row.perCpuSecond).toBeGreaterThan(0)
      expect(row.perSecond).toBeGreaterThan(0)
    }
    const ours = rows.filter(({ generator }) => generator.includes('of ours'))
    expect(ours.map(({ duplicates }) => duplicates)).toEqual(ours.map(() => 0))
  })

  test('counts every id that was given before', () => {
    let given = 0
    const forgetful = { name: 'forgetful', next: () => BigInt(given++ % 60) }
    expect(duplicatesOf(forgetful, 100)).toBe(40)
  })
})
