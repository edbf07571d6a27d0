import type { Message } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWellFormed } from '../src/validate.ts'
import { diskOf, entryOf, Host } from '../src/testing/index.ts'
import { mutant } from './mutant.ts'

const configuration = {
  voters: ['n1', 'n2'],
  outgoing: ['n1', 'n3'],
  learners: ['n3'],
  addresses: [{ id: 'n2', address: 'host:1' }],
}
const append = {
  type: 'AppendEntries',
  term: 3,
  prevIndex: 1,
  prevTerm: 1,
  entries: [entryOf(2, 1), entryOf(3, 3)],
  commit: 1,
}
const request = {
  type: 'ClientRequest',
  id: 1,
  session: { client: 2, seq: 1, received: 0 },
  op: { type: 'cas', key: 'x', from: null, to: '1' },
}
const uses = {
  received: 1,
  results: [
    { seq: 2, value: { type: 'done' } },
    { seq: 4, value: { type: 'done' } },
  ],
  used: 1,
  at: 0,
}
const kv = { key: 'x', value: '1', createRevision: 3, modRevision: 3, version: 1, lease: 5 }
const install = {
  type: 'InstallSnapshot',
  term: 3,
  index: 7,
  lastTerm: 3,
  configuration,
  offset: 0,
  items: [
    { type: 'store', revision: 3, compacted: 1, now: 0, first: 0 },
    { type: 'key', kv },
    { type: 'change', change: { revision: 3, before: null, after: kv } },
    { type: 'lease', lease: { id: 5, ttlMs: 10, expiresAt: 0 } },
    { type: 'session', session: 1, uses },
  ],
  done: true,
  checksum: 0,
}
function configure(members: unknown): typeof append {
  const command = { type: 'configure', configuration: members }
  return { ...append, entries: [{ ...entryOf(2, 1), command: command as never }] }
}
const change = {
  type: 'ChangeMembership',
  id: 1,
  change: { steps: [{ type: 'remove', id: 'n1' }] },
}
const range = { type: 'range', key: 'a', end: 'z', revision: 3, limit: 2, keysOnly: true }
const sort = { by: 'value', order: 'descending' }
const txn = {
  type: 'txn',
  compare: [
    { key: 'a', target: 'value', is: 'equal', than: '1' },
    { key: 'a', end: 'z', target: 'lease', is: 'less', than: 5 },
  ],
  success: [{ type: 'put', key: 'x', lease: 5, prevKv: true, ignoreValue: true }, range],
  failure: [
    { type: 'delete-range', key: 'x', end: 'y', prevKv: false },
    { type: 'txn', compare: [], success: [], failure: [] },
  ],
}
const operations = [
  range,
  { ...range, sort },
  txn,
  { type: 'compact', revision: 3 },
  { type: 'grant', lease: 0, ttlMs: -1 },
  { type: 'revoke', lease: 5 },
  { type: 'keep-alive', lease: 5 },
  { type: 'time-to-live', lease: 5, keys: true },
  { type: 'leases' },
]

/** A transaction in a transaction in one … so deep. */
function nested(depth: number): object {
  const success = depth === 0 ? [] : [nested(depth - 1)]
  return { type: 'txn', compare: [], success, failure: [] }
}

const watch = {
  type: 'Watch',
  id: 1,
  range: { key: 'a', end: 'z' },
  filter: { noPut: true },
  fromRevision: 1,
  waitMs: 0,
}
const wellFormed = [
  watch,
  { type: 'RequestVote', term: 1, lastIndex: 0, lastTerm: 0 },
  { type: 'Vote', term: 1, granted: false },
  { type: 'RequestPreVote', term: 1, lastIndex: 0, lastTerm: 0 },
  { type: 'PreVote', term: 0, granted: false },
  append,
  { ...append, entries: [] },
  configure(configuration),
  { type: 'AppendResult', term: 1, success: true, match: 0 },
  { type: 'AppendResult', term: 1, success: false, rejected: 1, hintIndex: 0, hintTerm: 0 },
  install,
  { ...install, items: [], done: false },
  { type: 'SnapshotResult', term: 1, index: 7, received: 0 },
  { type: 'ConfirmLeader', term: 1, round: 1 },
  { type: 'LeaderConfirmed', term: 1, round: 1 },
  { type: 'TimeoutNow', term: 1 },
  { type: 'TransferLeadership', id: 0, to: 'n2' },
  { type: 'Members', id: 0 },
  { type: 'ForgetLeader', id: 0 },
  change,
  { ...change, change: { steps: [], mode: 'joint', force: true } },
  { ...change, change: { steps: [{ type: 'add-voter', id: 'n4', address: 'host:4' }] } },
  { type: 'OpenSession', id: 0 },
  request,
  { ...request, op: { type: 'get', key: '' } },
  ...operations.map((op) => ({ ...request, op })),
]

