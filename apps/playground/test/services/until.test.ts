import { describe, expect, test } from 'vitest'
import { lockstep } from '../command.ts'

const run = ['run', 'raft-election', '--seed', '1']

describe('run --until', () => {
  test('says at which step and time the condition holds first, and runs on to the same verdict', async () => {
    const plain = JSON.parse((await lockstep([...run, '--json'])).stdout)
    const until = ['--until', "nodes.![value.role].?[#this == 'leader'].length > 0"]
    const { code, stdout } = await lockstep([...run, ...until, '--json'])
    const report = JSON.parse(stdout)
    expect(report.until).toEqual({
      condition: until[1],
      first: { step: expect.any(Number), atMs: expect.any(Number) },
    })
    expect(report.traceHash).toBe(plain.traceHash)
    expect(code).toBe(0)
    const text = (await lockstep([...run, ...until])).stdout
    const { step, atMs } = report.until.first
    expect(text).toContain(`held first at step ${step}, ${atMs.toFixed(3)} ms`)
  })

  test('of what never holds ends with exit code 1', async () => {
    const { code, stdout } = await lockstep([...run, '--until', 'nodes.n1.term > 999'])
    expect(stdout).toContain('but the condition never held')
    expect(code).toBe(1)
  })

  test.for<[what: string, condition: string, says: RegExp]>([
    ['that is no expression', 'nodes.n1.term >', /column 16/],
    ['over a node that is not there', 'nodes.n99.term > 1', /column 7/],
    ['that is not true or false', 'nodes.n1.term', /true or false/],
    ['that reaches for prototypes', 'nodes.constructor.name', /leads to prototypes/],
  ])(
    'of a condition %s ends with exit code 2, and points at the column',
    async ([, text, says]) => {
      const { code, stdout, stderr } = await lockstep([...run, '--until', text])
      expect(stderr).toMatch(says)
      expect(stderr).toContain('^')
      expect(stderr).not.toMatch(/\n\s+at /)
      expect([code, stdout]).toEqual([2, ''])
    },
  )
})
