import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import type { AppendEntries, AppendResult } from '../src/index.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { Cluster, diskOf, entryOf, Host } from '../src/testing/index.ts'

const three = ['n1', 'n2', 'n3']

function append(
  [prevTerm, prevIndex]: readonly [number, number],
  terms: readonly number[] = [],
  commit = 0,
  term = 2,
): AppendEntries {
  return {
    type: 'AppendEntries',
    term: asTerm(Math.max(term, ...terms)),
    prevIndex: asIndex(prevIndex),
    prevTerm: asTerm(prevTerm),
    entries: terms.map((of, i) => entryOf(prevIndex + 1 + i, of)),
    commit: asIndex(commit),
  }
}

function accepted(term: number, match: number): AppendResult {
  return {
    type: 'AppendResult',
    term: asTerm(term),
    success: true,
    match: asIndex(match),
  }
}

function rejected(
  term: number,
  index: number,
  [hintTerm, hintIndex]: readonly [number, number],
): AppendResult {
  return {
    type: 'AppendResult',
    term: asTerm(term),
    success: false,
    rejected: asIndex(index),
    hintIndex: asIndex(hintIndex),
    hintTerm: asTerm(hintTerm),
  }
}

/** A follower with log [1, 2] in term 2 that knows how far it is committed. */
function followerOf12(commit: number): Host {
  const host = new Host('n2', three, { disk: diskOf([1, 2]) })
  if (commit > 0) host.receive('n1', append([commit, commit], [], commit))
  host.take()
  return host
}

/** Makes a node with that log, in that term, the leader of the next one, by the votes of the others. */
function leaderOf(nodes: readonly string[], terms: readonly number[], term?: number): Host {
  const host = new Host('n1', nodes, { disk: diskOf(terms, term) })
  host.fire('election')
  for (const id of nodes.slice(1)) {
    host.receive(id, { type: 'Vote', term: host.raft.term, granted: true } as Message)
  }
  expect(host.raft.role).toBe('leader')
  return host
}

/** What a leader appends next is a session that a client opens. */
function propose(host: Host, id = 1): void {
  host.receive('client', { type: 'OpenSession', id } as Message)
}

function probe(host: Host): readonly [number, number] | undefined {
  const sent = host
    .take()
    .find(({ to, message }) => to === 'n2' && message.type === 'AppendEntries')
  const message = sent?.message as AppendEntries | undefined
  return message && [message.prevTerm, message.prevIndex]
}

describe('a follower with log [1, 2], committed up to 1', () => {
  it.each([
    [[0, 0], accepted(2, 1)],
    [[1, 1], accepted(2, 1)],
    [[2, 2], accepted(2, 2)],
    [[1, 2], rejected(2, 2, [1, 1])],
    [[3, 3], rejected(3, 3, [2, 2])],
  ] as const)('(26) answers an empty append behind [term, index] %j', (prev, answer) => {
    const host = followerOf12(1)
    host.receive('n1', append(prev, [], 0, Math.max(2, prev[0])))
    expect(host.sent('AppendResult')).toEqual([answer])
  })

  it('(29) acknowledges an append below its commit index up to there, and keeps its log', () => {
    const host = followerOf12(2)
    host.receive('n1', append([0, 0], [1]))
    expect(host.sent('AppendResult')).toEqual([accepted(2, 2)])
    expect(host.terms).toEqual([1, 2])
  })

  it('(29) refuses an append that contradicts what is committed', () => {
    const host = followerOf12(2)
    host.receive('n1', append([1, 1], [3, 3]))
    expect(host.sent('AppendResult')).toEqual([])
    expect(host.terms).toEqual([1, 2])
    expect(host.node.refusals.view()).toEqual({ 'contradicts a committed entry': 1 })
  })
})

