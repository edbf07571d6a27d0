import type { Message } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cluster } from '../../src/testing/index.ts'
import { mutant } from '../mutant.ts'

const three = ['n1', 'n2', 'n3'] as const
const config = {
  preVote: true,
  checkQuorum: true,
  reads: 'index',
  pendingMax: 4,
  entryBytesMax: 200,
} as const

const happening = fc.record({
  is: fc.constantFrom('ask', 'ask', 'ask', 'deliver', 'stand', 'beat', 'isolate', 'heal', 'wait'),
  node: fc.constantFrom(...three),
  asks: fc.constantFrom('open', 'get', 'put', 'large put', 'transfer', 'members'),
})

function requestOf(asks: string, id: number): Message {
  const session = { client: id, seq: 1, received: 0 }
  const put = { type: 'put', key: 'x', value: asks === 'put' ? '1' : 'x'.repeat(200) }
  const op = asks === 'get' ? { type: 'get', key: 'x' } : put
  const request = { type: 'ClientRequest', id, session, op }
  const opening = { type: 'OpenSession', id }
  const transfer = { type: 'TransferLeadership', id, to: 'n2' }
  const members = { type: 'Members', id }
  if (asks === 'open') return opening
  if (asks === 'transfer') return transfer
  return asks === 'members' ? members : request
}

/** Whatever happens to a leader, whoever asked a node that goes on is answered, and once. */
function answersOnce(spoil: (cluster: Cluster) => void = () => undefined) {
  return fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
    const cluster = new Cluster([[], [], []], { config })
    spoil(cluster)
    let asked = 0
    for (const { is, node, asks } of happenings) {
      if (is === 'ask') cluster.ask(node, `c${++asked}`, requestOf(asks, asked))
      else if (is === 'deliver') cluster.deliverOnce()
      else if (is === 'stand') cluster.at(node).fire('election')
      else if (is === 'beat') cluster.at(node).fire('heartbeat')
      else if (is === 'isolate') cluster.isolate(node)
      else if (is === 'heal') cluster.heal()
      else cluster.pass(100)
    }
    cluster.heal()
    cluster.tick(1500)
    const answered = cluster.replies.map(({ re }) => re).sort((a, b) => a - b)
    expect(answered).toEqual(Array.from({ length: asked }, (_, i) => i + 1))
  })
}

describe('a request', () => {
  it('is answered once, whatever happens to the leader', () => {
    fc.assert(answersOnce(), { numRuns: 150 })
  })

  it('is not if a leader that is deposed lets go of what is open', () => {
    const silent = answersOnce((cluster) => {
      for (const { node } of cluster.hosts.values()) {
        Object.assign(node.requests, { deposed: () => undefined })
      }
    })
    expect(fc.check(silent, { ...mutant, numRuns: 200 }).failed).toBe(true)
  })
})
