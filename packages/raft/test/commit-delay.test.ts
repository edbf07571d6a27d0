import { describe, expect, it } from 'vitest'
import type { RaftConfig } from '../src/index.ts'
import { Cluster } from '../src/testing/index.ts'

/** Three nodes whose first leads, and has committed its first entry. */
function clusterOf(config: Partial<RaftConfig>): Cluster {
  const cluster = new Cluster([[], [], []], { config })
  cluster.campaign('n1')
  cluster.deliver()
  return cluster
}

function commits(cluster: Cluster): readonly number[] {
  return ['n1', 'n2', 'n3'].map((id) => cluster.at(id).raft.commit)
}

describe('the news of what is committed', () => {
  it('goes at once where it may not wait', () => {
    expect(commits(clusterOf({ commitDelayMs: 0 }))).toEqual([1, 1, 1])
  })

  it('goes with the next entries', () => {
    const cluster = clusterOf({ commitDelayMs: 10 })
    expect(commits(cluster)).toEqual([1, 0, 0])
    cluster.propose('n1')
    cluster.deliver()
    expect(commits(cluster)).toEqual([2, 1, 1])
  })

  it('goes alone when no entries come, and only to whom was not told', () => {
    const cluster = clusterOf({ commitDelayMs: 10 })
    cluster.fire('n1', 'commit')
    cluster.deliver()
    expect(commits(cluster)).toEqual([1, 1, 1])
    expect(cluster.at('n1').timers.has('commit')).toBe(false)
  })

  it('goes before the answer to a follower that wants to read', () => {
    const cluster = clusterOf({ commitDelayMs: 10, reads: 'index' })
    let mayRead: boolean | undefined
    cluster.at('n2').raft.read((answer) => {
      mayRead = answer
    })
    cluster.at('n2').node.flush()
    cluster.deliver()
    expect(mayRead).toBe(true)
    expect(commits(cluster)).toEqual([1, 1, 0])
  })

  it('is not told by who no longer leads', () => {
    const cluster = clusterOf({ commitDelayMs: 10 })
    cluster.campaign('n2')
    cluster.deliver()
    expect(cluster.at('n1').raft.role).toBe('follower')
    expect(cluster.at('n1').timers.has('commit')).toBe(false)
  })
})
