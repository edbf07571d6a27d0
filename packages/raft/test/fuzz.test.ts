import type { Message } from '@lockstep/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ToNode } from '../src/messages.ts'
import { configurationOf } from '../src/configuration.ts'
import { RaftInvariants } from '../src/invariants.ts'
import { paper, type Rules } from '../src/rules.ts'
import { chunkOf, questionOf, type Snapshot } from '../src/snapshot.ts'
import { asIndex, asTerm, Cluster, Host, type Timer } from '../src/testing/index.ts'
import { isWellFormed } from '../src/validate.ts'
import { mutant } from './mutant.ts'

const three = ['n1', 'n2', 'n3']
const config = {
  snapshotEntries: 4,
  keepEntries: 1,
  snapshotChunkBytes: 100,
  preVote: true,
  checkQuorum: true,
  reads: 'index',
  handOverOnStall: true,
} as const

/** A snapshot as a node takes it; what it claims to cover is changed by whoever forges one. */
const genuine = ((): Snapshot => {
  const cluster = new Cluster([[]], { config: { ...config, snapshotEntries: 6 } })
  cluster.campaign('n1')
  for (let i = 0; i < 5; i++) cluster.propose('n1')
  const { snapshot } = cluster.at('n1').raft
  if (snapshot === undefined) throw new Error('no snapshot was taken')
  return snapshot
})()

const term = fc.integer({ min: 1, max: 6 })
const few = fc.integer({ min: 1, max: 3 })
const index = fc.oneof(
  fc.nat(12),
  fc.nat(12),
  fc.nat(12),
  fc.integer({ min: 2 ** 51, max: 2 ** 52 - 1 }),
)

const commands = [
  { type: 'noop' },
  { type: 'open' },
  { type: 'configure', configuration: configurationOf(['n1', 'n2']) },
  { type: 'configure', configuration: { ...configurationOf(['n2']), outgoing: three } },
] as const

/** An append of entries that fit each other, whether or not they fit anything else. */
const append = fc
  .record({
    term,
    prevIndex: index,
    prevTerm: term,
    terms: fc.array(term, { maxLength: 5 }),
    skip: fc.nat(9),
    commit: index,
  })
  .map(({ term: of, prevIndex, prevTerm, terms, skip, commit }): object => {
    const rising = terms.map((one) => Math.min(Math.max(one, prevTerm), of)).sort((a, b) => a - b)
    const entries = rising.map((one, i) => ({
      type: 'entry',
      index: prevIndex + 1 + i,
      term: one,
      time: 0,
      command: commands[i + skip] ?? { type: 'noop' },
    }))
    return {
      type: 'AppendEntries',
      term: of,
      prevIndex,
      prevTerm: Math.min(prevTerm, of),
      entries,
      commit,
    }
  })

const install = fc
  .record({
    term,
    index,
    lastTerm: term,
    offset: fc.oneof(fc.constant(0), fc.nat(8)),
    bytes: fc.constantFrom(100, 10_000),
    asks: fc.boolean(),
  })
  .map(({ term: of, index: last, lastTerm, offset, bytes, asks }): object => {
    const snapshot = {
      ...genuine,
      index: asIndex(Math.max(1, last)),
      term: asTerm(Math.min(lastTerm, of)),
    }
    const chunk = asks ? questionOf(snapshot) : chunkOf(snapshot, offset, bytes)
    return { type: 'InstallSnapshot', term: of, ...chunk }
  })

function messageOf(type: ToNode['type'], fields: Record<string, fc.Arbitrary<unknown>>) {
  return fc.record({ type: fc.constant(type), ...fields }).map((message): object => message)
}

