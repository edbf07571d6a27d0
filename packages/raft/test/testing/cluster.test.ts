import { describe, expect, it } from 'vitest'
import { Cluster, diskOf, type Sent } from '../../src/testing/index.ts'

const to =
  (id: string) =>
  (sent: Sent): boolean =>
    sent.to === id

describe('a scripted cluster', () => {
  it('delivers what is meant and keeps the rest on its way', () => {
    const cluster = new Cluster([[], [], []])
    cluster.at('n1').fire('election')
    cluster.deliverOnce(to('n2'))
    expect(cluster.onTheirWay.map((sent) => [sent.from, sent.to, sent.message.type])).toEqual([
      ['n1', 'n3', 'RequestVote'],
      ['n2', 'n1', 'Vote'],
    ])
    cluster.deliver(to('n1'))
    expect(cluster.inspect('n1').role).toBe('leader')
    expect(cluster.inspect('n3').term).toBe(0)
    cluster.deliver()
    expect(cluster.inspect('n3').leader).toBe('n1')
  })

  it('drops what is on its way, and says how much that was', () => {
    const cluster = new Cluster([[], [], []])
    cluster.at('n1').fire('election')
    expect(cluster.drop(to('n2'))).toBe(1)
    expect(cluster.drop()).toBe(1)
    cluster.deliver()
    expect(cluster.inspect('n1').role).toBe('candidate')
  })

  it('loses what a crash takes: memory, unsynced writes and what waited for them', () => {
    const cluster = new Cluster([[], [], []])
    const voter = cluster.at('n2')
    voter.autoSync = false
    cluster.at('n1').fire('election')
    cluster.deliver(to('n2'))
    expect(cluster.inspect('n2').votedFor).toBe('n1')
    cluster.crash('n2')
    expect([voter.isUp, voter.timers.size, voter.disk.records]).toEqual([false, 0, []])
    cluster.restart('n2')
    expect(cluster.inspect('n2')).toMatchObject({ term: 0, votedFor: null })
    expect(voter.take()).toEqual([])
  })

  it('keeps what was synced through a crash, and delivers nothing to a node that is down', () => {
    const cluster = new Cluster([diskOf([1, 1]), [], []])
    cluster.crash('n3')
    cluster.campaign('n1')
    expect(cluster.inspect('n3').term).toBe(0)
    cluster.restart('n1')
    expect(cluster.inspect('n1')).toMatchObject({ role: 'follower', term: 2, last: 3 })
    expect(cluster.at('n1').terms).toEqual([1, 1, 2])
  })

  it('fires timers in the order in which they come due, on clocks that may be apart', () => {
    const cluster = new Cluster([[], [], []])
    cluster.at('n3').now = 100
    cluster.tick(124)
    expect(cluster.inspect('n3').role).toBe('follower')
    cluster.tick(1)
    expect(cluster.inspect('n3')).toMatchObject({ role: 'leader', term: 1 })
    cluster.tick(1000)
    expect([...cluster.hosts.values()].map(({ raft }) => raft.term)).toEqual([1, 1, 1])
    expect(cluster.at('n1').now).toBe(1125)
    expect(cluster.at('n3').now).toBe(1225)
  })

  it('passes time without a timer', () => {
    const cluster = new Cluster([[], [], []])
    cluster.pass(10_000)
    expect(cluster.inspect('n1').role).toBe('follower')
    cluster.tick(0)
    expect(cluster.inspect('n1').role).toBe('leader')
  })

  it('finds out who changes a message that was sent', () => {
    const cluster = new Cluster([[], []])
    cluster.at('n1').fire('election')
    const [sent] = cluster.onTheirWay
    expect(() => Object.assign(sent?.message ?? {}, { term: 7 })).toThrow(TypeError)
  })

  it('knows its nodes', () => {
    expect(() => new Cluster([[]]).at('n2')).toThrow('no node n2')
  })
})

describe('a transcript', () => {
  it('says what happened, and what that made of the nodes', () => {
    const cluster = new Cluster([diskOf([1]), [], []])
    cluster.isolate('n3')
    cluster.campaign('n1')
    cluster.propose('n1')
    cluster.crash('n2')
    cluster.restart('n2')
    expect(`\n${cluster.transcript.take()}\n`).toBe(`
n1's election timer fires
  n1 started an election: {term=2}
  n1 = candidate of term 2, voted n1, log 1, commit 0
n1 > n2: RequestVote term=2 lastIndex=1 lastTerm=1
  n2 = follower of term 2, voted n1, log 0, commit 0
n1 > n3: RequestVote term=2 lastIndex=1 lastTerm=1 (lost)
n2 > n1: Vote term=2 granted=true
  n1 became leader: {term=2 votes=[n1, n2]}
  n1 = leader of term 2, voted n1, log 2, commit 0
n1 > n2: AppendEntries term=2 prevIndex=1 prevTerm=1 entries=[2/2 configure configuration={voters=[n1, n2, n3] outgoing=[] learners=[] addresses=[]}] commit=0
  n2 rejected an append: {from=n1 prevIndex=1}
n1 > n3: AppendEntries term=2 prevIndex=1 prevTerm=1 entries=[2/2 configure configuration={voters=[n1, n2, n3] outgoing=[] learners=[] addresses=[]}] commit=0 (lost)
n2 > n1: AppendResult term=2 success=false rejected=1 hintIndex=0 hintTerm=0
n1 > n2: AppendEntries term=2 prevIndex=0 prevTerm=0 entries=[1/1 noop, 2/2 configure configuration={voters=[n1, n2, n3] outgoing=[] learners=[] addresses=[]}] commit=0
  n2 = follower of term 2, voted n1, log 2, commit 0
n2 > n1: AppendResult term=2 success=true match=2
  n1 committed an older term through its own: {index=2 term=2}
  n1 = leader of term 2, voted n1, log 2, commit 2
n1 > n2: AppendEntries term=2 prevIndex=2 prevTerm=2 entries=[] commit=2
  n2 = follower of term 2, voted n1, log 2, commit 2
n2 > n1: AppendResult term=2 success=true match=2
client 1 > n1: OpenSession id=1
  n1 = leader of term 2, voted n1, log 3, commit 2
n1 > n2: AppendEntries term=2 prevIndex=2 prevTerm=2 entries=[3/2 open] commit=2
  n2 = follower of term 2, voted n1, log 3, commit 2
n2 > n1: AppendResult term=2 success=true match=3
  n1 = leader of term 2, voted n1, log 3, commit 3
n1 > client 1: ClientReply re=1 result=opened session=3
n1 > n2: AppendEntries term=2 prevIndex=3 prevTerm=2 entries=[] commit=3
  n2 = follower of term 2, voted n1, log 3, commit 3
n2 > n1: AppendResult term=2 success=true match=3
n2 crashes
n2 starts again
  n2 = follower of term 2, voted n1, log 3, commit 0
`)
    expect(cluster.transcript.text).toBe('')
  })
})
