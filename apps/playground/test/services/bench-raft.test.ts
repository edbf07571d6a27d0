import { hasServer } from '@lockstep/servers'
import { describe, expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import { benchRaft } from '../../src/bench/raft.ts'

const [area] = areas as [(typeof areas)[number]]

describe('the bench of the live cluster', () => {
  test('measures every figure of both sides in one run', async () => {
    // Without one that half is left out.
    const compared = hasServer('etcd')
    const options = {
      outstanding: [1, 4],
      connections: 2,
      keys: 20,
      rounds: 2,
      warmUpMs: 50,
      measureMs: 200,
      failOvers: 1,
    }
    const rows = await benchRaft(area, options)
    const shapes = ['1 over 1', '4 over 2', '4 over 4']
    expect(
      rows.map(({ figure, outstanding, connections }) =>
        outstanding === '' ? figure : `${figure}: ${outstanding} over ${connections}`,
      ),
    ).toEqual([
      ...['put', 'get'].flatMap((operation) =>
        shapes.flatMap((shape) => [
          `${operation}s a second: ${shape}`,
          `${operation} p50, ms: ${shape}`,
          `${operation} p99, ms: ${shape}`,
          `processor time of a ${operation}, us: ${shape}`,
        ]),
      ),
      ...['largest', 'middle', 'smallest'].map((size) => `memory of the ${size} node, MB`),
      'kill -9 to next put, each with its defaults, ms',
      'kill -9 to next put, both with the timeouts of etcd, ms',
    ])
    expect(rows.filter(({ lockstep }) => !(lockstep > 0))).toEqual([])
    const isThere = (value: number | ''): boolean => (compared ? Number(value) > 0 : value === '')
    expect(rows.filter(({ etcd, ratio }) => !isThere(etcd) || !isThere(ratio))).toEqual([])
  })
})
