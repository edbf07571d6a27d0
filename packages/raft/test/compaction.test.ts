import type { Message, NodeId } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { itemsOf } from '../src/kv/state.ts'
import { configurationOf } from '../src/configuration.ts'
import { type AppendResult, type InstallSnapshot, rulesWith } from '../src/index.ts'
import { chunkOf, questionOf, type Snapshot } from '../src/snapshot.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { Cluster, entryOf, Host } from '../src/testing/index.ts'

const three = ['n1', 'n2', 'n3']
/** A snapshot every five entries, no tail, one item a piece. */
const config = { snapshotEntries: 5, keepEntries: 0, snapshotChunkBytes: 1 }

function state(host: Host): readonly unknown[] {
  return [...itemsOf(host.node.save())]
}

/** What a leader that applied so many openings of sessions has as its snapshot. */
function snapshotOf(index: number): Snapshot {
  const cluster = new Cluster([[]], { config: { ...config, snapshotEntries: index } })
  cluster.campaign('n1')
  for (let i = 1; i < index; i++) cluster.propose('n1')
  const { snapshot } = cluster.at('n1').raft
  if (snapshot === undefined) throw new Error('no snapshot was taken')
  return { ...snapshot, configuration: configurationOf(three) }
}

/** A follower in term 1 whose log has so many entries, all of term 1, committed so far. */
function follower(last: number, commit: number, rules = rulesWith([])): Host {
  const host = new Host('n2', three, { config: { ...config, snapshotEntries: 100 }, rules })
  const entries = Array.from({ length: last }, (_, i) => entryOf(i + 1, 1))
  const behind = { prevIndex: 0, prevTerm: 0, entries, commit }
  host.receive('n1', { type: 'AppendEntries', term: 1, ...behind } as Message)
  host.take()
  return host
}

function install(of: Snapshot, bytesMax = 10_000): Message {
  const chunk = chunkOf(of, 0, bytesMax)
  const message: InstallSnapshot = { type: 'InstallSnapshot', term: asTerm(1), ...chunk }
  return message
}

function matches(host: Host): (number | undefined)[] {
  return host.sent('AppendResult').map((result) => (result.success ? result.match : undefined))
}

describe('a node whose log has grown enough', () => {
  it('takes a snapshot, and keeps the log behind it', () => {
    const cluster = new Cluster([[]], { config: { ...config, keepEntries: 2 } })
    cluster.campaign('n1')
    for (let i = 0; i < 5; i++) cluster.propose('n1')
    const { log, snapshot } = cluster.at('n1').raft
    expect([snapshot?.index, log.base, log.last]).toEqual([5, 3, 6])
    expect(cluster.at('n1').marks).toContain('took a snapshot')
  })

  it('comes back from the snapshot and the log behind it, with its term and vote', () => {
    for (const keepEntries of [0, 2]) {
      const cluster = new Cluster([[]], { config: { ...config, keepEntries } })
      cluster.campaign('n1')
      for (let i = 0; i < 8; i++) cluster.propose('n1')
      const host = cluster.at('n1')
      const { base, last } = host.raft.log
      host.restart()
      const { raft } = host
      expect([raft.term, raft.votedFor]).toEqual([1, 'n1'])
      expect([raft.log.base, raft.log.last, raft.commit]).toEqual([base, last, 5])
      cluster.campaign('n1')
      expect(state(host)).toHaveLength(9)
    }
  })

  it('writes a snapshot after four times as many entries as it has items, and comes back with all that stands behind it', () => {
    const bases = [4, 9, 14, 19, 24, 29, 34, 39, 44].map((proposals) => {
      const cluster = new Cluster([[]], { config })
      cluster.campaign('n1')
      for (let i = 0; i < proposals; i++) cluster.propose('n1')
      const host = cluster.at('n1')
      const before = state(host)
      const inMemory = host.raft.log.base
      host.restart()
      const onDisk = host.raft.log.base
      cluster.campaign('n1')
      expect(state(host)).toEqual(before)
      return [inMemory, onDisk]
    })
    const whereBothAre = [
      [5, 5],
      [25, 25],
    ]
    const onlyInMemory = [
      [10, 5],
      [15, 5],
      [20, 5],
      [30, 25],
      [35, 25],
      [40, 25],
      [45, 25],
    ]
    expect(new Set(bases)).toEqual(new Set([...whereBothAre, ...onlyInMemory]))
  })

  it('forgets its term and vote with the flaw forget-vote', () => {
    const cluster = new Cluster([[]], { config, rules: rulesWith(['forget-vote']) })
    cluster.campaign('n1')
    for (let i = 0; i < 4; i++) cluster.propose('n1')
    cluster.at('n1').restart()
    expect(cluster.at('n1').raft.term).toBe(0)
  })

  it('keeps the state of the snapshot when more is applied', () => {
    const { state: kept } = snapshotOf(5)
    const before = JSON.stringify(kept)
    const cluster = new Cluster([[]], { config })
    cluster.campaign('n1')
    cluster.at('n1').node.restore(kept)
    for (let i = 0; i < 40; i++) cluster.propose('n1')
    expect(JSON.stringify(kept)).toBe(before)
  })
})

