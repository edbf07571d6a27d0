import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { benchClocks, type ClockRow } from '../../src/bench/ids/clocks.ts'
import { idContenders } from '../../src/bench/ids/contenders.ts'
import { benchIds } from '../../src/bench/ids/rates.ts'

const readme = join(import.meta.dirname, '../../../../packages/idgen/README.md')

/** A row as the README has it. */
const line = (row: ClockRow): string => `| ${Object.values(row).join(' | ')} |`

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

  test('under a bad clock ours repeat nothing, and the table in the README is what comes out', async () => {
    const rows = await benchClocks()
    const ours = rows.filter(({ generator }) => generator.includes('of ours'))
    expect(ours).toHaveLength(9)
    for (const row of ours) expect(line(row)).not.toContain('twice')
    expect(
      rows.filter((row) => line(row).includes('twice')).map(({ generator }) => generator),
    ).toEqual(['nodejs-snowflake', '@sapphire/snowflake', 'snowyflake', 'simple-flakeid (Yitter)'])
    const lines = readFileSync(readme, 'utf8').split('\n')
    for (const row of rows) expect(lines).toContain(line(row))
  })
})