describe('a follower with log [1, 2]', () => {
  it.each([
    [[2, 2], [3], [1, 2, 3]],
    [
      [1, 1],
      [3, 4],
      [1, 3, 4],
    ],
    [[0, 0], [1], [1, 2]],
    [[0, 0], [3], [3]],
  ] as const)('(27) given an append behind %j with entries %j has log %j', (prev, entries, log) => {
    const host = followerOf12(0)
    host.receive('n1', append(prev, entries))
    expect(host.terms).toEqual(log)
    expect(host.disk.records.at(-1)).not.toBeUndefined()
    host.restart()
    expect(host.terms).toEqual(log)
  })

  it.each([
    [[1, 1], [], 3, 1],
    [[1, 1], [2], 3, 2],
    [[2, 2], [], 4, 2],
    [[2, 2], [], 1, 1],
  ] as const)(
    '(28) behind %j with entries %j and leader commit %d commits %d',
    (prev, entries, leaderCommit, commit) => {
      const host = followerOf12(0)
      host.receive('n1', append(prev, entries, leaderCommit))
      expect(host.raft.commit).toBe(commit)
    },
  )

  it('(49) acknowledges only what is on disk', () => {
    const host = followerOf12(0)
    host.autoSync = false
    host.receive('n1', append([2, 2], [2]))
    expect(host.take()).toEqual([])
    host.sync()
    expect(host.sent('AppendResult')).toEqual([accepted(2, 3)])
  })

  it('(18) answers an append of an earlier term with its own term, and keeps its timeout', () => {
    const host = followerOf12(0)
    host.timers.delete('election')
    host.receive('n1', append([0, 0], [1], 0, 1))
    expect(host.sent('AppendResult').map(({ term, success }) => [term, success])).toEqual([
      [2, false],
    ])
    expect(host.timers.has('election')).toBe(false)
  })

  it('(31) takes the second of two reordered appends only behind the first', () => {
    const host = followerOf12(0)
    host.receive('n1', append([2, 3], [2]))
    host.receive('n1', append([2, 2], [2]))
    host.receive('n1', append([2, 3], [2]))
    expect(host.sent('AppendResult')).toEqual([
      rejected(2, 3, [2, 2]),
      accepted(2, 3),
      accepted(2, 4),
    ])
  })
})

describe('a rejection', () => {
  it.each([
    ['1224444', '12233333333', [3, 7], [2, 3]],
    ['12234445', '12233333333', [3, 8], [3, 4]],
    ['1111', '1224', [1, 1], [1, 1]],
    ['111111', '1224', [1, 1], [1, 1]],
    ['1111', '122444', [1, 1], [1, 1]],
    ['11145', '1114', [4, 4], [4, 4]],
    ['255555555', '244444', [4, 6], [2, 1]],
    ['22222', '24444444', [2, 1], [2, 1]],
  ] as const)(
    '(25) of a leader with log %s by a follower with log %s hints %j, and the next probe is %j',
    (ours, theirs, hint, next) => {
      const log = Array.from(ours, Number)
      const leader = leaderOf(three, log, 8)
      const term = leader.raft.term
      const first = leader.take().find(({ message }) => message.type === 'AppendEntries')
      const follower = new Host('n2', three, { disk: diskOf(Array.from(theirs, Number)) })
      follower.receive('n1', { ...(first?.message as AppendEntries), entries: [], term } as Message)
      const [answer] = follower.sent('AppendResult')
      expect(answer).toEqual(rejected(term, log.length, hint))
      leader.receive('n2', answer as AppendResult)
      expect(probe(leader)).toEqual(next)
    },
  )

  it('(31) that comes late moves nothing', () => {
    const leader = leaderOf(three, [1, 1])
    leader.take()
    leader.receive('n2', accepted(2, 3))
    leader.take()
    leader.receive('n2', rejected(2, 2, [0, 0]))
    expect(probe(leader)).toBeUndefined()
    propose(leader)
    expect(probe(leader)).toEqual([2, 3])
  })
})

