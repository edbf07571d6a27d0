import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const cwd = fileURLToPath(new URL('../..', import.meta.url))

/** The code in the module's doc comment. */
function example(): string {
  const source = readFileSync(new URL('../../src/testing/index.ts', import.meta.url), 'utf8')
  const [comment = ''] = source.split('*/')
  const [, code = ''] = comment.replaceAll(/^ \* ?/gm, '').split(/^```.*$/m)
  return code
}

/** Runs a module as one of this package would be; what it complained of. */
function complaintOf(input: string): string {
  const args = ['--conditions=@lockstep/source', '--input-type=module']
  return spawnSync(process.execPath, args, { cwd, input, encoding: 'utf8' }).stderr
}

it('the example in the module’s doc comment holds', () => {
  expect(example()).toContain('new Cluster(')
  expect(complaintOf(example())).toBe('')
})

it('an example that does not hold is noticed', () => {
  expect(complaintOf(example().replace("'follower'", "'leader'"))).toContain('AssertionError')
})
