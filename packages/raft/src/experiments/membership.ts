import type { ScriptedOperation } from '@lockstep/sim'
import type { MembershipStep } from '../configuration.ts'
import type { LabOp } from '../lab-judges.ts'
import {
  figure2,
  get,
  put,
  type RaftExperiment,
  type RaftScenario,
  steady,
  writerAndReader,
} from './steady.ts'

const config = { ...figure2, preVote: true, checkQuorum: true }

/** An administrator asks for a change, and knows what he does. */
const change = (...steps: readonly MembershipStep[]): LabOp => ({
  type: 'change',
  change: { steps, force: true },
})

/** A client that writes and one that reads, and an administrator who changes the members meanwhile. */
const used = (
  ...changes: readonly ScriptedOperation<LabOp>[]
): readonly ScriptedOperation<LabOp>[] => [...writerAndReader(100, 20), ...changes]

const learner: RaftExperiment = {
  id: 'raft-learner',
  title: 'A new node learns before it votes',
  story:
    'A fourth node is to join three. If it voted at once, a majority would be three of four while one of them has nothing: the next fault would stop the cluster until the new node has the log. So it comes as a learner first. It gets the log like everybody else and does not count, and once it has nearly all of it, it is promoted.',
  watch: [
    'n4 starts empty, knows nobody and stands for nothing.',
    'At 0.8 s the leader adds it as a learner and sends it the log from the beginning.',
    'Three nodes go on deciding: what is committed needs two of them.',
    'At 1.2 s n4 is promoted. From that entry on it votes, and a majority is three of four.',
  ],
  scenario: {
    ...steady,
    nodes: 4,
    config: { ...config, voters: 3 },
    work: {
      script: used(
        [2, 800, { type: 'change', change: { steps: [{ type: 'add-learner', id: 'n4' }] } }],
        [2, 1200, { type: 'change', change: { steps: [{ type: 'promote', id: 'n4' }] } }],
      ),
      timeoutMs: 2000,
    },
    faults: [],
    forced: { 'n1/election#0': 0, 'c3/first node#0': 0 },
    healMs: 2500,
  },
  expect: { is: 'holds' },
  marks: ['changed its configuration', 'promoted a learner'],
}

const removedLeader: RaftExperiment = {
  id: 'raft-removed-leader',
  title: 'A leader removes itself',
  story:
    'The leader is asked to remove itself. From the moment that the entry is in its log it leads a cluster that it is no member of: it sends the entry and does not count itself (thesis §4.2.2). Once the others have committed it, the old leader has done its last work; it tells the best of them to stand at once, so that nobody waits for a timeout.',
  watch: [
    'At 1 s n1 appends the configuration {n2, n3}, and needs both of them to commit it.',
    'n1 tells a follower to stand, and steps down.',
    'The clients are told who leads, and go on with two nodes.',
    'n1 stands for election no more: it knows that it is no member.',
  ],
  scenario: {
    ...steady,
    nodes: 3,
    config,
    work: { script: used([2, 1003, change({ type: 'remove', id: 'n1' })]), timeoutMs: 2000 },
    faults: [],
    forced: { 'n1/election#0': 0, 'c3/first node#0': 0 },
    healMs: 2500,
  },
  expect: { is: 'holds' },
  marks: ['changed its configuration', 'removed itself', 'became leader'],
}

/** n1, n2 and n3 make place for n1, n4 and n5, and are cut from each other in the middle of it. */
function exchange(cutAt: number): RaftScenario {
  return {
    ...steady,
    config: { ...config, voters: 3 },
    work: {
      script: [
        [0, 300, put('x', '1')],
        [1, 400, change({ type: 'add-learner', id: 'n4' })],
        [1, 500, change({ type: 'add-learner', id: 'n5' })],
        [
          1,
          700,
          change(
            { type: 'promote', id: 'n4' },
            { type: 'promote', id: 'n5' },
            { type: 'remove', id: 'n2' },
            { type: 'remove', id: 'n3' },
          ),
        ],
        [0, 750, put('x', '2')],
        [2, 1100, put('x', '3')],
        [2, 1400, get('x')],
      ],
      timeoutMs: 3000,
    },
    faults: [
      {
        do: 'partition',
        groups: [
          ['n1', 'n4', 'n5'],
          ['n2', 'n3'],
        ],
        at: cutAt,
        for: 1000,
      },
    ],
    forced: {
      'n1/election#0': 0,
      'c1/first node#0': 0,
      'c2/first node#0': 0,
      'c3/first node#0': 0.3,
    },
    healMs: 2500,
  }
}

const joint: RaftExperiment = {
  id: 'raft-joint-consensus',
  title: 'Two majorities that must agree',
  story:
    'Two of three nodes are exchanged for two others in one change. There is no moment in which all nodes pass from the old set to the new one, so they pass through a joint configuration (§6): as long as it is in force, whatever is elected or committed needs a majority of the old set and one of the new. Here a partition falls between the two. Each side has a majority of one set, so neither decides anything, and after the heal the change ends.',
  watch: [
    'n4 and n5 learn the log; then n1 appends the joint configuration, and all five nodes have it.',
    'The answers of n2 and n3 are lost: they are cut off, so the old set has no majority with n1.',
    'n1 has all of the new set and commits nothing; it steps down, and nobody is elected on either side.',
    'The partition heals, a leader is elected by both majorities, and leaves the joint configuration.',
  ],
  scenario: exchange(713),
  expect: { is: 'holds' },
  marks: [
    'entered a joint configuration',
    'heard no majority',
    'left a joint configuration',
    'became leader',
  ],
}

