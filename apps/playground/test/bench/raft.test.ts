import { describe, expect, test } from 'vitest'
import { areas } from '../../src/areas.ts'
import { hasEtcd } from '../../src/bench/etcd-store.ts'
import { benchRaft } from '../../src/bench/raft.ts'

const [area] = areas as [(typeof areas)[number]]

/** Whether there is an etcd to compare with; without one that half is left out, unless it is required. */
function withEtcd(): boolean {
  if (hasEtcd()) return true
  if (process.env['LOCKSTEP_REQUIRE']?.includes('etcd') === true) {
    throw new Error("There is no 'etcd' on the PATH, and LOCKSTEP_REQUIRE says that it is needed.")
  }
  console.warn("Not compared: there is no 'etcd' on the PATH. Debian's etcd-server brings it.")
  return false
}

describe('the bench of the live cluster', () => {
  test('measures every figure of both sides in one run', async () => {
    const compared = withEtcd()
    const options = { outstanding: [1, 4], warmUpMs: 50, measureMs: 400, failOvers: 1 }
    const rows = await benchRaft(area, options)
    expect(rows.map(({ figure, outstanding }) => `${figure} ${outstanding}`.trim())).toEqual([
      ...['put', 'get'].flatMap((operation) =>
        options.outstanding.flatMap((lanes) => [
          `${operation}s a second ${lanes}`,
          `${operation} p50, ms ${lanes}`,
          `${operation} p99, ms ${lanes}`,
        ]),
      ),
      'largest node, MB',
      'kill -9 to next put, ms',
    ])
    expect(rows.filter(({ lockstep }) => !(lockstep > 0))).toEqual([])
    expect(rows.filter(({ etcd }) => (compared ? !(Number(etcd) > 0) : etcd !== ''))).toEqual([])
  })
})
