import { describe, expect, test } from 'vitest'
import { parseTransaction } from '../../src/cli/kv/transaction-text.ts'
import { inDirectory, lockstep, startLockstep } from '../command.ts'

describe('a transaction in lines', () => {
  test('has comparisons, and steps for either case', () => {
    const lines = ['if value x = a b', 'if version y > 0', '', 'then put x 2', 'else get x']
    expect(parseTransaction([...lines, 'else del y'])).toEqual({
      type: 'txn',
      compare: [
        { key: 'x', is: 'equal', target: 'value', than: 'a b' },
        { key: 'y', is: 'greater', target: 'version', than: 0 },
      ],
      success: [{ type: 'put', key: 'x', value: '2' }],
      failure: [
        { type: 'range', key: 'x' },
        { type: 'delete-range', key: 'y' },
      ],
    })
  })

  test.for([
    'when x',
    'if x = 1',
    'if version x > many',
    'then eat x',
    'else put x',
    'then get x y',
  ])("'%s' is refused with a line that would do", (line) => {
    expect(() => parseTransaction([line])).toThrow(/is no line of a transaction: write if value/)
  })
})

test('a cluster is used from another terminal', { timeout: 240_000 }, async () => {
  await inDirectory(async (directory) => {
    const { child, finished, line } = startLockstep(['cluster', 'raft', '--dir', directory])
    await line('3 nodes in')
    const kv = async (...words: string[]): Promise<string> => {
      const { stdout, code } = await lockstep(['kv', ...words, '--cluster', directory])
      return `${code} ${stdout}`
    }
    const watching = startLockstep([
      'kv',
      'watch',
      'a',
      '--prefix',
      '--rev',
      '2',
      '--cluster',
      directory,
    ])
    expect(await kv('lease', 'grant', '600000', '--id', '7')).toContain('0 grant a lease')
    expect(await kv('put', 'a1', 'one', '--lease', '7')).toMatch(/^0 /)
    expect(await kv('put', 'a2', 'two')).toBe('0 put a2 = two\n')
    expect(await kv('get', 'a', '--prefix')).toMatch(
      /a1 +one .* 7\na2 +two .* -\n2 keys at revision/,
    )
    const txn = ['if value a2 = two', 'then put a2 three', 'then get a1', 'else get a2']
    expect(await kv('txn', ...txn)).toMatch(/^0 txn if a2 = two then put .* → then done; a1 = one/)
    expect(await kv('lease', 'revoke', '7')).toMatch(/^0 /)
    expect(await kv('get', 'a1')).toBe('0 get a1 → nothing\n')
    expect(await kv('compact', '1000')).toMatch(/^1 nothing was done: /)
    await watching.line('del a1')
    watching.child.kill('SIGINT')
    const { stdout } = await watching.finished
    expect(stdout.replaceAll(/^\d+ /gm, '')).toBe(
      'put a1 = one\nput a2 = two\nput a2 = three\ndel a1\n',
    )
    expect(await kv('member', 'list')).toMatch(/n1 +voter.*\n.*n2 +voter.*\n.*n3 +voter/)
    expect(await kv('member', 'promote', 'n9')).toMatch(/^1 nothing was done: n9 is no member/)
    expect(await kv('member', 'remove', 'n3')).not.toContain('n3')
    const status = JSON.parse((await kv('status', '--json')).slice(2)) as {
      readonly nodes: readonly { readonly id: string; readonly lag: number }[]
    }
    expect(status.nodes.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3'])
    child.kill('SIGTERM')
    await finished
  })
})