const oneMajority: RaftExperiment = {
  id: 'raft-one-majority-of-two',
  title: 'One majority of two decides',
  story:
    'The same exchange, a few milliseconds before: n2 and n3 are cut off when the joint configuration has not reached them. With the flaw `one-majority-of-two` the new majority decides alone, and n1 goes on with n4 and n5. But n2 and n3 know of no change. They are a majority of the old set, they elect a leader, and it decides as well: two clusters answer clients, and each overwrites what the other said.',
  watch: [
    'n1 appends the joint configuration; n4 and n5 have it, n2 and n3 do not.',
    'n1 commits it with the new majority alone, and then a write.',
    'n2 and n3 elect one of them by the old configuration.',
    'It does not have what n1 committed.',
  ],
  scenario: { ...exchange(702), flaws: ['one-majority-of-two'] },
  expect: { is: 'violated', by: 'leader completeness' },
  marks: ['entered a joint configuration', 'became leader'],
}

/** The bug of the single-server change: the changes of two leaders begin from the same configuration. */
const rivalChanges: RaftScenario = {
  ...steady,
  config: { ...config, voters: 4, attemptTimeoutMs: 1000 },
  work: {
    script: [
      [0, 300, put('x', '1')],
      [1, 500, change({ type: 'add-voter', id: 'n5' })],
      [2, 680, change({ type: 'remove', id: 'n1' })],
      [3, 690, put('x', '2')],
      [0, 1500, get('x')],
    ],
    timeoutMs: 3000,
  },
  faults: [
    {
      do: 'partition',
      groups: [
        ['n1', 'n5'],
        ['n2', 'n3', 'n4'],
      ],
      at: 490,
      for: 410,
    },
    { do: 'cut', from: 'n2', to: 'n4', at: 680, for: 1220 },
    {
      do: 'partition',
      groups: [
        ['n2', 'n3'],
        ['n1', 'n4', 'n5'],
      ],
      at: 900,
      for: 1000,
    },
  ],
  forced: {
    'n1/election#0': 0,
    'n1/election#1': 0.5,
    'n1/election#2': 0,
    'n2/election#1': 0.2,
    'n3/election#1': 0.9,
    'n4/election#1': 0.9,
    'n5/election#0': 0.9,
    'n5/election#1': 0.9,
    'n5/election#2': 0.9,
    'c1/first node#0': 0,
    'c2/first node#0': 0,
    'c3/first node#0': 0.3,
    'c4/first node#0': 0.3,
  },
  healMs: 3000,
}

const rivalChangesWatch = [
  'n1 leads n1 to n4, is cut off with n5, and adds it: the entry stands on those two.',
  'n2, n3 and n4 know nothing of it and elect n2; then n4 hears n2 no more.',
]

const rivalChangesFlawed: RaftExperiment = {
  id: 'raft-rival-changes',
  title: 'Two leaders change the members',
  story:
    'The bug that the single-server change of the thesis had until its author corrected it in 2015. Two sets that differ by one node have overlapping majorities, so one node at a time looks safe. But a new leader may not know of a change that its predecessor began, and with the flaw `change-before-own-commit` it begins its own from the same old set. Now n1 counts with one node more and n2 with one node less: three of five here, two of three there, and the two majorities share nobody.',
  watch: [
    ...rivalChangesWatch,
    'At once n2 removes n1: of {n2, n3, n4} two are enough, so n2 and n3 commit it, and then x = 2.',
    'Now n4 hears n1 and n5. Of five nodes these are three, and they elect n1.',
    'n1 knows nothing of x = 2, and overwrites what was committed.',
  ],
  scenario: { ...rivalChanges, flaws: ['change-before-own-commit'] },
  expect: { is: 'violated', by: 'leader completeness' },
  marks: ['changed its configuration', 'became leader'],
}

const rivalChangesSafe: RaftExperiment = {
  id: 'raft-rival-changes-safe',
  title: 'Two leaders change the members, by the rule',
  story:
    'The same events, with the correction in force: a leader refuses every change until an entry of its own term is committed. To commit one, n2 needs three nodes of the old four, and any three of them leave too few to elect a leader who does not have it. It has only itself and n3, so it changes nothing and answers no write, and what n1 decides later contradicts nobody.',
  watch: [
    ...rivalChangesWatch,
    'n2 is asked to remove n1 and refuses: its own first entry is not committed yet.',
    'n2 commits nothing with n3 alone; n1 is elected by n4 and n5, and commits that n5 is a member.',
    'The client that asked n2 finds n1, and its write is applied once.',
  ],
  scenario: rivalChanges,
  expect: { is: 'holds' },
  marks: ['refused a change', 'changed its configuration', 'became leader'],
}

/** How members come and go. */
export const membershipExperiments: readonly RaftExperiment[] = [
  learner,
  removedLeader,
  joint,
  oneMajority,
  rivalChangesFlawed,
  rivalChangesSafe,
]