const malformed: readonly (readonly [string, unknown])[] = [
  ['no message', undefined],
  ['an unknown type', { type: 'Gossip' }],
  ['an answer to a client', { type: 'ClientReply', re: 1, result: { type: 'overloaded' } }],
  ['a term of nobody', { type: 'Vote', term: 0, granted: true }],
  ['a fraction of a term', { type: 'Vote', term: 1.5, granted: true }],
  ['a term without end', { type: 'Vote', term: Number.MAX_SAFE_INTEGER, granted: true }],
  ['a negative index', { type: 'RequestVote', term: 1, lastIndex: -1, lastTerm: 0 }],
  ['entries with a gap', { ...append, entries: [entryOf(3, 3)] }],
  ['terms that fall', { ...append, entries: [entryOf(2, 3), entryOf(3, 1)] }],
  ['an entry from the future', { ...append, entries: [entryOf(2, 4)] }],
  ['a predecessor from the future', { ...append, prevTerm: 4, entries: [] }],
  ['a command of no type', { ...append, entries: [{ ...entryOf(2, 1), command: {} }] }],
  ['an acknowledgement of nothing', { type: 'AppendResult', term: 1, success: true }],
  ['a snapshot of nothing', { ...install, index: 0 }],
  ['a snapshot from the future', { ...install, lastTerm: 4 }],
  ['a snapshot with items of no type', { ...install, items: [{}] }],
  ['a snapshot with a key without value', { ...install, items: [{ type: 'key', key: 'x' }] }],
  [
    'a snapshot with a session without its state',
    { ...install, items: [{ type: 'session', session: 1 }] },
  ],
  [
    'a snapshot whose session has results that are out of order',
    {
      ...install,
      items: [
        {
          type: 'session',
          session: 1,
          uses: { ...uses, results: uses.results.toReversed() },
        },
      ],
    },
  ],
  ['time that goes back', { ...append, entries: [{ ...entryOf(2, 1), time: 1 }, entryOf(3, 1)] }],
  ['an entry without time', { ...append, entries: [{ ...entryOf(2, 1), time: undefined }] }],
  ['a number of items below 0', { type: 'SnapshotResult', term: 1, index: 7, received: -1 }],
  ['members of no name', configure({ ...configuration, voters: [''] })],
  ['a member twice', configure({ ...configuration, outgoing: ['n1', 'n1'] })],
  ['a voter that learns', configure({ ...configuration, learners: ['n1'] })],
  ['an address of nobody', configure({ ...configuration, addresses: [{ address: 'host' }] })],
  ['a snapshot of no members', { ...install, configuration: undefined }],
  ['a change without steps', { ...change, change: {} }],
  ['a change in no known mode', { ...change, change: { steps: [], mode: 'bold' } }],
  ['a change by half a force', { ...change, change: { steps: [], force: 0.5 } }],
  ['a step of no type', { ...change, change: { steps: [{ id: 'n4' }] } }],
  ['a step of nobody', { ...change, change: { steps: [{ type: 'promote' }] } }],
  [
    'an address that is no text',
    { ...change, change: { steps: [{ type: 'add-voter', id: 'n4', address: 4 }] } },
  ],
  ['a sequence number 0', { ...request, session: { client: 2, seq: 0, received: 0 } }],
  ['an answer that the client has', { ...request, session: { client: 2, seq: 1, received: 1 } }],
  ['a key that is no text', { ...request, op: { type: 'get', key: 1 } }],
  ['a put of nothing', { ...request, op: { type: 'put', key: 'x' } }],
  ['a watch from before the first revision', { ...watch, fromRevision: 0 }],
  ['a watch of nothing', { ...watch, range: {} }],
  ['a watch that waits for ever', { ...watch, waitMs: Number.POSITIVE_INFINITY }],
  ['a range of numbers', { ...request, op: { ...range, key: 1 } }],
  ['a range below 0', { ...request, op: { ...range, revision: -1 } }],
  ['a sort by nothing', { ...request, op: { ...range, sort: { by: 'luck', order: 'ascending' } } }],
  ['a transaction without branches', { ...request, op: { type: 'txn', compare: [] } }],
  ['a transaction that gets', { ...request, op: { ...txn, success: [{ type: 'get', key: 'x' }] } }],
  ['transactions in each other for ever', { ...request, op: nested(9) }],
  [
    'a version that is a text',
    { ...request, op: { ...txn, compare: [{ ...txn.compare[0], target: 'version' }] } },
  ],
  ['a lease without a name', { ...request, op: { type: 'revoke' } }],
  ['a lease of half a millisecond', { ...request, op: { type: 'grant', lease: 0, ttlMs: 0.5 } }],
  ['a snapshot with a change of nothing', { ...install, items: [{ type: 'change', number: 1 }] }],
  ['a snapshot with a lease without end', { ...install, items: [{ type: 'lease', lease: 5 }] }],
  ['a swap from nowhere', { ...request, op: { type: 'cas', key: 'x', to: '1' } }],
]

