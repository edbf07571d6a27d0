import { describe, expect, test } from 'vitest'
import { tracedAreas } from '../../src/areas.ts'
import { verdictOf } from '../../src/traced/verdict.ts'
import { lockstep } from '../command.ts'

const experiments = tracedAreas.flatMap((area) => area.experiments)

describe('a traced experiment', () => {
  test('prints its calls and holds', async () => {
    const { code, stdout } = await lockstep(['run', 'pattern-strategy'])
    expect(stdout).toMatchInlineSnapshot(`
      "Strategy: the way is chosen by what is to be packed (pattern-strategy)

        client -> selector.select(5000)
          selector -> deflate.supports(5000): true
        client <- selector: function
        client -> deflate.pack(5000): '5000 by deflate'
        client -> selector.select(10)
          selector -> deflate.supports(10): false
          selector -> store.supports(10): true
        client <- selector: function
        client -> store.pack(10): '10 by store'

      Verdict  holds, as expected
               All 9 lines of the trace are the expected ones.
      Link     http://127.0.0.1:8080/?experiment=pattern-strategy
      "
    `)
    expect(code).toBe(0)
  })

  test('gives its diagram and its picture as one JSON document', async () => {
    const { code, stdout } = await lockstep(['run', 'pattern-proxy', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      target: 'pattern-proxy',
      verdict: { is: 'holds' },
      asExpected: true,
      diagram: { participants: ['client', 'guard', 'remote', 'report'] },
      picture: { types: expect.arrayContaining([{ name: 'Client', kind: 'actor', methods: [] }]) },
    })
    expect(code).toBe(0)
  })

  test('runs by the link that opens it on the page', async () => {
    const [, link = ''] =
      /^Link +(.+)$/m.exec((await lockstep(['run', 'pattern-proxy'])).stdout) ?? []
    const { code, stdout } = await lockstep(['run', link])
    expect(stdout).toContain('(pattern-proxy)')
    expect(code).toBe(0)
  })

  test('has no seed and no flaw', async () => {
    const { code, stdout, stderr } = await lockstep(['run', 'pattern-proxy', '--seed', '7'])
    expect(stderr).toContain('it takes --json, and no --seed')
    expect([code, stdout]).toEqual([2, ''])
  })

  test('stands in the list, with the others of its area', async () => {
    const { stdout } = await lockstep(['list'])
    for (const { id } of experiments) expect(stdout).toContain(`    ${id} `)
    const { experiments: listed } = JSON.parse((await lockstep(['list', '--json'])).stdout)
    expect(listed).toContainEqual(
      expect.objectContaining({ id: 'pattern-proxy', area: 'patterns', group: 'structural' }),
    )
  })
})

test('a run whose calls are others than the expected is violated, and says where', () => {
  const run = {
    diagram: { participants: [], steps: [], activations: [] },
    picture: { types: [], relations: [] },
    lines: ['a -> b.go()'],
  }
  expect(verdictOf(run)).toMatchObject({ is: 'holds' })
  const difference = { line: 0, expected: '  a -> b.stop()', seen: undefined }
  expect(verdictOf({ ...run, difference })).toEqual({
    is: 'violated',
    by: 'expected calls',
    text: "Line 1 of the trace should be 'a -> b.stop()', and is the end.",
    step: 0,
  })
})
