import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { configurationOf } from '../src/configuration.ts'
import { RaftInvariants } from '../src/invariants.ts'
import { StateBuilder } from '../src/kv/state.ts'
import { asIndex, asTerm } from '../src/term.ts'
import { Cluster, diskOf, entryOf, Host } from '../src/testing/index.ts'

const nodes = ['n1', 'n2', 'n3']

/** Looks at hosts in turn, each in a life of its own, and returns the invariants that broke. */
function look(invariants: RaftInvariants, ...hosts: readonly Host[]): string[] {
  return hosts.flatMap((host) => {
    const broken = invariants.stepped(host.node, host.id, Number(host.id.slice(1)))
    return broken === undefined ? [] : [broken.invariant]
  })
}

function leader(id: string, terms: readonly number[], term: number): Host {
  const host = new Host(id, nodes, { disk: diskOf(terms, term - 1) })
  host.fire('election')
  const voter = id === 'n2' ? 'n3' : 'n2'
  host.receive(voter, { type: 'Vote', term, granted: true } as Message)
  return host
}

describe('the invariants', () => {
  it('hold for a cluster that elects and replicates', () => {
    const invariants = new RaftInvariants()
    const cluster = new Cluster([[], [], []])
    const hosts = [...cluster.hosts.values()]
    expect(look(invariants, ...hosts)).toEqual([])
    cluster.campaign('n1')
    expect(look(invariants, ...hosts)).toEqual([])
    cluster.propose('n1')
    cluster.campaign('n2')
    expect(look(invariants, ...hosts)).toEqual([])
  })

  it('see two leaders of one term', () => {
    const invariants = new RaftInvariants()
    expect(look(invariants, leader('n1', [], 1), leader('n3', [], 1))).toEqual(['election safety'])
  })

  it('see a term that goes back', () => {
    const invariants = new RaftInvariants()
    const later = new Host('n1', nodes, { disk: diskOf([], 5) })
    const earlier = new Host('n1', nodes, { disk: diskOf([], 4) })
    expect(look(invariants, later, earlier)).toEqual(['a term never goes back'])
  })

  it('see different entries of one index and term', () => {
    const invariants = new RaftInvariants()
    const one = new Host('n1', nodes, { disk: diskOf([1]) })
    const disk = diskOf([1]).map((record) =>
      record.type === 'entry' ? { ...record, command: { type: 'open' as const } } : record,
    )
    const other = new Host('n2', nodes, { disk })
    expect(look(invariants, one, other)).toEqual(['log matching'])
  })

  it('see equal entries behind different ones', () => {
    const invariants = new RaftInvariants()
    const one = new Host('n1', nodes, { disk: diskOf([1, 3]) })
    const other = new Host('n2', nodes, { disk: diskOf([2, 3]) })
    expect(look(invariants, one, other)).toEqual(['log matching'])
  })

  it('see a leader that cuts its log', () => {
    const invariants = new RaftInvariants()
    const host = leader('n1', [1, 1], 2)
    expect(look(invariants, host)).toEqual([])
    host.raft.log.cutAfter(asIndex(1))
    expect(look(invariants, host)).toEqual(['leader append-only'])
  })

  it('see a follower that cuts what its leader has, and not one that cuts what it has not', () => {
    const invariants = new RaftInvariants()
    const cluster = new Cluster([[], [], []])
    cluster.campaign('n1')
    cluster.propose('n1')
    const follower = cluster.at('n2')
    expect(look(invariants, cluster.at('n1'), follower)).toEqual([])
    follower.raft.log.append(entryOf(3, 1), 9)
    expect(look(invariants, follower)).toEqual([])
    follower.raft.log.cutAfter(asIndex(2))
    expect(look(invariants, follower)).toEqual([])
    follower.raft.log.cutAfter(asIndex(1))
    expect(look(invariants, follower)).toEqual(['cut at a conflict'])
  })

  it('see a leader without an entry that was committed in an earlier term', () => {
    const invariants = new RaftInvariants()
    const cluster = new Cluster([[], [], []])
    cluster.campaign('n1')
    expect(look(invariants, cluster.at('n1'))).toEqual([])
    expect(look(invariants, leader('n3', [], 4))).toEqual(['leader completeness'])
  })

  it('see an entry that is committed in an earlier term than that of a leader who lacks it', () => {
    const invariants = new RaftInvariants()
    const late = leader('n1', [], 1)
    expect(look(invariants, late, leader('n3', [], 4))).toEqual([])
    late.receive('n2', { type: 'AppendResult', term: 1, success: true, match: 1 } as Message)
    expect(look(invariants, late)).toEqual(['leader completeness'])
  })

  it('see two nodes apply different entries at one index', () => {
    const invariants = new RaftInvariants()
    const follow = (id: string, term: number): Host => {
      const host = new Host(id, nodes)
      const append = { type: 'AppendEntries', term, prevIndex: 0, prevTerm: 0, commit: 1 }
      host.receive('n3', { ...append, entries: [entryOf(1, term)] } as Message)
      return host
    }
    expect(look(invariants, follow('n1', 1), follow('n2', 2))).toEqual(['state-machine safety'])
  })

  it('see a log that was let go up to another entry than others applied', () => {
    const invariants = new RaftInvariants()
    const configuration = configurationOf(nodes)
    const state = new StateBuilder().build()
    const snapshot = { index: asIndex(1), base: asIndex(1), configuration, state }
    const from = (id: string, term: number): Host => {
      const host = new Host(id, nodes)
      host.disk.snapshot = { ...snapshot, term: asTerm(term), baseTerm: asTerm(term) }
      host.restart()
      return host
    }
    const applied = new Host('n1', nodes)
    const append = { type: 'AppendEntries', term: 1, prevIndex: 0, prevTerm: 0, commit: 1 }
    applied.receive('n2', { ...append, entries: [entryOf(1, 1)] } as Message)
    expect(look(invariants, applied, from('n2', 1))).toEqual([])
    expect(look(invariants, from('n3', 2))).toEqual(['log matching'])
  })

  it('see two nodes with different states after the same entry', () => {
    const invariants = new RaftInvariants()
    const applied = (id: string): Host => {
      const host = new Host(id, nodes)
      const append = { type: 'AppendEntries', term: 1, prevIndex: 0, prevTerm: 0, commit: 1 }
      host.receive('n3', { ...append, entries: [entryOf(1, 1)] } as Message)
      return host
    }
    const other = applied('n2')
    other.node.machine.store.apply({ type: 'put', key: 'x', value: '1' }, 0)
    expect(look(invariants, applied('n1'), other)).toEqual(['equal states'])
  })

  it('see a disk whose terms go back, between restarts and within', () => {
    const saved = (term: number) => ({ snapshot: undefined, first: 0, entries: diskOf([], term) })
    const invariants = new RaftInvariants()
    expect(invariants.starting(saved(3), 'n1')).toBeUndefined()
    expect(invariants.starting(saved(3), 'n1')).toBeUndefined()
    expect(invariants.starting(saved(2), 'n1')?.invariant).toBe('terms never go back on disk')
    const within = { ...saved(0), entries: [...diskOf([], 3), ...diskOf([], 2)] }
    expect(new RaftInvariants().starting(within, 'n1')?.text).toMatch(/wrote term 2 after term 3/)
  })

  it('are reported once', () => {
    const invariants = new RaftInvariants()
    const hosts = [leader('n1', [], 1), leader('n3', [], 1)]
    expect([...look(invariants, ...hosts), ...look(invariants, ...hosts)]).toHaveLength(1)
  })
})
