import { describe, expect, it } from 'vitest'
import type { Entry } from '../src/index.ts'
import { asIndex, Cluster, type Host } from '../src/testing/index.ts'

/** The times of the log's entries, behind its base. */
function times(host: Host): number[] {
  const { log } = host.raft
  return Array.from(
    { length: log.last - log.base },
    (_, i) => (log.at(asIndex(log.base + 1 + i)) as Entry).time,
  )
}

describe('the time of the log', () => {
  it('is that of the leader’s oscillator since it leads', () => {
    const cluster = new Cluster([[], [], []])
    cluster.at('n1').now = 5000
    cluster.campaign('n1')
    cluster.pass(30)
    cluster.propose('n1')
    cluster.pass(7)
    cluster.propose('n1')
    for (const host of cluster.hosts.values()) expect(times(host)).toEqual([0, 30, 37])
    expect(cluster.at('n3').node.machine.time).toBe(37)
  })

  it('goes on with a new leader where its log ends, whatever its own oscillator shows', () => {
    for (const now of [0, 1_000_000]) {
      const cluster = new Cluster([[], [], []])
      cluster.campaign('n1')
      cluster.pass(400)
      cluster.propose('n1')
      cluster.at('n2').now = now
      cluster.crash('n1')
      cluster.pass(10_000)
      cluster.campaign('n2')
      cluster.pass(5)
      cluster.propose('n2')
      expect(times(cluster.at('n2'))).toEqual([0, 400, 400, 405])
    }
  })

  it('goes on from a snapshot when nothing of the log is left', () => {
    const config = { snapshotEntries: 2, keepEntries: 0 }
    const cluster = new Cluster([[]], { config })
    cluster.campaign('n1')
    cluster.pass(400)
    cluster.propose('n1')
    expect(times(cluster.at('n1'))).toEqual([])
    cluster.restart('n1')
    cluster.campaign('n1')
    cluster.pass(3)
    cluster.propose('n1')
    expect(cluster.at('n1').node.machine.time).toBe(403)
  })

  it('lets the same sessions go on every node, on clocks that differ', () => {
    const cluster = new Cluster([[], [], []], { config: { sessionTimeoutMs: 1000 } })
    for (const [i, host] of [...cluster.hosts.values()].entries()) host.now = i * 12_345
    cluster.campaign('n2')
    cluster.propose('n2')
    cluster.pass(999)
    cluster.propose('n2')
    const sizes = () => [...cluster.hosts.values()].map(({ node }) => node.machine.sessions.size)
    expect(sizes()).toEqual([2, 2, 2])
    cluster.pass(1)
    cluster.propose('n2')
    expect(sizes()).toEqual([2, 2, 2])
    cluster.crash('n2')
    cluster.pass(100_000)
    cluster.campaign('n3')
    cluster.propose('n3')
    expect(
      [cluster.at('n1'), cluster.at('n3')].map(({ node }) => node.machine.sessions.size),
    ).toEqual([3, 3])
  })
})
