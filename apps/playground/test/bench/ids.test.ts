import { describe, expect, test } from 'vitest'
import { idContenders } from '../../src/bench/ids/contenders.ts'
import { benchIds } from '../../src/bench/ids/rates.ts'

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
    // It does not wait when a millisecond has run out, so the count can fail.
    const sapphire = rows.find(({ generator }) => generator === '@sapphire/snowflake')
    expect(sapphire?.duplicates).toBeGreaterThan(0)
  })
})