describe('a leader', () => {
  it('(20) counts copies only of entries of its own term: figure 8', () => {
    const leader = leaderOf(three, [1, 2])
    const commits = [1, 2, 3].map((match) => {
      leader.receive('n2', accepted(3, match))
      return leader.raft.commit
    })
    expect(commits).toEqual([0, 0, 3])
  })

  it.each([
    [3, 0, false],
    [3, 1, true],
    [5, 1, false],
    [5, 2, true],
  ])('(22) of %d nodes with %d acknowledgements commits: %s', (size, acks, commits) => {
    const nodes = Array.from({ length: size }, (_, i) => `n${i + 1}`)
    const leader = leaderOf(nodes, [])
    for (const id of nodes.slice(1, 1 + acks)) leader.receive(id, accepted(1, 1))
    expect(leader.raft.commit).toBe(commits ? 1 : 0)
  })

  it('(22) tells the followers of a commit at once', () => {
    const leader = leaderOf(three, [])
    leader.take()
    leader.receive('n2', accepted(1, 1))
    expect(leader.sent('AppendEntries')).toMatchObject([{ commit: 1, entries: [], prevIndex: 1 }])
  })

  it('(49) sends before its own disk is done, and counts itself only then', () => {
    const leader = leaderOf(three, [])
    leader.receive('n2', accepted(1, 1))
    leader.take()
    leader.autoSync = false
    propose(leader)
    expect(leader.sent('AppendEntries')).toHaveLength(1)
    leader.receive('n2', accepted(1, 2))
    expect(leader.raft.commit).toBe(1)
    leader.sync()
    expect(leader.raft.commit).toBe(2)
  })

  it('has one append under way, and sends with the next one all that came meanwhile', () => {
    const leader = leaderOf(three, [])
    leader.take()
    for (let id = 1; id <= 3; id++) propose(leader, id)
    expect(leader.sent('AppendEntries')).toHaveLength(0)
    propose(leader, 3)
    leader.receive('n2', accepted(1, 1))
    const [next] = leader.sent('AppendEntries')
    expect(next).toMatchObject({ prevIndex: 1, commit: 1 })
  })

  it('sends an append again when two heartbeats found it unanswered', () => {
    const leader = leaderOf(['n1', 'n2'], [])
    const [first] = leader.sent('AppendEntries')
    leader.fire('heartbeat')
    expect(leader.sent('AppendEntries').map(({ entries }) => entries.length)).toEqual([0])
    leader.fire('heartbeat')
    expect(leader.sent('AppendEntries')).toEqual([first])
  })

  it('does not go faster for answers that come twice', () => {
    const leader = leaderOf(['n1', 'n2'], [])
    leader.receive('n2', accepted(1, 1))
    leader.take()
    propose(leader)
    leader.receive('n2', accepted(1, 1))
    leader.receive('n2', accepted(1, 1))
    expect(leader.sent('AppendEntries')).toHaveLength(1)
  })

  it('keeps an append within its limits of entries and bytes', () => {
    const config = { batchEntriesMax: 2 }
    const leader = new Host('n1', ['n1', 'n2'], { disk: diskOf([1, 1, 1, 1, 1]), config })
    leader.fire('election')
    leader.receive('n2', { type: 'Vote', term: 2, granted: true } as Message)
    leader.take()
    leader.receive('n2', rejected(2, 5, [0, 0]))
    expect(leader.sent('AppendEntries').map(({ entries }) => entries.length)).toEqual([2])
  })

  it('refuses an acknowledgement of what it never sent', () => {
    const leader = leaderOf(three, [])
    leader.receive('n2', accepted(1, 9))
    expect(leader.raft.commit).toBe(0)
    expect(leader.node.refusals.view()).toEqual({ 'acknowledges what was never sent': 1 })
  })
})

describe('a cluster', () => {
  it('(23) brings every log of figure 7 in line with the leader’s', () => {
    const logs = ['1114455666', '111445566', '1114', '11144556666', '111445566677', '1114444']
    const disks = [...logs, '11122233333'].map((log) => diskOf(Array.from(log, Number), 7))
    const cluster = new Cluster(disks)
    cluster.campaign('n1')
    cluster.propose('n1')
    for (const host of cluster.hosts.values()) {
      expect(host.terms).toEqual([1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8, 8])
      expect(host.raft.commit).toBe(12)
    }
  })

  it('is probed at most once a rejection: every follower of figure 7 rejects at most once', () => {
    const logs = ['1114455666', '111445566', '1114', '11144556666', '111445566677', '1114444']
    const disks = [...logs, '11122233333'].map((log) => diskOf(Array.from(log, Number), 7))
    const cluster = new Cluster(disks)
    cluster.campaign('n1')
    for (const host of cluster.hosts.values()) {
      expect(host.marks.filter((mark) => mark === 'rejected an append').length).toBeLessThan(2)
    }
  })

  it('(21) commits what a cut-off leader left, once a new leader’s own entry commits', () => {
    const cluster = new Cluster([[], [], [], [], []])
    cluster.campaign('n1')
    cluster.cut(({ from, to }) => {
      const side = (id: string) => ['n1', 'n2'].includes(id)
      return side(from) !== side(to)
    })
    cluster.propose('n1')
    cluster.propose('n1')
    expect(cluster.at('n1').raft.commit).toBe(1)
    cluster.cut(({ from, to }) => from === 'n1' || to === 'n1')
    cluster.campaign('n2')
    expect(cluster.at('n2').raft.role).toBe('leader')
    expect(cluster.at('n2').raft.commit).toBe(4)
    expect(cluster.at('n2').terms).toEqual([1, 1, 1, 2])
  })

  it('(30) ignores a leader that two elections left behind', () => {
    const cluster = new Cluster([[], [], []])
    cluster.campaign('n1')
    cluster.isolate('n1')
    cluster.campaign('n2')
    cluster.heal()
    cluster.beat('n2')
    cluster.beat('n2')
    cluster.campaign('n1')
    const old = append([2, 2], [2, 2])
    for (const id of ['n1', 'n3']) cluster.at(id).receive('n2', old)
    cluster.deliver()
    cluster.propose('n1')
    for (const host of cluster.hosts.values()) expect(host.terms).toEqual([1, 2, 3, 3])
  })
})