/** Any value in place of any field of a good message. */
const tampered = fc
  .tuple(fc.constantFrom(...wellFormed), fc.anything(), fc.nat())
  .map(([message, value, which]) => {
    const keys = Object.keys(message).filter((key) => key !== 'type')
    return { ...message, [keys[which % keys.length] as string]: value }
  })

function survives(deliver: (host: Host, message: Message) => void) {
  return fc.property(fc.array(tampered, { maxLength: 8 }), (messages) => {
    const host = new Host('n1', ['n1', 'n2', 'n3'], { disk: diskOf([1, 1]) })
    for (const message of messages) deliver(host, message)
  })
}

describe('a message', () => {
  it.each(wellFormed)('is taken when it is whole: %j', (message) => {
    expect(isWellFormed(message as Message)).toBe(true)
  })

  it.each(malformed)('is refused for %s', (_, message) => {
    expect(isWellFormed(message as Message)).toBe(false)
  })

  it('never makes a node throw, whatever it holds', () => {
    fc.assert(survives((host, message) => host.receive('n2', message)))
  })

  it('would make a node throw if nobody looked at it first', () => {
    const unchecked = survives((host, message) => host.raft.receive('n2', message as never))
    expect(fc.check(unchecked, mutant).failed).toBe(true)
  })

  it('of a stranger is refused where it is an answer: nobody asked', () => {
    const host = new Host('n1', ['n1', 'n2', 'n3'])
    host.receive('n9', { type: 'Vote', term: 7, granted: true } as Message)
    host.receive('n9', { type: 'AppendResult', term: 7, success: true, match: 0 } as Message)
    host.receive('n1', { type: 'RequestVote', term: 7, lastIndex: 9, lastTerm: 6 } as Message)
    expect([host.raft.term, host.take()]).toEqual([0, []])
    expect(host.node.refusals.view()).toEqual({ 'not a member': 3 })
  })

  it('of a stranger is taken where it is a question: its configuration may be newer', () => {
    const host = new Host('n1', ['n1', 'n2', 'n3'])
    host.receive('n9', { type: 'RequestVote', term: 7, lastIndex: 9, lastTerm: 6 } as Message)
    expect(host.sent('Vote')).toEqual([{ type: 'Vote', term: 7, granted: true }])
  })
})