describe('a follower that is behind its leader’s log', () => {
  /** n3 misses what the others commit, and their logs let go. */
  function fallenBehind(): Cluster {
    const cluster = new Cluster([[], [], []], { config })
    cluster.campaign('n1')
    cluster.isolate('n3')
    for (let i = 0; i < 9; i++) cluster.propose('n1')
    expect(cluster.at('n1').raft.log.base).toBe(10)
    return cluster
  }

  const progress = (cluster: Cluster, id: NodeId) =>
    cluster.at('n1').raft.followers.find((one) => one.id === id)

  it('(39) is only asked while it does not answer, and catches up within a heartbeat when it does', () => {
    const cluster = fallenBehind()
    for (let i = 0; i < 3; i++) cluster.beat('n1')
    expect(progress(cluster, 'n3')?.state).toBe('snapshot')
    expect(cluster.at('n1').marks).not.toContain('sent a snapshot')
    cluster.heal()
    cluster.beat('n1')
    expect(cluster.at('n3').marks).toContain('installed a snapshot')
    expect(progress(cluster, 'n3')).toMatchObject({ match: 10, next: 11, state: 'replicate' })
    expect(state(cluster.at('n3'))).toEqual(state(cluster.at('n1')))
    cluster.propose('n1')
    expect(cluster.at('n3').raft.log.last).toBe(11)
  })

  it('(39) gets no appends meanwhile, while the others do', () => {
    const cluster = fallenBehind()
    cluster.beat('n1')
    const to: NodeId[] = []
    cluster.cut((sent) => {
      if (sent.message.type === 'AppendEntries') to.push(sent.to)
      return sent.to === 'n3'
    })
    cluster.propose('n1')
    expect(new Set(to)).toEqual(new Set(['n2']))
  })

  it('gets a lost piece again, from where it stopped', () => {
    const cluster = fallenBehind()
    let pieces = 0
    cluster.cut(({ message }) => message.type === 'InstallSnapshot' && ++pieces === 4)
    for (let i = 0; i < 3; i++) cluster.beat('n1')
    expect(cluster.at('n1').marks).toContain('resumed a snapshot')
    expect(state(cluster.at('n3'))).toEqual(state(cluster.at('n1')))
    const items = state(cluster.at('n1')).length
    expect(pieces).toBeLessThan(items + 6)
  })

  it('finds the log behind its snapshot still there, though others were taken meanwhile', () => {
    const cluster = fallenBehind()
    let pieces = 0
    cluster.cut(({ message }) => message.type === 'InstallSnapshot' && ++pieces > 3)
    cluster.beat('n1')
    const seen: string[] = []
    for (let i = 0; i < 40; i++) {
      cluster.propose('n1')
      const { snapshot, log } = cluster.at('n1').raft
      seen.push(`${snapshot?.index} behind ${log.base}`)
    }
    // Eleven items stand in the one that is sent, and the log waits for twice as many entries.
    const waits = ['10 behind 10', '15 behind 10', '20 behind 10', '25 behind 10', '30 behind 10']
    const goesOn = ['35 behind 35', '40 behind 40', '45 behind 45', '50 behind 50']
    expect([...new Set(seen)]).toEqual([...waits, ...goesOn])
  })

  it('comes back from the snapshot that it installed', () => {
    const cluster = fallenBehind()
    cluster.heal()
    cluster.beat('n1')
    cluster.at('n3').restart()
    const { raft } = cluster.at('n3')
    expect([raft.term, raft.commit, raft.log.last]).toEqual([1, 10, 10])
    expect(state(cluster.at('n3'))).toEqual(state(cluster.at('n1')))
  })

  it('(40) goes on with the log as soon as it acknowledges its base, also below the snapshot', () => {
    const options = { config: { ...config, keepEntries: 3 } }
    const cluster = new Cluster([[], [], []], options)
    cluster.campaign('n1')
    cluster.isolate('n3')
    for (let i = 0; i < 9; i++) cluster.propose('n1')
    expect(cluster.at('n1').raft.log.base).toBe(7)
    cluster.beat('n1')
    cluster.beat('n1')
    cluster.at('n1').take()
    const ack: AppendResult = {
      type: 'AppendResult',
      term: asTerm(1),
      success: true,
      match: asIndex(7),
    }
    expect(progress(cluster, 'n3')?.state).toBe('snapshot')
    cluster.at('n1').receive('n3', ack)
    expect(progress(cluster, 'n3')).toMatchObject({ match: 7, next: 11, state: 'replicate' })
    expect(cluster.at('n1').sent('AppendEntries')[0]).toMatchObject({ prevIndex: 7 })
  })

  it('goes on with the pieces that an earlier leader sent', () => {
    const cluster = fallenBehind()
    let pieces = 0
    cluster.cut(({ message }) => message.type === 'InstallSnapshot' && ++pieces > 4)
    cluster.beat('n1')
    cluster.isolate('n1')
    cluster.campaign('n2')
    for (let i = 0; i < 4; i++) cluster.beat('n2')
    expect(cluster.at('n2').raft.role).toBe('leader')
    expect(cluster.at('n2').marks).toContain('resumed a snapshot')
    expect(state(cluster.at('n3'))).toEqual(state(cluster.at('n2')))
  })
})

