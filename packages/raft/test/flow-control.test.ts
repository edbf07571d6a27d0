import type { Message, NodeId } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import type { AppendEntries, AppendResult, RaftConfig } from '../src/index.ts'
import { asIndex, asTerm, Cluster, diskOf, Host } from '../src/testing/index.ts'

const two = ['n1', 'n2']

/** A put whose entry counts as so many bytes. */
function put(bytes: number) {
  const op = { type: 'put', key: 'k', value: 'v'.repeat(bytes - 65) } as const
  return { type: 'operate', session: { client: asIndex(1), seq: 1, received: 0 }, op } as const
}

function propose(host: Host, bytes: number): void {
  host.raft.propose(put(bytes))
  host.node.flush()
  host.sync()
}

function acknowledge(host: Host, index: number, from: NodeId = 'n2'): void {
  const result: AppendResult = {
    type: 'AppendResult',
    term: asTerm(1),
    success: true,
    match: asIndex(index),
  }
  host.receive(from, result)
}

/** How many entries each append that was sent carries; what only tells the commit index is left out. */
function sizes(host: Host): number[] {
  return entriesSent(host).map(({ entries }) => entries.length)
}

function entriesSent(host: Host): AppendEntries[] {
  return host.sent('AppendEntries').filter(({ entries }) => entries.length > 0)
}

/** A leader of two whose first entry the other one was sent, and has not acknowledged. */
function probing(config: Partial<RaftConfig> = {}): Host {
  const host = new Host('n1', two, { config })
  host.fire('election')
  host.receive('n2', { type: 'Vote', term: 1, granted: true } as Message)
  expect(sizes(host)).toEqual([1])
  return host
}

/** A leader of two whose follower has all of its log. */
function replicating(config: Partial<RaftConfig> = {}): Host {
  const host = probing(config)
  acknowledge(host, 1)
  host.take()
  expect(progress(host)).toMatchObject({ state: 'replicate', match: 1, next: 2 })
  return host
}

function progress(host: Host) {
  return host.raft.followers[0]
}

/** Everything leaves at once, as in implementations that do not let appends wait for one another. */
const eager = { coalesceAppends: false, inFlightMessagesMax: 4 }

describe('the window of a follower', () => {
  it('(34) lets nothing out once it is full, and one more for each acknowledgement', () => {
    const leader = replicating(eager)
    for (let i = 0; i < 4; i++) propose(leader, 100)
    expect(sizes(leader)).toEqual([1, 1, 1, 1])
    for (let i = 0; i < 10; i++) propose(leader, 100)
    expect(sizes(leader)).toEqual([])
    acknowledge(leader, 2)
    expect(sizes(leader)).toEqual([10])
    acknowledge(leader, 2)
    propose(leader, 100)
    expect(sizes(leader)).toEqual([])
    acknowledge(leader, 4)
    expect(sizes(leader)).toEqual([1])
    expect(progress(leader)?.flights).toBe(3)
  })

  it('(34) lets one empty append out at every heartbeat while it is full, for it is the heartbeat', () => {
    // Others have a message of its own for that, and send an empty append when it is answered.
    const leader = replicating(eager)
    for (let i = 0; i < 4; i++) propose(leader, 100)
    leader.take()
    leader.fire('heartbeat')
    expect(leader.sent('AppendEntries')).toMatchObject([{ entries: [], prevIndex: 1 }])
    acknowledge(leader, 1)
    expect(leader.sent('AppendEntries')).toEqual([])
  })

  it('(35) is measured in messages and in bytes, and an append in bytes too', () => {
    const leader = probing({
      inFlightMessagesMax: 3,
      inFlightBytesMax: 9000,
      batchBytesMax: 2048,
    })
    for (let i = 0; i < 22; i++) propose(leader, i >= 10 && i < 16 ? 5000 : 1000)
    expect(sizes(leader)).toEqual([])
    leader.fire('heartbeat')
    leader.fire('heartbeat')
    const rounds: number[][] = []
    for (let next = 1; next <= 23; ) {
      const round = sizes(leader)
      rounds.push(round)
      next += round.reduce((sum, size) => sum + size, 0)
      acknowledge(leader, next - 1)
    }
    expect(rounds).toEqual([[2], [2, 2, 2], [2, 1, 1], [1, 1], [1, 1], [1, 2, 2], [2]])
    expect(sizes(leader)).toEqual([])
  })

  it('(37) is full after three lost appends, which follow one another again after two heartbeats', () => {
    const leader = replicating({ ...eager, inFlightMessagesMax: 3 })
    for (let i = 0; i < 3; i++) propose(leader, 100)
    expect(progress(leader)).toMatchObject({ state: 'replicate', match: 1, next: 5, flights: 3 })
    expect(progress(leader)?.hasRoom).toBe(false)
    leader.take()
    leader.fire('heartbeat')
    expect(sizes(leader)).toEqual([])
    leader.fire('heartbeat')
    expect(sizes(leader)).toEqual([3])
    expect(progress(leader)).toMatchObject({ state: 'probe', match: 1, next: 2, flights: 1 })
    acknowledge(leader, 4)
    expect(progress(leader)).toMatchObject({ state: 'replicate', match: 4, next: 5, flights: 0 })
  })

  it('(38) does not keep a follower from a snapshot when the log let go what was lost: one heartbeat', () => {
    const config = {
      ...eager,
      inFlightMessagesMax: 2,
      snapshotEntries: 17,
      keepEntries: 0,
    }
    const cluster = new Cluster([[], [], []], { config })
    cluster.campaign('n1')
    for (let i = 0; i < 10; i++) cluster.propose('n1')
    cluster.isolate('n3')
    for (let i = 0; i < 7; i++) cluster.propose('n1')
    const third = () => cluster.at('n1').raft.followers.find(({ id }) => id === 'n3')
    expect(third()).toMatchObject({ match: 11, next: 14, flights: 2 })
    expect(cluster.inspect('n1')).toMatchObject({ base: 17, last: 18 })
    cluster.heal()
    cluster.beat('n1')
    for (const follower of cluster.at('n1').raft.followers) {
      expect(follower).toMatchObject({ match: 18, next: 19, state: 'replicate' })
    }
    expect(cluster.at('n3').marks).toContain('installed a snapshot')
  })

  it('closes when an append of several is lost, and opens behind what did arrive', () => {
    const leader = replicating(eager)
    for (let i = 0; i < 3; i++) propose(leader, 100)
    const [first, , third] = entriesSent(leader)
    const follower = new Host('n2', two, { disk: diskOf([1]) })
    for (const sent of [first, third]) follower.receive('n1', sent as AppendEntries)
    for (const answer of follower.sent('AppendResult')) leader.receive('n2', answer)
    expect(entriesSent(leader)).toMatchObject([{ prevIndex: 2, entries: [{}, {}] }])
    expect(progress(leader)).toMatchObject({ state: 'probe', match: 2, next: 3 })
  })
})

