import type { Message } from '@lockstep/process'
import { describe, expect, it } from 'vitest'
import { ask, change, clusterOf, steps, used } from './script.ts'

describe('a change is refused', () => {
  it('(42) while the one before is not committed', () => {
    const cluster = clusterOf(3, 5)
    change(cluster, 'l4 l5')
    cluster.isolate('n1')
    ask(cluster, 'n1', 'p4')
    expect(change(cluster, 'r4')).toMatchObject({ code: 'change-under-way' })
    expect(change(cluster, 'l4', { force: true })).toMatchObject({ code: 'change-under-way' })
  })

  it('(42) while a joint configuration is not left', () => {
    const cluster = clusterOf(3, 5)
    change(cluster, 'l4 l5')
    cluster.isolate('n2', 'n3')
    ask(cluster, 'n1', 'p4 p5 r2 r3')
    expect(change(cluster, 'r4', { mode: 'joint' })).toMatchObject({ code: 'change-under-way' })
  })

  it('by a new leader until an entry of its own term is committed', () => {
    const cluster = clusterOf(3, 4)
    cluster.pass(1000)
    cluster.cut(({ message }) => message.type === 'AppendEntries')
    cluster.campaign('n2')
    ask(cluster, 'n2', 'v4')
    cluster.deliver()
    expect(cluster.replies.at(-1)?.result).toMatchObject({ code: 'own-term-not-committed' })
    cluster.heal()
    cluster.beat('n2')
    cluster.beat('n2')
    ask(cluster, 'n2', 'v4')
    cluster.deliver()
    expect(cluster.replies.at(-1)?.result).toMatchObject({ type: 'changed' })
  })

  it('(42) by a new leader while one that it found in its log is not committed', () => {
    const cluster = clusterOf(3, 4)
    cluster.cut(({ message }) => message.type === 'AppendResult')
    ask(cluster, 'n1', 'v4')
    cluster.deliver()
    cluster.pass(1000)
    cluster.campaign('n2')
    ask(cluster, 'n2', 'r1')
    cluster.deliver()
    expect(cluster.replies.at(-1)?.result).toMatchObject({ code: 'own-term-not-committed' })
    expect(used(cluster, 'n2')).toEqual(['(1 2 3 4)'])
  })

  it('when too few of the voters would be heard, unless it is forced', () => {
    const cluster = clusterOf(1, 1)
    const refused = change(cluster, 'v7')
    expect(refused).toMatchObject({ type: 'change-refused', code: 'unreachable-quorum' })
    expect(refused).toMatchObject({ text: expect.stringContaining('n7') as string })
    expect(change(cluster, 'v7', { force: true })).toBeUndefined()
    expect(used(cluster, 'n1')).toEqual(['(1 7)'])
    cluster.propose('n1')
    expect(cluster.at('n1').raft.commit).toBe(1)
  })

  it('when those who stay are silent', () => {
    const cluster = clusterOf(3, 3)
    cluster.isolate('n3')
    cluster.pass(140)
    cluster.beat('n1')
    cluster.pass(140)
    expect(change(cluster, 'r2')).toMatchObject({ code: 'unreachable-quorum' })
    expect(change(cluster, 'r3')).toMatchObject({ type: 'changed' })
  })

  it('when it hands over, and says to whom', () => {
    const cluster = clusterOf(3, 3)
    cluster.isolate('n3')
    cluster.ask('n1', 'admin', { type: 'TransferLeadership', id: 9, to: 'n3' } as Message)
    expect(change(cluster, 'r2')).toEqual({ type: 'transferring', to: 'n3' })
  })

  it('by who does not lead, and says who does', () => {
    const cluster = clusterOf(3, 3)
    ask(cluster, 'n2', 'r3')
    cluster.deliver()
    expect(cluster.replies.at(-1)?.result).toEqual({ type: 'not-leader', leader: 'n1' })
  })

  it('never when it is asked for again by the same client: it is answered once, to the newest', () => {
    const cluster = clusterOf(1, 2)
    const message = { type: 'ChangeMembership', change: { steps: steps('l2') } }
    cluster.at('n1').autoSync = false
    cluster.ask('n1', 'admin', { ...message, id: 1 } as Message)
    cluster.ask('n1', 'admin', { ...message, id: 2 } as Message)
    cluster.at('n1').sync()
    cluster.deliver()
    expect(cluster.replies).toMatchObject([{ re: 2, result: { type: 'changed' } }])
  })
})
