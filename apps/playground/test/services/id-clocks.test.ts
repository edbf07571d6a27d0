import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { benchClocks, type ClockRow } from '../../src/bench/ids/clocks.ts'

const readme = join(import.meta.dirname, '../../../../packages/idgen/README.md')

/** A row as the README has it. */
const line = (row: ClockRow): string => `| ${Object.values(row).join(' | ')} |`

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
