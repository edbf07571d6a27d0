import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { paper, raft, rulesWith } from '../src/index.ts'
import { Cluster, type HostOptions } from '../src/testing/index.ts'

const config = { reads: 'lease', checkQuorum: true, clockDriftMax: 0.2 } as const
const get = { type: 'ClientRead', op: { type: 'get', key: 'x' }, from: 'any' }

/** Three nodes whose leader n1 has committed in its term. An election timeout is at least 150 ms. */
function cluster(options: HostOptions = {}): Cluster {
  const all = new Cluster([[], [], []], { config, ...options })
  all.campaign('n1')
  return all
}

/** Whether n1 answers a read at once; what it asks of the others is delivered. */
function readsAtOnce(all: Cluster): boolean {
  const before = all.replies.length
  all.ask('n1', 'c1', { ...get, id: 1 } as Message)
  const asked = all.onTheirWay.filter(({ message }) => message.type === 'ConfirmLeader')
  all.deliver()
  expect(all.replies.length).toBe(before + 1)
  return asked.length === 0
}

describe('a leader with a lease', () => {
  it('asks the others once, and nobody while the lease lasts', () => {
    const all = cluster()
    expect(readsAtOnce(all)).toBe(false)
    expect(readsAtOnce(all)).toBe(true)
    all.pass(99)
    expect(readsAtOnce(all)).toBe(true)
  })

  it('asks again when its slow clock may have counted an election timeout of a quick one', () => {
    const all = cluster()
    readsAtOnce(all)
    all.pass(100)
    expect(readsAtOnce(all)).toBe(false)
    expect(readsAtOnce(all)).toBe(true)
  })

  it('counts the lease from when it asked, not from the answers', () => {
    const all = cluster()
    all.ask('n1', 'c1', { ...get, id: 1 } as Message)
    all.pass(60)
    all.deliver()
    all.pass(39)
    expect(readsAtOnce(all)).toBe(true)
    all.pass(1)
    expect(readsAtOnce(all)).toBe(false)
  })

  it('has none after it told another node to stand, even when that node never does', () => {
    const all = cluster()
    readsAtOnce(all)
    all.ask('n1', 'admin', { type: 'TransferLeadership', id: 2, to: 'n3' } as Message)
    all.drop(({ message }) => message.type === 'TimeoutNow')
    all.fire('n1', 'transfer')
    expect(all.inspect('n1').role).toBe('leader')
    expect(readsAtOnce(all)).toBe(false)
    expect(readsAtOnce(all)).toBe(false)
  })

  it('has none in a new term before it asked', () => {
    const all = cluster()
    readsAtOnce(all)
    all.pass(150)
    all.campaign('n2')
    all.pass(150)
    all.campaign('n1')
    expect(all.inspect('n1')).toMatchObject({ role: 'leader', term: 3 })
    expect(readsAtOnce(all)).toBe(false)
  })

  it('trusts it too long with the flaw lease-with-drift', () => {
    const all = cluster({ rules: rulesWith(['lease-with-drift']) })
    readsAtOnce(all)
    all.pass(149)
    expect(readsAtOnce(all)).toBe(true)
  })
})

describe('the length of a lease', () => {
  it('is what a quick voter waits, as a slow leader counts it', () => {
    const timeoutMs = 1000
    for (const drift of [0, 0.001, 0.1, 0.5, 0.9]) {
      const quickVoterMs = timeoutMs / (1 + drift)
      const slowLeaderMs = paper.leaseMs(timeoutMs, drift) / (1 - drift)
      expect(slowLeaderMs).toBeCloseTo(quickVoterMs, 6)
    }
  })
})

describe('a configuration with leases', () => {
  const nodes = ['n1', 'n2', 'n3']

  it.each([
    [{ nodes, reads: 'lease', checkQuorum: false } as const, /only with checkQuorum/],
    [{ nodes, clockDriftMax: 1 }, /clockDriftMax \(1\) must be at least 0 and below 1/],
    [{ nodes, clockDriftMax: -0.1 }, /clockDriftMax \(-0.1\) must be at least 0/],
  ])('that cannot hold is refused: %j', (options, sentence) => {
    expect(() => raft(options)).toThrow(sentence)
  })
})
