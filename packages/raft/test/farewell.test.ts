import { describe, expect, it } from 'vitest'
import { Cluster } from '../src/testing/index.ts'

const config = { preVote: true, checkQuorum: true }

function clusterOf(size: number): Cluster {
  const cluster = new Cluster(
    Array.from({ length: size }, () => []),
    { config },
  )
  cluster.campaign('n1')
  cluster.replies.length = 0
  return cluster
}

/** The marks of those who did not stand at first. */
function marksOf(cluster: Cluster): string[] {
  return ['n2', 'n3'].flatMap((id) => cluster.at(id).marks)
}

describe('a node that is asked to stop', () => {
  it('hands over as the leader, and ends when somebody else leads', () => {
    const cluster = clusterOf(3)
    cluster.stop('n1')
    expect(cluster.at('n1').isUp).toBe(false)
    const leaders = [...cluster.hosts.values()].filter((host) => host.raft.role === 'leader')
    expect(leaders.map(({ id, raft }) => [id, raft.term])).toEqual([['n2', 2]])
    expect(marksOf(cluster)).not.toContain('asked before an election')
  })

  it('ends at once as a follower', () => {
    const cluster = clusterOf(3)
    cluster.at('n2').stop()
    expect(cluster.at('n2').isUp).toBe(false)
    expect(cluster.at('n1').raft.role).toBe('leader')
    expect(cluster.at('n1').marks).not.toContain('began to hand over')
  })

  it('answers what is open before it ends, and says who leads', () => {
    const cluster = clusterOf(3)
    cluster.isolate('n2', 'n3')
    cluster.ask('n1', 'early', { type: 'OpenSession', id: 1 } as never)
    cluster.at('n1').stop()
    cluster.ask('n1', 'late', { type: 'OpenSession', id: 2 } as never)
    cluster.deliver()
    expect(cluster.at('n1').isUp).toBe(true)
    cluster.heal()
    cluster.beat('n1')
    cluster.beat('n1')
    expect(cluster.at('n1').isUp).toBe(false)
    expect(cluster.replies).toEqual([
      { type: 'ClientReply', re: 2, result: { type: 'transferring', to: 'n2' } },
      { type: 'ClientReply', re: 1, result: { type: 'opened', session: expect.any(Number) } },
    ])
  })

  it('turns to another follower when the first one does not take over', () => {
    const cluster = clusterOf(3)
    cluster.cut(({ to, message }) => to === 'n2' && message.type === 'TimeoutNow')
    cluster.stop('n1')
    expect(cluster.at('n1').raft.transferee).toBe('n2')
    cluster.crash('n2')
    cluster.tick(400)
    expect(cluster.at('n1').isUp).toBe(false)
    expect(cluster.at('n3').raft.role).toBe('leader')
  })

  it('does not wait when nobody could take over', () => {
    const alone = clusterOf(1)
    alone.stop('n1')
    expect(alone.at('n1').isUp).toBe(false)
    const cluster = clusterOf(3)
    cluster.crash('n2')
    cluster.crash('n3')
    cluster.pass(1000)
    cluster.stop('n1')
    expect(cluster.at('n1').isUp).toBe(false)
  })
})
