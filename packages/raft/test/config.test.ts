import { describe, expect, it } from 'vitest'
import { raft } from '../src/index.ts'

const nodes = ['n1', 'n2', 'n3']

describe('a configuration', () => {
  it('needs nothing but the members', () => {
    expect(() => raft({ nodes })).not.toThrow()
    expect(() => raft({ nodes: [] })).not.toThrow()
  })

  it.each([
    [{ nodes: ['n1', 'n1'] }, /every voter of a fresh cluster once/],
    [{ nodes, heartbeatMs: 150 }, /heartbeatMs \(150\) must lie between 0 and/],
    [{ nodes, electionTimeoutMaxMs: 150 }, /must be below electionTimeoutMaxMs \(150\)/],
    [{ nodes, batchEntriesMax: 0 }, /batchEntriesMax \(0\) must be at least 1/],
    [{ nodes, keepEntries: -1 }, /keepEntries \(-1\) must be at least 0/],
    [{ nodes, sessionsMax: Number.NaN }, /sessionsMax \(NaN\) must be at least 1/],
  ])('that cannot work is refused: %j', (options, sentence) => {
    expect(() => raft(options)).toThrow(sentence)
  })
})
