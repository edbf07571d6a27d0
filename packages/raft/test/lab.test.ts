import { parseScenario } from '@lockstep/sim'
import { describe, expect, it } from 'vitest'
import { experiments, raftLab } from '../src/lab.ts'

function parse(change: object): unknown {
  return parseScenario({ ...raftLab.scenario, ...change }, [raftLab])
}

describe('a scenario', () => {
  it.each(experiments)('of the experiment $id is one that a file may hold', ({ scenario }) => {
    expect(parseScenario(JSON.parse(JSON.stringify(scenario)), [raftLab])).toEqual(scenario)
  })

  it('may change what the lab lets it change', () => {
    const config = { heartbeatMs: 20, pendingMax: 1 }
    expect(parse({ config })).toMatchObject({ config })
  })

  it.each([
    [{ config: { heartbeatMs: 200 } }, /heartbeatMs < electionTimeoutMinMs/],
    [{ config: { pendingMax: 0 } }, /config\.pendingMax/],
    [{ config: { colour: 'red' } }, /config\.colour/],
    [{ flaws: ['sloth'] }, /flaws/],
    [{ work: { script: [[0, 1, { type: 'fetch', key: 'x' }]], timeoutMs: 9 } }, /script\[0\]/],
  ])('is refused with the field’s path and what was expected: %j', (change, sentence) => {
    expect(() => parse(change)).toThrow(sentence)
  })
})

describe('drawn work', () => {
  const draw = () => 0.9
  const work = { clients: 2, operations: 10, thinkMs: 10, timeoutMs: 100, keys: 2 }

  it('gives every client its turn, in order of time, and no value twice', () => {
    const { script } = raftLab.draw(work, draw)
    expect(script.map(([client]) => client)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    const values = script.flatMap(([, , op]) =>
      op.type === 'cas' ? [op.to] : op.type === 'put' ? [op.value] : [],
    )
    expect(new Set(values).size).toBe(values.length)
  })

  it('is read back key by key at the end', () => {
    const { script } = raftLab.draw(work, draw)
    const reads = raftLab.finalReads(script.map(([, , op]) => op))
    expect(reads).toEqual([{ type: 'get', key: 'y' }])
  })
})