/** Every type of message that a node may be sent, with terms and indices that are possible or not. */
const forgedOf: Readonly<Record<ToNode['type'], fc.Arbitrary<object>>> = {
  AppendEntries: append,
  InstallSnapshot: install,
  RequestVote: messageOf('RequestVote', {
    term,
    lastIndex: index,
    lastTerm: term,
    isTransfer: fc.boolean(),
  }),
  RequestPreVote: messageOf('RequestPreVote', { term, lastIndex: index, lastTerm: term }),
  Vote: messageOf('Vote', { term, granted: fc.boolean() }),
  PreVote: messageOf('PreVote', { term, granted: fc.boolean() }),
  TimeoutNow: messageOf('TimeoutNow', { term }),
  AppendResult: fc.oneof(
    messageOf('AppendResult', { term, success: fc.constant(true), match: index }),
    messageOf('AppendResult', {
      term,
      success: fc.constant(false),
      rejected: index,
      hintIndex: index,
      hintTerm: term,
    }),
  ),
  SnapshotResult: messageOf('SnapshotResult', {
    term,
    index: fc.integer({ min: 1, max: 12 }),
    received: index,
  }),
  ConfirmLeader: messageOf('ConfirmLeader', { term, round: fc.integer({ min: 1, max: 9 }) }),
  LeaderConfirmed: messageOf('LeaderConfirmed', { term, round: index }),
  ReadIndex: messageOf('ReadIndex', { term, incarnation: few, batch: few }),
  ReadIndexResult: messageOf('ReadIndexResult', { term, incarnation: few, batch: few, index }),
  ClientRead: messageOf('ClientRead', {
    id: fc.nat(9),
    op: fc.constantFrom({ type: 'get', key: 'x' }, { type: 'range', key: 'a', end: 'z' }),
    from: fc.constantFrom('any', 'stale'),
  }),
  Watch: messageOf('Watch', {
    id: fc.nat(9),
    range: fc.constantFrom({ key: 'x' }, { key: '\0', end: '\0' }),
    filter: fc.constantFrom({}, { noPut: true }, { prevKv: true }),
    fromRevision: fc.integer({ min: 1, max: 12 }),
    waitMs: fc.constantFrom(0, 50),
  }),
  OpenSession: messageOf('OpenSession', { id: fc.nat(9) }),
  ForgetLeader: messageOf('ForgetLeader', { id: fc.nat(9) }),
  TransferLeadership: messageOf('TransferLeadership', {
    id: fc.nat(9),
    to: fc.constantFrom(...three, 'n9'),
  }),
  Members: messageOf('Members', { id: fc.nat(9) }),
  ChangeMembership: messageOf('ChangeMembership', {
    id: fc.nat(9),
    change: fc.record({
      steps: fc.array(
        fc.record({
          type: fc.constantFrom('add-voter', 'add-learner', 'promote', 'demote', 'remove'),
          id: fc.constantFrom(...three, 'n4'),
        }),
        { maxLength: 3 },
      ),
      force: fc.boolean(),
    }),
  }),
  ClientRequest: messageOf('ClientRequest', {
    id: fc.nat(9),
    session: fc.record({ client: index, seq: fc.integer({ min: 3, max: 9 }), received: fc.nat(2) }),
    op: fc.constantFrom({ type: 'get', key: 'x' }, { type: 'put', key: 'x', value: '1' }),
  }),
}

const { AppendEntries: appends, InstallSnapshot: installs, ...others } = forgedOf

const forged: fc.Arbitrary<object> = fc.oneof(
  { arbitrary: appends, weight: 4 },
  { arbitrary: installs, weight: 3 },
  ...Object.values(others),
)

/** A message with any value in the place of one of its fields. */
const spoilt = fc.tuple(forged, fc.anything(), fc.nat()).map(([message, value, which]): object => {
  const keys = Object.keys(message)
  return { ...message, [keys[which % keys.length] as string]: value }
})

type Step =
  | { readonly is: 'message'; readonly from: string; readonly message: object }
  | { readonly is: 'timer'; readonly timer: Timer }
  | { readonly is: 'sync' | 'restart' | 'vote' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      is: fc.constant('message' as const),
      from: fc.constantFrom('n2', 'n2', 'n3', 'c1', 'n9'),
      message: fc.oneof({ arbitrary: forged, weight: 4 }, spoilt),
    }),
  },
  fc.record({
    is: fc.constant('timer' as const),
    timer: fc.constantFrom<Timer>(
      'election',
      'heartbeat',
      'transfer',
      'read index',
      'watch',
      'lease',
    ),
  }),
  fc.record({ is: fc.constantFrom('sync', 'restart', 'vote') }),
)

/** What holds on a node whatever others say: whoever lies may spoil the agreement, not the node. */
class Sound {
  readonly #host: Host
  #term = 0
  #commit = 0
  /** What was committed here, by index. */
  readonly #committed: (number | undefined)[] = []

  constructor(host: Host) {
    this.#host = host
  }