describe('a follower that is sent a snapshot', () => {
  it('(41) only acknowledges one at or behind its commit index', () => {
    for (const index of [4, 6]) {
      const host = follower(8, 6)
      host.receive('n1', install(snapshotOf(index)))
      expect(matches(host)).toEqual([6])
      expect([host.raft.commit, host.raft.log.last]).toEqual([6, 8])
    }
  })

  it('goes back with the flaw install-older-snapshot', () => {
    const host = follower(8, 6, rulesWith(['install-older-snapshot']))
    host.receive('n1', install(snapshotOf(4)))
    expect(host.raft.commit).toBe(4)
  })

  it('(41) commits up to one whose last entry is in its log, and keeps the log', () => {
    const host = follower(8, 2)
    host.receive('n1', install(snapshotOf(6)))
    expect(matches(host)).toEqual([6])
    expect([host.raft.commit, host.raft.log.last, host.raft.log.base]).toEqual([6, 8, 0])
  })

  it('drops a log that ends before it or contradicts it', () => {
    const cluster = follower(4, 2)
    cluster.receive('n1', install(snapshotOf(6)))
    expect(matches(cluster)).toEqual([6])
    expect([cluster.raft.commit, cluster.raft.log.last, cluster.raft.log.base]).toEqual([6, 6, 6])
  })

  it('answers only when its disk has it', () => {
    const host = follower(0, 0)
    host.autoSync = false
    host.receive('n1', install(snapshotOf(6)))
    expect(host.take()).toEqual([])
    host.sync()
    expect(matches(host)).toEqual([6])
  })

  it('says how far it is when it is asked, and when a piece does not come next', () => {
    const host = follower(0, 0)
    const of = snapshotOf(6)
    const piece = (offset: number) => ({
      type: 'InstallSnapshot',
      term: asTerm(1),
      ...chunkOf(of, offset, 1),
    })
    const ask = { type: 'InstallSnapshot', term: asTerm(1), ...questionOf(of) }
    for (const message of [ask, piece(0), piece(0), piece(3), piece(1), ask]) {
      host.receive('n1', message)
    }
    const received = host.sent('SnapshotResult').map((result) => result.received)
    expect(received).toEqual([0, 1, 1, 1, 2, 2])
  })

  it('refuses a damaged piece', () => {
    const host = follower(0, 0)
    host.receive('n1', { ...install(snapshotOf(6)), checksum: 1 } as Message)
    expect(host.node.refusals.view()).toEqual({ 'a damaged snapshot': 1 })
    expect(host.raft.commit).toBe(0)
  })

  it('tells a leader of an earlier term its own', () => {
    const host = follower(0, 0)
    host.receive('n1', { ...install(snapshotOf(6)), term: 1 } as Message)
    host.receive('n3', { type: 'RequestVote', term: 5, lastIndex: 9, lastTerm: 4 } as Message)
    host.take()
    host.receive('n1', install(snapshotOf(8)))
    expect(host.sent('SnapshotResult')).toMatchObject([{ term: 5, received: 0 }])
  })

  it('takes an append that begins before its base', () => {
    const host = follower(0, 0)
    host.receive('n1', install(snapshotOf(6)))
    host.take()
    const entries = [4, 5, 6, 7, 8].map((index) => entryOf(index, 1))
    const behind = { prevIndex: 3, prevTerm: 1, entries, commit: 7 }
    host.receive('n1', { type: 'AppendEntries', term: 1, ...behind } as Message)
    expect(matches(host)).toEqual([8])
    expect([host.raft.commit, host.raft.log.last]).toEqual([7, 8])
  })
})