describe('appends', () => {
  it('wait for the one that is under way, and leave together', () => {
    const leader = replicating()
    for (let i = 0; i < 20; i++) propose(leader, 100)
    expect(sizes(leader)).toEqual([1])
    acknowledge(leader, 2)
    expect(sizes(leader)).toEqual([19])
  })

  it('do not wait where they are full, in entries or in bytes', () => {
    for (const full of [{ batchEntriesMax: 5 }, { batchBytesMax: 500 }]) {
      const leader = replicating(full)
      for (let i = 0; i < 13; i++) propose(leader, 100)
      expect(sizes(leader).slice(0, 3)).toEqual([1, 5, 5])
      acknowledge(leader, 12)
      expect(sizes(leader)).toEqual([2])
    }
  })

  it('tell the commit index when nothing else is left to say', () => {
    const leader = replicating()
    propose(leader, 100)
    leader.take()
    acknowledge(leader, 2)
    expect(leader.sent('AppendEntries')).toMatchObject([{ entries: [], commit: 2 }])
  })
})

describe('a leader that cannot commit', () => {
  /** What that leader, of two or alone, answers at once to a client's next put of so many bytes. */
  function asked(leader: Host) {
    leader.receive('c1', { type: 'OpenSession', id: 0 } as Message)
    if (leader.raft.followers.length > 0) acknowledge(leader, 2)
    leader.take()
    let seq = 0
    return (bytes: number) => {
      seq++
      const session = { client: 2, seq, received: 0 }
      leader.receive('c1', {
        type: 'ClientRequest',
        id: seq,
        session,
        op: put(bytes).op,
      } as Message)
      const replies = leader.take().flatMap(({ message }) => {
        return message.type === 'ClientReply' ? [message.result.type] : []
      })
      return replies.at(-1)
    }
  }

  it('(36) takes entries up to a limit in bytes, and one larger than that when none wait', () => {
    const leader = probing({ uncommittedBytesMax: 10_000, entryBytesMax: 100_000 })
    const ask = asked(leader)
    for (let i = 0; i < 10; i++) expect(ask(1000)).toBeUndefined()
    expect(ask(1000)).toBe('overloaded')
    expect(leader.raft.log.last).toBe(12)
    expect(leader.raft.hasRoomFor({ type: 'noop' })).toBe(true)
    acknowledge(leader, 12)
    expect(leader.raft.commit).toBe(12)
    leader.take()
    expect(ask(20_000)).toBeUndefined()
    expect(ask(66)).toBe('overloaded')
    acknowledge(leader, 13)
    leader.take()
    expect(ask(66)).toBeUndefined()
  })

  it('(36) alone and with a slow disk appends just as many of a thousand', () => {
    const leader = new Host('n1', ['n1'], { config: { uncommittedBytesMax: 16 * 500 } })
    leader.fire('election')
    const ask = asked(leader)
    leader.autoSync = false
    const refused = Array.from({ length: 1024 }, () => ask(500)).filter((is) => is === 'overloaded')
    expect(leader.raft.log.last).toBe(2 + 16)
    expect(refused).toHaveLength(1024 - 16)
    leader.sync()
    expect(leader.raft.commit).toBe(18)
    leader.take()
    expect(
      Array.from({ length: 20 }, () => ask(500)).filter((is) => is === undefined),
    ).toHaveLength(16)
  })
})