  check(): void {
    const { raft } = this.#host
    const { log, commit, applied, term: now } = raft
    const order = [0, log.base, applied, commit, log.last]
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(log.durable).toBeGreaterThanOrEqual(log.base)
    expect(log.durable).toBeLessThanOrEqual(log.last)
    expect(now).toBeGreaterThanOrEqual(this.#term)
    expect(commit).toBeGreaterThanOrEqual(this.#commit)
    const terms = this.#host.terms
    expect(terms).toEqual(terms.toSorted((a, b) => a - b))
    for (let at = log.base + 1; at <= log.last; at++) {
      expect(log.at(asIndex(at))?.index).toBe(at)
      const before = at <= commit ? this.#committed[at] : undefined
      if (at <= commit) this.#committed[at] = terms[at - log.base - 1]
      if (before !== undefined) expect(this.#committed[at]).toBe(before)
    }
    for (const { match, next } of raft.followers) expect(match).toBeLessThan(next)
    this.#term = now
    this.#commit = commit
  }

  /** After a restart what was synced is there again, and only what was committed is still to be learnt. */
  restarted(): void {
    this.#commit = this.#host.raft.commit
    expect(this.#host.raft.term).toBeGreaterThanOrEqual(this.#host.autoSync ? this.#term : 0)
    this.#term = this.#host.raft.term
  }
}

type Deliver = (host: Host, from: string, message: Message) => void

/** A node stays sound, and never throws, whatever it is sent in whatever state. */
function staysSound(
  rules: Rules,
  deliver: Deliver = (host, from, message) => host.receive(from, message),
) {
  const run = fc.record({
    steps: fc.array(step, { maxLength: 40, size: 'max' }),
    syncs: fc.boolean(),
  })
  return fc.property(run, ({ steps, syncs }) => {
    const host = new Host('n1', three, { config, rules })
    host.autoSync = syncs
    const sound = new Sound(host)
    for (const one of steps) {
      if (one.is === 'message') deliver(host, one.from, one.message as Message)
      else if (one.is === 'timer') host.fire(one.timer)
      else if (one.is === 'sync') host.sync()
      else if (one.is === 'restart') {
        host.restart()
        sound.restarted()
      } else host.receive('n2', { type: 'Vote', term: host.raft.term, granted: true } as Message)
      sound.check()
    }
  })
}

/** What happens in a cluster; the numbers choose among what there is. */
const happening = fc.record({
  is: fc.constantFrom(
    'deliver',
    'deliver',
    'deliver',
    'drop',
    'again',
    'spoil',
    'beyond',
    'stand',
    'beat',
    'propose',
    'crash',
  ),
  which: fc.nat(1000),
  value: fc.anything(),
})

/** The invariants of figure 3 hold though any message comes again, spoilt, or with indices that cannot be. */
function agrees(rules: Rules) {
  return fc.property(fc.array(happening, { maxLength: 80, size: 'max' }), (happenings) => {
    const cluster = new Cluster([[], [], []], {
      config: { ...config, checkQuorum: false, preVote: false },
      rules,
    })
    const invariants = new RaftInvariants()
    const lives = new Map(three.map((id) => [id, 1]))
    const seen = new Set<object>()
    for (const { is, which, value } of happenings) {
      const id = three[which % 3] as string
      const { onTheirWay } = cluster
      for (const sent of onTheirWay) seen.add(sent)
      const sent = onTheirWay[which % onTheirWay.length]
      const old = [...seen][which % seen.size] as typeof sent
      if (is === 'deliver') cluster.deliverOnce((one) => one === sent)
      else if (is === 'drop') cluster.drop((one) => one === sent)
      else if (is === 'stand') cluster.at(id).fire('election')
      else if (is === 'beat') cluster.at(id).fire('heartbeat')
      else if (is === 'propose')
        cluster.ask(id, `c${which}`, { type: 'OpenSession', id: which } as Message)
      else if (is === 'crash') {
        cluster.restart(id)
        lives.set(id, (lives.get(id) ?? 1) + 1)
      } else if (is === 'beyond') {
        const { term: now, log } = cluster.at(id).raft
        const match = log.last + 1 + which
        cluster
          .at(id)
          .receive(
            three[(which + 1) % 3] as string,
            { type: 'AppendResult', term: now, success: true, match } as Message,
          )
      } else if (old !== undefined) {
        const keys = Object.keys(old.message)
        const bad = { ...old.message, [keys[which % keys.length] as string]: value }
        const message = is === 'again' ? old.message : (bad as Message)
        if (is === 'again' || !isWellFormed(message))
          cluster.hosts.get(old.to)?.receive(old.from, message)
      }
      for (const [name, host] of cluster.hosts) {
        expect(invariants.stepped(host.node, name, lives.get(name) ?? 1)).toBeUndefined()
      }
    }
  })
}

it.each(Object.entries(forgedOf))('a forged %s is often one that a node looks at', (_, one) => {
  const looksAt = fc.sample(one, 100).filter((message) => isWellFormed(message as Message))
  expect(looksAt.length).toBeGreaterThan(10)
})

describe('a node', () => {
  it('stays sound and never throws, whatever it is sent in whatever state', () => {
    fc.assert(staysSound(paper), { numRuns: 800 })
  })

  it.each<[string, Partial<Rules>]>([
    ['whether there is an entry before an append', { matchesPrevious: () => true }],
    ['whether a snapshot is behind what it committed', { needsSnapshot: () => true }],
    ['that its vote stays when the log goes', { keepsVote: () => false }],
  ])('does not if it does not look %s', (_, broken) => {
    expect(fc.check(staysSound({ ...paper, ...broken }), mutant).failed).toBe(true)
  })

  it('does not if nobody looks at a message first', () => {
    const unchecked = staysSound(paper, (host, from, message) => {
      if (from.startsWith('n')) host.raft.receive(from, message as never)
    })
    expect(fc.check(unchecked, mutant).failed).toBe(true)
  })
})

describe('a cluster', () => {
  it('agrees, though messages come again, spoilt, or with indices that cannot be', () => {
    fc.assert(agrees(paper), { numRuns: 200 })
  })

  it.each<[string, Partial<Rules>]>([
    ['votes for all', { mayVoteFor: () => true }],
    [
      'counts itself too early and commits alone',
      { mayCommit: () => true, isUpToDate: () => true },
    ],
  ])('does not if it %s', (_, broken) => {
    expect(fc.check(agrees({ ...paper, ...broken }), mutant).failed).toBe(true)
  })
})
